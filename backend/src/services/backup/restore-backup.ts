import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, type FileHandle, mkdir, mkdtemp, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { checkDatabaseCopy, isDatabaseInUse } from '../../database/database-copy.js';
import { loadSecrets } from '../../encryption/secrets.js';
import type { AuditActor } from '../audit/audit-log.service.js';
import { adoptDatabase } from './adopt-database.js';
import { BackupError } from './backup.errors.js';
import { dumpName, type Manifest, manifestName, manifestSchema } from './manifest.js';
import { listTar, readEntry, type TarEntry } from './tar.js';

export interface Restored {
  manifest: Manifest;
  /** Where what was there before lies now; null when there was nothing. */
  replaced: string | null;
}

/** What a restore replaces; the side files and the journal belong to the database. */
const replacedNames = [
  'kinora.sqlite',
  'kinora.sqlite-wal',
  'kinora.sqlite-shm',
  'audit.journal',
  'secrets',
  'kinora.json',
];
const ofPostgres =
  'It is of a PostgreSQL, whose tables are put back by pg_restore: see backend/docs/operations.md.';
const longestManifestBytes = 1024 * 1024;

/**
 * Puts a backup in place of what `dataDir` holds, after every byte of it was checked; what was there is kept beside. The audit log that comes with it tells who did so.
 * The server must not run. When anything fails, the folder is as it was.
 * @throws BackupError, DatabaseCorruptError, DatabaseTooNewError, SecretsError
 */
export async function restoreBackup(
  archive: string,
  dataDir: string,
  { now, actor }: { now: Date; actor: AuditActor },
): Promise<Restored> {
  const database = path.join(dataDir, 'kinora.sqlite');
  if ((await exists(database)) && isDatabaseInUse(database))
    throw new BackupError(`A server is using ${dataDir}. Stop it first.`);
  const staging = await mkdtemp(path.join(dataDir, 'restore-'));
  try {
    const manifest = await unpack(archive, staging);
    checkDatabaseCopy(path.join(staging, 'kinora.sqlite'));
    if (manifest.files.some(({ name }) => name === 'secrets/keys.json'))
      await loadSecrets(path.join(staging, 'secrets'), { mayCreate: false });
    await adoptDatabase(path.join(staging, 'kinora.sqlite'), { actor, ...manifest });
    const names = ['kinora.sqlite', 'secrets', 'kinora.json'];
    return { manifest, replaced: await swap(staging, dataDir, names, now) };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function unpack(archive: string, staging: string): Promise<Manifest> {
  const handle = await open(archive, 'r').catch((error: unknown) => {
    throw new BackupError(`The backup ${archive} cannot be read.`, { cause: error });
  });
  try {
    const [first, ...entries] = await listTar(handle);
    const manifest = await readManifest(handle, first);
    const wanted = manifest.files.map(({ name, size }) => `${name} ${size}`);
    const found = entries.map(({ name, size }) => `${name} ${size}`);
    if (wanted.length !== found.length || wanted.some((text, index) => text !== found[index]))
      throw new BackupError('What is in it is not what its manifest says.');
    if (manifest.files.some(({ name }) => name === dumpName)) throw new BackupError(ofPostgres);
    if (!manifest.files.some(({ name }) => name === 'kinora.sqlite'))
      throw new BackupError('There is no database in it.');
    await mkdir(path.join(staging, 'secrets'), { mode: 0o700 });
    for (const [index, { name, sha256 }] of manifest.files.entries()) {
      const entry = entries[index];
      if (entry) await unpackEntry(archive, entry, path.join(staging, name), sha256);
    }
    return manifest;
  } catch (error) {
    if (!(error instanceof BackupError)) throw error;
    throw new BackupError(`The backup ${archive} cannot be used. ${error.message} Nothing was changed.`, {
      cause: error,
    });
  } finally {
    await handle.close();
  }
}

async function readManifest(handle: FileHandle, entry: TarEntry | undefined): Promise<Manifest> {
  if (entry?.name !== manifestName || entry.size > longestManifestBytes)
    throw new BackupError('It has no manifest.');
  const bytes = Buffer.alloc(entry.size);
  await handle.read(bytes, 0, entry.size, entry.offset);
  try {
    return manifestSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (error) {
    throw new BackupError('Its manifest is damaged, or of a newer version.', { cause: error });
  }
}

async function unpackEntry(archive: string, entry: TarEntry, file: string, sha256: string): Promise<void> {
  const hash = createHash('sha256');
  if (entry.size === 0) await (await open(file, 'wx', 0o600)).close();
  else
    await pipeline(
      readEntry(archive, entry),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true }),
    );
  if (hash.digest('hex') !== sha256) throw new BackupError(`${entry.name} in it is damaged.`);
}

/** Moves what is there aside and what is new in; undone when a step fails. */
async function swap(
  staging: string,
  dataDir: string,
  names: readonly string[],
  now: Date,
): Promise<string | null> {
  const aside = path.join(dataDir, `replaced-${now.toISOString().replaceAll(/[:.]/g, '-')}`);
  const moves: (readonly [from: string, to: string])[] = [];
  for (const name of replacedNames) {
    if (await exists(path.join(dataDir, name)))
      moves.push([path.join(dataDir, name), path.join(aside, name)]);
  }
  const replaced = moves.length > 0 ? aside : null;
  for (const name of names) {
    if (await exists(path.join(staging, name)))
      moves.push([path.join(staging, name), path.join(dataDir, name)]);
  }
  if (replaced !== null) await mkdir(aside, { mode: 0o700 });
  const done: typeof moves = [];
  try {
    for (const move of moves) {
      await rename(...move);
      done.push(move);
    }
  } catch (error) {
    for (const [from, to] of done.reverse()) await rename(to, from);
    throw error;
  }
  return replaced;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
