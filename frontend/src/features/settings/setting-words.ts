import type { Setting, SettingRevision } from '../../api/types.js';

/** What holds, as a line says it. */
export function valueWords({ secret, isSet, value }: Pick<Setting, 'secret' | 'isSet' | 'value'>): string {
  if (!isSet) return 'Not set';
  if (secret) return 'Set, not shown';
  return listed(value ?? '');
}

/** Where it comes from. */
export function sourceWords({ source }: Pick<Setting, 'source'>): string {
  if (source === 'default') return 'Default';
  if (source === 'settings page') return 'Set here';
  return `From ${source}`;
}

/** One line for each setting that a revision changed. */
export function changeWords({
  name,
  secret,
  wasSet,
  isSet,
  before,
  after,
}: SettingRevision['changes'][number]): string {
  if (secret) return `${name}: ${isSet ? (wasSet ? 'replaced' : 'set') : 'removed'}`;
  const from = wasSet ? listed(before ?? '') : 'not set here';
  const to = isSet ? listed(after ?? '') : 'not set here';
  return `${name}: ${from} → ${to}`;
}

function listed(text: string): string {
  return text.split(',').join(', ');
}
