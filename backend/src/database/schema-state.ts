import { isPostgres } from './database-address.js';
import { isFileUpToDate } from './database-copy.js';
import { probePostgres } from './postgres-probe.js';

/** Whether there is a database whose schema is this version's, neither older nor newer. */
export async function isUpToDate(address: string): Promise<boolean> {
  if (!isPostgres(address)) return isFileUpToDate(address);
  return (await probePostgres(address)).schema === 'current';
}
