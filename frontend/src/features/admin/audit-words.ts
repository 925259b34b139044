import type { AuditEvent } from '../../api/types.js';

/** Areas of the log, for the filter. */
export const auditAreas = [
  ['', 'Everything'],
  ['session', 'Sign-ins'],
  ['factor', 'Second factors'],
  ['access', 'Refusals'],
  ['device', 'Devices'],
  ['user', 'Users'],
  ['account', 'Own accounts'],
  ['playback', 'Plays'],
  ['storage', 'Storage'],
  ['vpn', 'VPN'],
  ['indexer', 'Indexers'],
  ['setup', 'Set-up'],
  ['settings', 'Settings'],
  ['job', 'Jobs'],
  ['backup', 'Backups'],
  ['keys', 'Signing keys'],
  ['engine', 'Torrent engine'],
  ['audit', 'This log'],
] as const;

const words: Readonly<Record<string, string>> = {
  'setup.completed': 'Set the server up',
  'setup.refused': 'Wrong set-up code',
  'session.created': 'Signed in',
  'session.refused': 'Sign-in refused',
  'session.signed-out': 'Signed out',
  'session.revoked': 'Signed a device out',
  'session.ended': 'A session was ended because there were too many',
  'session.token-reused': 'A stolen or copied session was ended',
  'session.confirmed': 'Confirmed who they are',
  'session.not-confirmed': 'Wrong password when asked to confirm',
  'factor.app-added': 'Added an authenticator app',
  'factor.app-removed': 'Removed the authenticator app',
  'factor.passkey-added': 'Added a passkey',
  'factor.passkey-removed': 'Removed a passkey',
  'factor.passkey-suspected': 'Refused a passkey that may have been copied',
  'factor.recovery-renewed': 'Made new recovery codes',
  'factor.recovery-used': 'Used a recovery code',
  'factor.refused': 'Wrong second factor',
  'factor.reset': 'Removed the second factor of a user',
  'access.refused': 'Refused',
  'device.approved': 'Let a device sign in',
  'device.denied': 'Refused a device',
  'user.created': 'Created a user',
  'user.changed': 'Changed a user',
  'user.password-reset': 'Reset a password',
  'user.deleted': 'Deleted a user',
  'account.changed': 'Changed the own account',
  'account.password-changed': 'Changed the own password',
  'account.password-refused': 'Wrong current password',
  'account.exported': 'Exported the own data',
  'account.deleted': 'Deleted the own account',
  'playback.started': 'Played',
  'storage.deleted': 'Deleted from storage',
  'storage.pinned': 'Pinned in storage',
  'storage.unpinned': 'Unpinned in storage',
  'indexer.created': 'Added an indexer',
  'indexer.changed': 'Changed an indexer',
  'indexer.deleted': 'Deleted an indexer',
  'indexer.reordered': 'Put the indexers in order',
  'job.run': 'Ran a job',
  'job.paused': 'Paused a job',
  'job.resumed': 'Resumed a job',
  'backup.created': 'Made a backup',
  'backup.restored': 'Restored a backup',
  'database.moved': 'Moved to another database',
  'keys.rotated': 'Changed the signing keys',
  'engine.torrent-refused': 'Set a torrent aside that kept ending the engine',
  'settings.changed': 'Changed settings',
  'settings.rolled-back': 'Took a change of settings back',
  'settings.refused': 'Settings that did not work',
  'vpn.protected': 'VPN confirmed',
  'vpn.lost': 'VPN lost',
  'vpn.address-changed': 'Public address changed',
  'audit.exported': 'Exported the log',
  'audit.pruned': 'Removed old entries',
};

/** What happened, in words. An action of a newer server is shown as it is. */
export function auditWords({ action }: Pick<AuditEvent, 'action'>): string {
  return words[action] ?? action;
}

/** To what: the details that a reader looks for first, then the rest. */
export function auditSubject({ detail }: Pick<AuditEvent, 'detail'>): string {
  const { username, title, device, reason, method, path, status, ...rest } = detail;
  const request = path === undefined ? undefined : `${String(method)} ${String(path)}, ${String(status)}`;
  const first = [title, username, device, reason, request].filter(
    (part) => part !== undefined && part !== null,
  );
  const hidden = new Set(['userId', 'sessionId', 'infoHash']);
  const others = Object.entries(rest)
    .filter(([name, value]) => !hidden.has(name) && value !== null)
    .map(([name, value]) => `${inWords(name)} ${String(value)}`);
  return [...first, ...others].join(', ');
}

/** `ageLimitBefore` as "age limit before". */
function inWords(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
