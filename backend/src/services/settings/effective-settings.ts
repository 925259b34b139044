import type { SettingDefinition } from './setting-definition.js';

/** Texts by setting name, and where they were read, for the message when one is wrong. */
export interface SettingsSource {
  /** How people call it: `environment variable`, `command line`, a file's name. */
  label: string;
  values: Readonly<Record<string, string | undefined>>;
  /** What an administrator changes on the settings page counts more than this. */
  belowStored?: true;
}

/** A setting as it holds: its value and where it was read. */
export interface EffectiveSetting<N extends string = string> {
  name: N;
  /** Undefined when unset and without a default. */
  value: unknown;
  /** As it was written; undefined for a default. */
  text: string | undefined;
  /** A source's label, or `default`. */
  source: string;
  secret: boolean;
}

/** One wrong setting. */
export interface SettingFault {
  name: string;
  /** A whole sentence: where it was read, what was read, what is allowed. No secret is in it. */
  text: string;
}

/** How people call what is kept in the database. */
export const storedSource = 'settings page';

/**
 * Of each setting the first source that has it counts, an empty text counting as absent; in the order of the table.
 * Pure; all faults are reported at once, and what is at fault has no value.
 */
export function readSettings<N extends string>(
  definitions: Readonly<Record<N, SettingDefinition>>,
  sources: readonly SettingsSource[],
): { settings: EffectiveSetting<N>[]; faults: SettingFault[] } {
  const faults: SettingFault[] = [];
  const entries = Object.entries<SettingDefinition>(definitions) as [N, SettingDefinition][];
  const settings = entries.map(([name, { schema, allowed, secret }]) => {
    const source = sourceOf(name, sources);
    const text = source?.values[name];
    const result = schema.safeParse(text);
    if (!result.success) {
      const read = secret ? 'a value that is not shown' : JSON.stringify(text);
      faults.push({
        name,
        text: `${name} (${source?.label ?? 'default'}): read ${read}, allowed is ${allowed}`,
      });
    }
    return { name, value: result.data, text, source: source?.label ?? 'default', secret: secret ?? false };
  });
  return { settings, faults };
}

/** The source whose word counts for a setting; undefined when none has one. */
export function sourceOf(name: string, sources: readonly SettingsSource[]): SettingsSource | undefined {
  return sources.find(({ values }) => (values[name] ?? '') !== '');
}

/** The sources with what the settings page has stored in its place: below flags and environment, above the file. */
export function withStored(
  sources: readonly SettingsSource[],
  values: SettingsSource['values'],
): SettingsSource[] {
  const below = sources.findIndex(({ belowStored }) => belowStored);
  const place = below === -1 ? sources.length : below;
  return [...sources.slice(0, place), { label: storedSource, values }, ...sources.slice(place)];
}
