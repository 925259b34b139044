import type { FieldError } from '../../errors/app-error.js';
import { type SettingsSource, sourceOf } from './effective-settings.js';
import { nearestName } from './nearest-name.js';
import type { SettingDefinitions } from './setting-definition.js';
import { type SettingInput, settingText } from './setting-text.js';
import type { StoredTexts } from './stored-settings.js';

/** What would be stored after a change, and everything that speaks against it. No fault quotes a value. */
export function faultsOf(
  given: Readonly<Record<string, SettingInput>>,
  before: StoredTexts,
  { definitions, sources }: { definitions: SettingDefinitions; sources: readonly SettingsSource[] },
): { after: StoredTexts; faults: FieldError[] } {
  const above = sources.filter(({ belowStored }) => !belowStored);
  const after = new Map(Object.entries(before));
  const faults: FieldError[] = [];
  for (const [name, value] of Object.entries(given)) {
    const text = settingText(value);
    const fault = faultOf(name, text, { definitions, above });
    if (fault !== null) faults.push({ field: `body.values.${name}`, message: fault });
    else if (text === '') after.delete(name);
    else after.set(name, text);
  }
  return { after: Object.fromEntries(after), faults };
}

function faultOf(
  name: string,
  text: string,
  { definitions, above }: { definitions: SettingDefinitions; above: readonly SettingsSource[] },
): string | null {
  const definition = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
  if (!definition) {
    const nearest = nearestName(name, Object.keys(definitions));
    return `is no setting${nearest === null ? '' : `; did you mean ${nearest}?`}`;
  }
  const reason = whyUnchangeable(name, definition.fixed, above);
  if (reason !== null) return reason;
  return text === '' || definition.schema.safeParse(text).success ? null : `allowed is ${definition.allowed}`;
}

/** Why a setting cannot be changed while the server runs; null when it can. */
export function whyUnchangeable(
  name: string,
  fixed: string | undefined,
  above: readonly SettingsSource[],
): string | null {
  if (fixed !== undefined) return `cannot be changed here. ${fixed}`;
  const stronger = sourceOf(name, above);
  return stronger ? `is set by ${stronger.label}, which counts more than what is set here` : null;
}
