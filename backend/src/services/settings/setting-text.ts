import type { SettingDefinition } from './setting-definition.js';

/** A setting as JSON has it: in kinora.json, and in requests. Null is unset. */
export type SettingInput = string | number | boolean | readonly string[] | null;

/** As it would be written in a variable; an empty text for unset. */
export function settingText(value: SettingInput): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return typeof value === 'object' ? value.join(',') : String(value);
}

/** A value that came out of the schema, as it would be written; null when there is none. */
export function valueText(value: unknown, { unit }: Pick<SettingDefinition, 'unit'>): string | null {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.length === 0 ? null : value.join(',');
  if (typeof value === 'number' && unit === 'bytes') return sizeText(value);
  if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string')
    return settingText(value);
  return JSON.stringify(value);
}

const steps = [
  ['TB', 1e12],
  ['GB', 1e9],
  ['MB', 1e6],
  ['KB', 1e3],
] as const;

/** `20GB` when it is that exactly; bytes otherwise. */
function sizeText(bytes: number): string {
  const step = steps.find(
    ([, factor]) => bytes >= factor && (bytes / factor) * 1_000 === Math.round((bytes / factor) * 1_000),
  );
  return step ? `${bytes / step[1]}${step[0]}` : String(bytes);
}
