import { DatabaseUnreachableError } from '../../database/database.errors.js';
import { shownAddress } from '../../database/database-address.js';
import { type PostgresProbe, probePostgres } from '../../database/postgres-probe.js';
import type { Finding } from './finding.js';

const subject = 'database';

/** Whether a PostgreSQL lets us in, is new enough, and lets us make tables. */
export async function checkDatabase(url: string): Promise<Finding> {
  try {
    return judge(shownAddress(url), await probePostgres(url));
  } catch (error) {
    if (!(error instanceof DatabaseUnreachableError)) throw error;
    return { subject, verdict: 'broken', text: error.message };
  }
}

function judge(
  name: string,
  { version, isOldVersion, isUnicode, mayCreate, schema }: PostgresProbe,
): Finding {
  const broken = (text: string): Finding => ({ subject, verdict: 'broken', text: `${name}: ${text}` });
  if (isOldVersion) return broken(`version ${version}; 12 or later is needed`);
  if (!isUnicode) return broken('its encoding is not UTF8; make the database with ENCODING UTF8');
  if (!mayCreate) return broken('this user may not create tables there (GRANT CREATE ON SCHEMA public)');
  if (schema === 'newer') return broken('it was written by a newer version of Kinora');
  const holds = {
    none: 'no tables of Kinora yet; the next start makes them, empty; kinora move-database brings a SQLite file along',
    older: 'tables of an earlier Kinora; the next start brings them up to date',
    current: "Kinora's tables are there",
  }[schema];
  return { subject, verdict: 'ok', text: `${name}, version ${version}: ${holds}` };
}
