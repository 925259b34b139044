import { readdirSync, rmSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { DatabaseCorruptError, DatabaseTooNewError, DatabaseUnwritableError } from './database.errors.js';
import { driverErrorCode, driverErrorMessage } from './driver-error.js';
import { migrations } from './migrations/index.js';

const unwritableCodes =
  /^(SQLITE_(CANTOPEN|READONLY|PERM|IOERR|FULL|BUSY|LOCKED)|EACCES|EPERM|EROFS|ENOTDIR|EISDIR|EEXIST|ENOSPC|EDQUOT)/;

/** Copies kept from before migrations. */
const backupsKept = 3;

/** Makes the folder (0700) and an empty file (0600) where they are missing; SQLite gives its side files the same mode. */
export async function prepareFile(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, 'a', 0o600);
  await handle.close();
}

/**
 * Looks at the file before anything may change it: are its pages sound, can it be written, is its schema one we know?
 * When migrations are due, a copy named `<file>.before-<migration>` is made first.
 */
export function inspectFile(file: string): void {
  const connection = new Sqlite(file, { timeout: 5_000 });
  try {
    const verdict = String(connection.pragma('quick_check(1)', { simple: true }));
    if (verdict !== 'ok') throw new DatabaseCorruptError(file, verdict);
    const due = checkSchema(connection, file);
    connection.exec('BEGIN IMMEDIATE; ROLLBACK');
    if (due !== undefined && hasTables(connection)) backUp(connection, file, due);
  } finally {
    connection.close();
  }
}

/** The first migration that is due, if any. @throws DatabaseTooNewError */
export function checkSchema(connection: Sqlite.Database, file: string): string | undefined {
  const applied = appliedMigrations(connection);
  const known = migrations.map((migration) => new migration().name);
  const foreign = applied.find((name) => !known.includes(name));
  if (foreign !== undefined) throw new DatabaseTooNewError(file, foreign);
  return known.find((name) => !applied.includes(name));
}

/** Turns what SQLite and the file system say into one of ours; anything else comes back as it is. */
export function asDatabaseError(file: string, error: unknown): unknown {
  const code = driverErrorCode(error);
  if (code === null) return error;
  const reason = driverErrorMessage(error);
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return new DatabaseCorruptError(file, reason, error);
  if (unwritableCodes.test(code)) return new DatabaseUnwritableError(file, reason, error);
  return error;
}

function hasTables(connection: Sqlite.Database): boolean {
  return connection.prepare('SELECT 1 FROM sqlite_master LIMIT 1').get() !== undefined;
}

function appliedMigrations(connection: Sqlite.Database): string[] {
  const table = connection
    .prepare(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'`)
    .get();
  if (table === undefined) return [];
  return connection
    .prepare<[], { name: string }>('SELECT name FROM migrations ORDER BY id')
    .all()
    .map((row) => row.name);
}

function backUp(connection: Sqlite.Database, file: string, migration: string): void {
  const prefix = `${basename(file)}.before-`;
  const target = join(dirname(file), prefix + migration);
  // A copy left by a start that died half-way may be incomplete; the file itself is still untouched.
  rmSync(target, { force: true });
  connection.prepare('VACUUM INTO ?').run(target);
  const copies = readdirSync(dirname(file))
    .filter((name) => name.startsWith(prefix))
    .sort((a, b) => timestampOf(a) - timestampOf(b));
  for (const name of copies.slice(0, -backupsKept)) rmSync(join(dirname(file), name), { force: true });
}

/** Migration names end in the milliseconds since 1970 of their making. */
function timestampOf(name: string): number {
  return Number(/(?<!\d)\d+$/.exec(name)?.[0] ?? 0);
}
