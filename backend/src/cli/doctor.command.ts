import { existsSync } from 'node:fs';
import { settingChecks } from '../composition/setting-checks.js';
import { type Configuration, ConfigurationError } from '../configuration.js';
import { type DataFolder, DataFolderError, prepareDataFolder } from '../data-folder.js';
import { isPostgres } from '../database/database-address.js';
import { checkDatabaseCopy } from '../database/database-copy.js';
import { probePostgres } from '../database/postgres-probe.js';
import { loadSecrets } from '../encryption/secrets.js';
import type { Finding } from '../services/settings/finding.js';
import { checkAddedIndexers } from './checks/indexer-checks.js';
import { checkDisk, checkPort, checkProgram } from './checks/machine-checks.js';

/**
 * `kinora doctor`: looks at everything the server needs, also while it runs, and tells in a line each. Nothing that it
 * finds makes it stop.
 */
export async function examine(
  readSettings: () => Configuration | Promise<Configuration>,
  version: string,
): Promise<Finding[]> {
  let configuration: Configuration;
  try {
    configuration = await readSettings();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.faults.map((text) => ({ subject: 'configuration', verdict: 'broken', text }));
  }
  const ok: Finding = { subject: 'configuration', verdict: 'ok', text: 'every setting can be used' };
  const findings = await Promise.all([
    examineData(configuration, version),
    checkPort('port', configuration.HOST, configuration.PORT),
    ...(configuration.TORRENT_PORT === undefined ? [] : [examineTorrentPort(configuration.TORRENT_PORT)]),
    checkProgram('ffmpeg', configuration.FFMPEG_PATH),
    checkProgram('ffprobe', configuration.FFPROBE_PATH),
    ...settingChecks(version).map((check) => check.run(configuration)),
  ]);
  return [ok, ...findings.flat()];
}

/** A line for each finding. */
export function describeFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  return findings
    .map(({ subject, verdict, text }) => `${verdict.padEnd(6)}  ${subject.padEnd(width)}  ${text}`)
    .join('\n');
}

async function examineData(configuration: Configuration, version: string): Promise<Finding[]> {
  const { DATA_DIR, DATABASE_URL } = configuration;
  let folder: DataFolder;
  try {
    folder = prepareDataFolder(DATA_DIR, DATABASE_URL);
  } catch (error) {
    if (!(error instanceof DataFolderError)) throw error;
    return [{ subject: 'data folder', verdict: 'broken', text: error.message }];
  }
  return [
    { subject: 'data folder', verdict: 'ok', text: `${folder.root} can be written` },
    await checkDisk(folder.root),
    ...(await examineDatabase(folder)),
    ...(await checkAddedIndexers(configuration, folder, version)),
  ];
}

async function examineDatabase({ database, secrets }: DataFolder): Promise<Finding[]> {
  // PostgreSQL is tried with the other settings.
  if (isPostgres(database)) return (await isNew(database)) ? [] : [await examineSecrets(secrets)];
  if (!existsSync(database))
    return [
      {
        subject: 'database',
        verdict: 'note',
        text: 'none yet; the first start makes it (SQLite)',
      },
    ];
  return [
    await outcome('database', 'SQLite, sound, and of a version this program knows', () =>
      checkDatabaseCopy(database),
    ),
    await examineSecrets(secrets),
  ];
}

function examineSecrets(secrets: string): Promise<Finding> {
  return outcome('secrets', 'all keys are there', () => loadSecrets(secrets, { mayCreate: false }));
}

/** Whether nobody has used it yet; then there are no secrets either. */
function isNew(database: string): Promise<boolean> {
  return probePostgres(database).then(
    ({ schema }) => schema === 'none',
    () => true,
  );
}

/** Peers come by this port; a server that runs already has it. */
async function examineTorrentPort(port: number): Promise<Finding> {
  const finding = await checkPort('peer port', '0.0.0.0', port);
  if (finding.verdict !== 'broken') return finding;
  return { ...finding, verdict: 'note', text: `port ${port} is taken, which is right while the server runs` };
}

async function outcome(subject: string, fine: string, check: () => unknown): Promise<Finding> {
  try {
    await check();
    return { subject, verdict: 'ok', text: fine };
  } catch (error) {
    return { subject, verdict: 'broken', text: error instanceof Error ? error.message : String(error) };
  }
}
