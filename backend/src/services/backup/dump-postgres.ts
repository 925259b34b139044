import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileErrorCode } from '../../encryption/atomic-file.js';
import { BackupError } from './backup.errors.js';

/**
 * Writes what a PostgreSQL holds at one moment, also while servers use it, into a file that pg_restore reads.
 * @throws BackupError when pg_dump is missing or fails
 */
export async function dumpPostgres(url: string, target: string): Promise<void> {
  const address = new URL(url);
  // Arguments can be seen by everybody on the machine, so the password goes by a file (0600) in the same folder.
  const passwords = path.join(path.dirname(target), 'pgpass');
  const password = decodeURIComponent(address.password).replaceAll(/[\\:]/g, '\\$&');
  await writeFile(passwords, `*:*:*:*:${password}\n`, { mode: 0o600 });
  address.password = '';
  if (password !== '') address.searchParams.set('passfile', passwords);
  await run('pg_dump', [
    '--format=custom',
    '--no-owner',
    '--no-privileges',
    `--file=${target}`,
    `--dbname=${address.href}`,
  ]);
}

async function run(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(0, 2_000)));
  const [code] = (await once(child, 'close').catch((error: unknown) => {
    throw fileErrorCode(error) === 'ENOENT' ? new BackupError(missing, { cause: error }) : error;
  })) as [number | null];
  if (code !== 0) {
    const said = errors.trim().replaceAll(/\s+/g, ' ').slice(0, 300);
    throw new BackupError(`${program} could not copy the database (${said}). Nothing was written.`);
  }
}

const missing =
  'The database is a PostgreSQL, and pg_dump, which copies it, is not on PATH. Install it (on Debian: postgresql-client), or back the database up by other means, and DATA_DIR with it.';
