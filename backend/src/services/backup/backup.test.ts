import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { DatabaseTooNewError } from '../../database/database.errors.js';
import { Database } from '../../database/database.js';
import { loadSecrets } from '../../encryption/secrets.js';
import { AuditEventRepository } from '../../repositories/audit-event.repository.js';
import { DatabaseIdentityRepository } from '../../repositories/database-identity.repository.js';
import { UserRepository } from '../../repositories/user.repository.js';
import { createBackup } from './create-backup.js';
import { restoreBackup } from './restore-backup.js';
import { tarEnd, tarHeader, tarPadding } from './tar.js';

const now = new Date(Date.UTC(2026, 10, 22, 12));
let folder: string;
let dataDir: string;
let archive: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kinora-backup-test-'));
  dataDir = path.join(folder, 'data');
  archive = path.join(folder, 'backup.tar');
  await mkdir(dataDir);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (name: string) => path.join(dataDir, name);
const openDatabase = () => Database.open(at('kinora.sqlite'));
const backUp = () => createBackup(dataDir, archive, { database: at('kinora.sqlite'), version: '1.2.3', now });
const actor = { id: 'operator', name: 'the operator' };
const restore = () => restoreBackup(archive, dataDir, { now, actor });
const addUser = (database: Database, username: string) =>
  new UserRepository(database).create({ username, passwordHash: 'x', role: 'user' }, now);

async function usersIn(file: string): Promise<string[]> {
  const connection = new Sqlite(file, { readonly: true });
  const rows = connection
    .prepare<[], { username: string }>('SELECT username FROM users ORDER BY username')
    .all();
  connection.close();
  return Promise.resolve(rows.map(({ username }) => username));
}

/** A data folder with one user, keys and a configuration, backed up; the database is closed. */
async function aBackup(): Promise<void> {
  const database = await openDatabase();
  await addUser(database, 'ada');
  await loadSecrets(at('secrets'));
  await writeFile(at('kinora.json'), '{"PORT":4242}', { mode: 0o600 });
  await backUp();
  await database.close();
}

/** Names and contents of what counts in the data folder. */
async function contents(): Promise<unknown> {
  return {
    // Looking into a database leaves its side files behind.
    names: (await readdir(dataDir)).filter((name) => !/-(shm|wal)$/.test(name)),
    users: await usersIn(at('kinora.sqlite')),
    keys: await readFile(at('secrets/keys.json'), 'utf8'),
  };
}

describe('a backup', () => {
  it('T49 is one file for this user alone, which any tar program can list', async () => {
    await aBackup();
    expect((await stat(archive)).mode & 0o777).toBe(0o600);
    const listed = execFileSync('tar', ['-tf', archive], { encoding: 'utf8' }).trim().split('\n');
    expect(listed).toEqual(['manifest.json', 'kinora.sqlite', 'secrets/keys.json', 'kinora.json']);
    expect(await readdir(dataDir)).not.toContainEqual(expect.stringMatching(/^backup-/));
  });

  it('holds what was committed when it was made, also what still lies in the write-ahead log', async () => {
    const database = await openDatabase();
    await addUser(database, 'ada');
    await backUp();
    await addUser(database, 'bob');
    await database.close();
    await rm(at('kinora.sqlite'));
    await restore();
    expect(await usersIn(at('kinora.sqlite'))).toEqual(['ada']);
  });

  it('never replaces a file, and is nothing without a database', async () => {
    await expect(backUp()).rejects.toThrow('nothing to back up');
    await (await openDatabase()).close();
    await writeFile(archive, 'precious');
    await expect(backUp()).rejects.toThrow('exists already');
    expect(await readFile(archive, 'utf8')).toBe('precious');
    expect(await readdir(folder)).toEqual(['backup.tar', 'data']);
  });
});

describe('a restore', () => {
  it('puts everything back, privately, and keeps what it replaced', async () => {
    await aBackup();
    const keys = await readFile(at('secrets/keys.json'), 'utf8');
    const database = await openDatabase();
    await addUser(database, 'bob');
    await database.close();
    await writeFile(at('secrets/keys.json'), 'lost');
    await writeFile(at('kinora.json'), '{"PORT":1}');

    const { replaced, manifest } = await restore();
    expect(manifest.version).toBe('1.2.3');
    expect(await usersIn(at('kinora.sqlite'))).toEqual(['ada']);
    expect(await readFile(at('secrets/keys.json'), 'utf8')).toBe(keys);
    expect(await readFile(at('kinora.json'), 'utf8')).toBe('{"PORT":4242}');
    for (const name of ['kinora.sqlite', 'secrets', 'secrets/keys.json', 'kinora.json'])
      expect([name, (await stat(at(name))).mode & 0o077]).toEqual([name, 0]);
    expect(await usersIn(path.join(replaced ?? '', 'kinora.sqlite'))).toEqual(['ada', 'bob']);
    expect(await readFile(path.join(replaced ?? '', 'kinora.json'), 'utf8')).toBe('{"PORT":1}');
  });

  it('is told by the audit log that comes with it, and makes it another database for whoever remembers rows', async () => {
    await aBackup();
    const before = await openDatabase();
    const identity = await new DatabaseIdentityRepository(before).get();
    await before.close();
    await restore();
    const database = await openDatabase();
    const { items } = await new AuditEventRepository(database).list({ page: 1, pageSize: 10 });
    expect(items).toMatchObject([
      {
        action: 'backup.restored',
        actorName: 'the operator',
        detail: { asOf: now.toISOString(), madeBy: 'Kinora 1.2.3' },
      },
    ]);
    const identities = new DatabaseIdentityRepository(database);
    expect(await identities.get()).not.toBe(identity);
    expect(await identities.get()).toBe(await identities.get());
    await database.close();
  });

  it('works into an empty folder', async () => {
    await aBackup();
    await rm(dataDir, { recursive: true });
    await mkdir(dataDir);
    expect((await restore()).replaced).toBeNull();
    expect(await usersIn(at('kinora.sqlite'))).toEqual(['ada']);
  });

  it('is refused while the database is open elsewhere', async () => {
    await aBackup();
    const database = await openDatabase();
    await expect(restore()).rejects.toThrow('Stop it first');
    await addUser(database, 'bob');
    await database.close();
    expect(await usersIn(at('kinora.sqlite'))).toEqual(['ada', 'bob']);
  });

  it('refuses a damaged byte anywhere that counts, and changes nothing', async () => {
    await aBackup();
    let before = await contents();
    const sound = await readFile(archive);
    const step = Math.floor(sound.length / 40);
    for (let position = 7; position < sound.length - 1_024; position += step) {
      const damaged = Buffer.from(sound);
      damaged.writeUInt8(damaged.readUInt8(position) ^ 0x55, position);
      await writeFile(archive, damaged);
      const outcome = await restore().then(
        () => 'restored',
        () => 'refused',
      );
      // Between the contents lie zeros that nobody reads.
      const isPadding = sound.subarray(position - 7, position + 8).every((byte) => byte === 0);
      expect([position, isPadding || outcome === 'refused']).toEqual([position, true]);
      if (outcome === 'refused') expect(await contents()).toEqual(before);
      else before = await contents();
    }
  });

  it.each([0, 100, 511, 512, 1_024, 5_000, 20_000])('refuses one cut off after %i bytes', async (length) => {
    await aBackup();
    const before = await contents();
    await truncate(archive, length);
    await expect(restore()).rejects.toThrow('cannot be used');
    expect(await contents()).toEqual(before);
  });

  it.each(['../evil', '/etc/evil', 'secrets/../../evil', 'torrents/x', 'secrets/.x'])(
    'refuses the name %s',
    async (name) => {
      await aBackup();
      const files = [{ name, size: 1, sha256: '0'.repeat(64) }];
      const manifest = Buffer.from(
        JSON.stringify({ format: 'kinora-backup', formatVersion: 1, version: '1', createdAt: now, files }),
      );
      await writeFile(
        archive,
        Buffer.concat([
          tarHeader('manifest.json', manifest.length, now),
          manifest,
          tarPadding(manifest.length),
          tarHeader(name, 1, now),
          Buffer.from('x'),
          tarPadding(1),
          tarEnd,
        ]),
      );
      await expect(restore()).rejects.toThrow('Its manifest is damaged, or of a newer version.');
      expect(await readdir(folder)).toEqual(['backup.tar', 'data']);
    },
  );

  it('refuses a database written by a newer version', async () => {
    await (await openDatabase()).close();
    const raw = new Sqlite(at('kinora.sqlite'));
    raw.exec(`INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'FromTheFuture9999999999999')`);
    raw.close();
    await backUp();
    await expect(restore()).rejects.toThrow(DatabaseTooNewError);
  });
});
