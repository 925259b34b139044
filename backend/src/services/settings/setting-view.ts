import { type EffectiveSetting, type SettingsSource, storedSource } from './effective-settings.js';
import { differs } from './live-settings.js';
import type { SettingDefinition, SettingDefinitions, SettingGroup } from './setting-definition.js';
import { valueText } from './setting-text.js';
import { whyUnchangeable } from './settings-faults.js';

export const settingKinds = ['switch', 'choice', 'list', 'text'] as const;
export type SettingKind = (typeof settingKinds)[number];

/** A setting as administrators see it. */
export interface SettingView {
  name: string;
  group: SettingGroup;
  title: string;
  meaning: string;
  allowed: string;
  kind: SettingKind;
  /** Of a choice. */
  choices: readonly string[];
  secret: boolean;
  isSet: boolean;
  /** As it would be written; null for a secret, and when there is none. */
  value: string | null;
  /** The same without anybody's word. */
  fallback: string | null;
  /** Where it was read. */
  source: string;
  /** Whether it was set on this page. */
  isStored: boolean;
  /** Why it cannot be changed here; null when it can. */
  unchangeable: string | null;
  /** Whether a change holds at once. */
  live: boolean;
  /** What is set does not hold before the next start. */
  restartPending: boolean;
  /** How the set-up explains it; null when it does not ask. */
  question: string | null;
}

interface ViewedSettings {
  definitions: SettingDefinitions;
  /** Sources that count more than what is stored. */
  above: readonly SettingsSource[];
  effective: readonly EffectiveSetting[];
  /** What the process was started with. */
  atStart: Readonly<Record<string, unknown>>;
  /** Of the file that some are kept in. */
  fileName: string;
}

export function viewSettings({
  definitions,
  above,
  effective,
  atStart,
  fileName,
}: ViewedSettings): SettingView[] {
  return effective.flatMap(({ name, value, text, source, secret }) => {
    const definition = definitions[name];
    if (!definition) return [];
    const live = definition.live ?? false;
    const fallback = valueText(definition.schema.safeParse(undefined).data, definition);
    const shown = text ?? valueText(value, definition);
    return {
      name,
      group: definition.group,
      title: definition.title,
      meaning: definition.meaning,
      allowed: definition.allowed,
      kind: kindOf(definition),
      choices: definition.choices ?? [],
      secret,
      isSet: shown !== null,
      value: secret ? null : shown,
      fallback: secret ? null : fallback,
      source: source === storedSource && definition.keptInFile ? fileName : source,
      isStored: source === storedSource,
      unchangeable: whyUnchangeable(name, definition.fixed, above),
      live,
      restartPending: !live && differs(atStart[name], value),
      question: definition.question ?? null,
    };
  });
}

function kindOf({ schema, choices }: SettingDefinition): SettingKind {
  if (choices) return 'choice';
  if (schema.safeParse('on').data === true) return 'switch';
  return Array.isArray(schema.safeParse(undefined).data) ? 'list' : 'text';
}
