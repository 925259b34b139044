import type { Configuration } from '../configuration.js';
import { prepareDataFolder } from '../data-folder.js';
import { rotateSigningKeys } from '../encryption/secrets.js';
import { addStorageKey } from '../encryption/storage-keys.js';
import { recordAct } from './operator.js';

/** `kinora keys rotate`: also beside a running server, which takes them over. Errors: those of `rotateSigningKeys`. */
export async function rotateKeys({ DATA_DIR, DATABASE_URL }: Configuration): Promise<string> {
  const folder = prepareDataFolder(DATA_DIR, DATABASE_URL);
  await rotateSigningKeys(folder.secrets);
  await recordAct(folder.database, 'keys.rotated', {});
  return 'New keys sign from now on, within seconds where a server runs. What was signed before stays good until it expires.';
}

/**
 * `kinora keys rotate-storage`: a running server goes on with the keys it has; the next one wraps every title's key anew
 * before it opens anything, and forgets the old master key. Errors: `SecretsError`.
 */
export async function rotateStorageKeys({ DATA_DIR, DATABASE_URL }: Configuration): Promise<string> {
  const folder = prepareDataFolder(DATA_DIR, DATABASE_URL);
  await addStorageKey(folder.secrets);
  await recordAct(folder.database, 'keys.rotated', { kind: 'storage' });
  return 'What is stored encrypted is sealed with a new master key from the next start of the server on.';
}
