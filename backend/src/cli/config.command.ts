import { type EffectiveSetting, effectiveSettings, type SettingsSource } from '../configuration.js';

/** `kinora config`: each setting with its value and where it was read, a line each; secrets only as set or not. @throws ConfigurationError */
export function describeConfiguration(sources: readonly SettingsSource[]): string {
  const rows = effectiveSettings(sources).map((setting) => ({
    name: setting.name,
    value: inWords(setting),
    source: setting.source,
  }));
  const width = (key: 'name' | 'value') => Math.min(48, Math.max(...rows.map((row) => row[key].length)));
  const [nameWidth, valueWidth] = [width('name'), width('value')];
  return rows
    .map(({ name, value, source }) => `${name.padEnd(nameWidth)}  ${value.padEnd(valueWidth)}  ${source}`)
    .join('\n');
}

function inWords({ value, secret }: EffectiveSetting): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return '-';
  if (secret) return '(secret, set)';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}
