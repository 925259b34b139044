import type { Finding } from './finding.js';
import type { SettingGroup } from './setting-definition.js';

/** Tries settings on the real thing: for the set-up, the settings page and the doctor alike. */
export interface SettingCheck<Configuration> {
  group: SettingGroup;
  /** What it depends on: it runs when one of them changes. */
  names: readonly (keyof Configuration & string)[];
  /** Has a deadline of its own, of 20 s at most; never fails. */
  run: (configuration: Configuration) => Promise<Finding[]>;
}
