import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, copyFile, link, mkdtemp, open, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { isPostgres } from '../../database/database-address.js';
import { copyDatabase } from '../../database/database-copy.js';
import { BackupError } from './backup.errors.js';
import { dumpPostgres } from './dump-postgres.js';
import { dumpName, entryName, type Manifest, manifestName } from './manifest.js';
import { tarEnd, tarHeader, tarPadding } from './tar.js';

/**
 * Writes everything that cannot be fetched again (the database, and of `dataDir` the secrets and the configuration) into one
 * file (0600) that is there whole or not at all. The server may run.
 * @throws BackupError, and the errors of the database
 */
export async function createBackup(
  dataDir: string,
  target: string,
  { database, version, now }: { database: string; version: string; now: Date },
): Promise<Manifest> {
  const isFile = !isPostgres(database);
  if (isFile && !(await exists(database)))
    throw new BackupError(`There is nothing to back up in ${dataDir}.`);
  if (await exists(target)) throw new BackupError(`${target} exists already. Nothing was overwritten.`);
  const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  // In the data folder, where there is room for a database, and where nobody else can look.
  const staging = await mkdtemp(path.join(dataDir, 'backup-'));
  try {
    const name = isFile ? 'kinora.sqlite' : dumpName;
    const copy = path.join(staging, name);
    await (isFile ? copyDatabase(database, copy) : dumpPostgres(database, copy));
    // After the database: an account in the copy must find the keys it was made with.
    const others = await stageOthers(dataDir, staging);
    const files = await Promise.all(
      [name, ...others].map((each) => describe(path.join(staging, path.basename(each)), each)),
    );
    const manifest: Manifest = {
      format: 'kinora-backup',
      formatVersion: 1,
      version,
      createdAt: now.toISOString(),
      files,
    };
    await writeArchive(temporary, manifest, staging, now);
    await publish(temporary, target);
    return manifest;
  } finally {
    await rm(staging, { recursive: true, force: true });
    await rm(temporary, { force: true });
  }
}

async function stageOthers(dataDir: string, staging: string): Promise<string[]> {
  const secrets = await readdir(path.join(dataDir, 'secrets')).catch(() => []);
  const names = [...secrets.map((name) => `secrets/${name}`), 'kinora.json'].filter(
    // What a write under way has not put in place yet is not kept.
    (name) => entryName.test(name) && !name.endsWith('.tmp'),
  );
  const staged: string[] = [];
  for (const name of names) {
    if (!(await exists(path.join(dataDir, name)))) continue;
    await copyFile(path.join(dataDir, name), path.join(staging, path.basename(name)));
    staged.push(name);
  }
  return staged;
}

async function describe(file: string, name: string): Promise<Manifest['files'][number]> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return { name, size: (await stat(file)).size, sha256: hash.digest('hex') };
}

async function writeArchive(file: string, manifest: Manifest, staging: string, now: Date): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
    await handle.appendFile(
      Buffer.concat([tarHeader(manifestName, text.length, now), text, tarPadding(text.length)]),
    );
    for (const { name, size } of manifest.files) {
      await handle.appendFile(tarHeader(name, size, now));
      for await (const chunk of createReadStream(path.join(staging, path.basename(name))))
        await handle.appendFile(chunk as Buffer);
      await handle.appendFile(tarPadding(size));
    }
    await handle.appendFile(tarEnd);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function publish(temporary: string, target: string): Promise<void> {
  try {
    // Unlike a rename, a link never replaces what came there meanwhile.
    await link(temporary, target);
  } catch (error) {
    throw new BackupError(`${target} cannot be written.`, { cause: error });
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
