import { prepareDataFolder } from '../data-folder.js';
import { rotateSigningKeys } from '../encryption/secrets.js';
import { recordAct } from './operator.js';

/** `kinora keys rotate`: also beside a running server, which takes them over. Errors: those of `rotateSigningKeys`. */
export async function rotateKeys(dataDir: string): Promise<string> {
  const folder = prepareDataFolder(dataDir);
  await rotateSigningKeys(folder.secrets);
  await recordAct(folder.database, 'keys.rotated', {});
  return 'New keys sign from now on, within seconds where a server runs. What was signed before stays good until it expires.';
}
