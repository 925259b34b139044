import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, open, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { DataSource } from 'typeorm';
import { User } from '../entities/user.entity.js';
import { aUser } from '../test-support/builders.js';
import { DatabaseCorruptError, DatabaseTooNewError, DatabaseUnwritableError } from './database.errors.js';
import { Database } from './database.js';
import { migrations } from './migrations/index.js';
import { createSqliteSource } from './sqlite-source.js';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinora-database-'));
  file = join(folder, 'data', 'kinora.sqlite');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('migrations', () => {
  test('leave no difference between the entities and the schema, and their undoing leaves nothing', async () => {
    const source = createSqliteSource(join(folder, 'drift.sqlite'), 'write');
    await source.initialize();
    await source.runMigrations();
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);

    for (const _ of source.migrations) await source.undoLastMigration();
    const left = await source.query<{ name: string }[]>(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('migrations', 'sqlite_sequence')`,
    );
    expect(left).toEqual([]);

    await source.runMigrations();
    expect((await source.driver.createSchemaBuilder().log()).upQueries).toEqual([]);
    await source.destroy();
  });

  test('F37 cut off by kill -9 at any statement leave a file that the next start brings up to date', async () => {
    const original = join(folder, 'cut.sqlite');
    // What the process has written when it is killed is what another one finds in the files at that moment.
    const moments: { database: Buffer; log: Buffer | null }[] = [];
    const schemaOf = async (database: Database) =>
      (
        await database.reader.query<{ sql: string }[]>(
          `SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type, name`,
        )
      ).map(({ sql }) => sql);
    let isWatching = false;
    const look = () => {
      if (!isWatching) return;
      const log = existsSync(`${original}-wal`) ? readFileSync(`${original}-wal`) : null;
      const last = moments.at(-1);
      const database = readFileSync(original);
      const isNew =
        !last?.database.equals(database) || !(log === null ? last.log === null : last.log?.equals(log));
      if (isNew) moments.push({ database, log });
    };
    const { options } = createSqliteSource(original, 'write');
    if (options.type !== 'better-sqlite3') throw new Error('not SQLite');
    const source = new DataSource({ ...options, verbose: look });
    await source.initialize();
    isWatching = true;
    await source.runMigrations();
    isWatching = false;
    await source.destroy();
    const whole = await Database.open(original);
    const expected = await schemaOf(whole);
    await whole.close();
    // Each migration is one transaction, so that most statements change nothing that another process can see.
    expect(moments.length).toBeGreaterThanOrEqual(migrations.length);
    for (const [number, { database, log }] of moments.entries()) {
      const cut = join(folder, `cut-${number}.sqlite`);
      await writeFile(cut, database);
      if (log) await writeFile(`${cut}-wal`, log);
      for (const start of ['first', 'second']) {
        const opened = await Database.open(cut);
        expect([number, start, await schemaOf(opened)]).toEqual([number, start, expected]);
        await opened.close();
      }
    }
  }, 300_000);

  test('F37 copy an older file before they change it', async () => {
    await (await Database.open(file)).close();
    const raw = new Sqlite(file);
    // As an older version would have left it: the newest migration not yet applied.
    raw.pragma('foreign_keys = OFF');
    const tables = (virtual: boolean) =>
      raw
        .prepare<[], { name: string }>(
          `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'migrations'
            AND sql ${virtual ? '' : 'NOT'} LIKE 'CREATE VIRTUAL%'`,
        )
        .all();
    // A virtual table takes the tables beneath it along.
    for (const virtual of [true, false])
      for (const { name } of tables(virtual)) raw.exec(`DROP TABLE "${name}"`);
    raw.exec(`
      UPDATE migrations SET name = name; CREATE TABLE keepsake (word text); INSERT INTO keepsake VALUES ('kept');
      DELETE FROM migrations`);
    raw.close();
    await (await Database.open(file)).close();

    const copies = (await readdir(join(folder, 'data'))).filter((name) => name.includes('.before-'));
    expect(copies).toHaveLength(1);
    const copy = new Sqlite(join(folder, 'data', String(copies[0])), { readonly: true });
    expect(copy.prepare('SELECT word FROM keepsake').get()).toEqual({ word: 'kept' });
    expect(copy.prepare(`SELECT count(*) AS n FROM sqlite_master WHERE name = 'users'`).get()).toEqual({
      n: 0,
    });
    copy.close();
  });
});

describe('opening', () => {
  test('T49 creates the folder and the file for the owner only, with the write-ahead log on', async () => {
    const database = await Database.open(file);
    expect((await stat(join(folder, 'data'))).mode & 0o777).toBe(0o700);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(`${file}-wal`)).mode & 0o777).toBe(0o600);
    const pragma = async (name: string): Promise<unknown> =>
      Object.values(
        (await database.write((manager) => manager.query<object[]>(`PRAGMA ${name}`)))[0] ?? {},
      )[0];
    expect(await pragma('journal_mode')).toBe('wal');
    expect(await pragma('synchronous')).toBe(1);
    expect(await pragma('foreign_keys')).toBe(1);
    expect(await pragma('busy_timeout')).toBe(5000);
    expect(await pragma('trusted_schema')).toBe(0);
    await database.close();
  });

  test('F12 refuses a file that is no database, and leaves it as it is', async () => {
    await (await Database.open(file)).close();
    const junk = Buffer.alloc(8192, 0x5a);
    await writeFile(file, junk);
    const failure = await openingFailure(file);
    expect(failure).toBeInstanceOf(DatabaseCorruptError);
    expect(failure.message).not.toContain('\n');
    expect((await stat(file)).size).toBe(junk.length);
  });

  test('F12 refuses a database with damaged pages', async () => {
    const database = await Database.open(file);
    await database.write(async (manager) => {
      for (let i = 0; i < 300; i += 1) {
        await manager.insert(User, aUser({ id: `user-${i}` }));
      }
    });
    await database.close();
    const { size } = await stat(file);
    const handle = await open(file, 'r+');
    for (let at = 4096; at < size; at += 4096) await handle.write(Buffer.alloc(512, 0xff), 0, 512, at);
    await handle.close();
    expect(await openingFailure(file)).toBeInstanceOf(DatabaseCorruptError);
  });

  test('says in one line that the folder cannot be written', async () => {
    await writeFile(join(folder, 'data'), 'a file where the folder should be');
    const failure = await openingFailure(file);
    expect(failure).toBeInstanceOf(DatabaseUnwritableError);
    expect(failure.message).toContain(file);
    expect(failure.message).not.toContain('\n');
  });

  test('says that the place of the file is taken by a folder', async () => {
    expect(await openingFailure(folder)).toBeInstanceOf(DatabaseUnwritableError);
  });

  test('F37 refuses a schema from a newer version', async () => {
    await (await Database.open(file)).close();
    const raw = new Sqlite(file);
    raw
      .prepare(`INSERT INTO migrations (timestamp, name) VALUES (?, ?)`)
      .run(9e12, 'AddHolograms9000000000000');
    raw.close();
    expect(await openingFailure(file)).toBeInstanceOf(DatabaseTooNewError);
  });
});

describe('writing', () => {
  test('F14 200 parallel writes: each stands or falls alone', async () => {
    const database = await Database.open(file);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 200 }, (_, i) =>
        database.write(async (manager) => {
          await manager.insert(User, aUser({ id: `user-${i}` }));
          await new Promise((resolve) => setImmediate(resolve));
          if (i % 3 === 0) throw new Error('changed my mind');
        }),
      ),
    );
    const expected = Array.from({ length: 200 }, (_, i) => `user-${i}`).filter((_, i) => i % 3 !== 0);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(expected.length);
    const stored = await database.reader.find(User);
    expect(stored.map(({ id }) => id).sort()).toEqual(expected.sort());
    await database.close();
  });

  test('a read does not see what is not committed', async () => {
    const database = await Database.open(file);
    await database.write(async (manager) => {
      await manager.insert(User, aUser({ id: 'half-done' }));
      expect(await database.reader.count(User)).toBe(0);
      expect(await manager.count(User)).toBe(1);
    });
    expect(await database.reader.count(User)).toBe(1);
    await database.close();
  });

  test('the reading connection cannot write', async () => {
    const database = await Database.open(file);
    await expect(database.reader.insert(User, aUser({ id: 'smuggled' }))).rejects.toThrow(/readonly/);
    await database.close();
  });

  test('closing waits for queued writes', async () => {
    const database = await Database.open(file);
    const write = database.write((manager) => manager.insert(User, aUser({ id: 'last' })));
    await database.close();
    await write;
    const again = await Database.open(file);
    expect(await again.reader.count(User)).toBe(1);
    await again.close();
  });
});

async function openingFailure(path: string): Promise<Error> {
  try {
    await (await Database.open(path)).close();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('It opened.');
}
