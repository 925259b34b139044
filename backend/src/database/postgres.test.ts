import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { User } from '../entities/user.entity.js';
import { aUser } from '../test-support/builders.js';
import { PostgresServer, postgresPrograms } from '../test-support/postgres-server.js';
import { DatabaseTooNewError, DatabaseUnreachableError } from './database.errors.js';
import { Database } from './database.js';
import { migrations } from './migrations/index.js';
import { postgresMigrations } from './migrations/postgres/index.js';
import { PostgresSource } from './postgres-source.js';

test('every migration of SQLite has its counterpart for PostgreSQL, in the same order', () => {
  const counterparts = postgresMigrations.flatMap((migration) => new migration().counterpartOf);
  // What fails here needs a migration in migrations/postgres that names it in `counterpartOf`.
  expect(counterparts).toEqual(migrations.map((migration) => new migration().name));
});

// Where PostgreSQL may be installed, `npm test` installs it.
const onPostgres = postgresPrograms() === null ? describe.skip : describe;

onPostgres('PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server.dispose());

  test('migrations leave no difference between the entities and the schema, and their undoing leaves nothing', async () => {
    const source = new PostgresSource(await server.createDatabase(), 'migrate');
    await source.initialize();
    expect((await source.driver.createSchemaBuilder().log()).upQueries.length).toBeGreaterThan(40);
    await source.runMigrations();
    const differences = async () =>
      (await source.driver.createSchemaBuilder().log()).upQueries.map(({ query }) => query);
    expect(await differences()).toEqual([]);
    await source.query('DROP INDEX "users_role"');
    expect(await differences()).toHaveLength(1);
    await source.query('CREATE INDEX "users_role" ON "users" ("role")');

    for (const _ of source.migrations) await source.undoLastMigration();
    const left = await source.query<{ name: string }[]>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_name <> 'migrations'`,
    );
    expect(left).toEqual([]);
    await source.runMigrations();
    expect(await differences()).toEqual([]);
    await source.destroy();
  });

  test('servers that start at once on an empty database all get it', async () => {
    const url = await server.createDatabase();
    const databases = await Promise.all(Array.from({ length: 4 }, () => Database.open(url)));
    expect(await Promise.all(databases.map((database) => database.isReady()))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    await Promise.all(databases.map((database) => database.close()));
  });

  test('refuses a schema from a newer version, and says in one line what it cannot connect to', async () => {
    const url = await server.createDatabase();
    await (await Database.open(url)).close();
    const name = new URL(url).pathname.slice(1);
    await server.sql(
      `INSERT INTO migrations (timestamp, name) VALUES (1, 'AddHolograms9000000000000')`,
      name,
    );
    await expect(Database.open(url)).rejects.toThrow(DatabaseTooNewError);
    const elsewhere = url.replace('kinora@', 'kinora:secret-word@').replace(name, 'not-there');
    const failure = await Database.open(elsewhere).then(
      () => null,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(DatabaseUnreachableError);
    expect(String(failure)).toMatch(/not-there.* does not exist/);
    expect(String(failure)).not.toMatch(/secret-word|\n/);
  });

  test('a read does not see what is not committed, and cannot write', async () => {
    const database = await Database.open(await server.createDatabase());
    await database.write(async (manager) => {
      await manager.insert(User, aUser({ id: 'half-done' }));
      expect(await database.reader.count(User)).toBe(0);
      expect(await manager.count(User)).toBe(1);
    });
    expect(await database.reader.count(User)).toBe(1);
    await expect(database.reader.insert(User, aUser({ id: 'smuggled' }))).rejects.toThrow(/read-only/);
    await database.close();
  });

  test('F14 parallel writes of two servers: each stands or falls alone, and none works with what was', async () => {
    const url = await server.createDatabase();
    const databases = await Promise.all([Database.open(url), Database.open(url)]);
    await databases[0].write((manager) => manager.insert(User, aUser({ id: 'counted', ageLimit: 0 })));
    const outcomes = await Promise.allSettled(
      Array.from({ length: 60 }, (_, i) =>
        (i % 2 === 0 ? databases[0] : databases[1]).write(async (manager) => {
          const user = await manager.findOneByOrFail(User, { id: 'counted' });
          await manager.update(User, { id: 'counted' }, { ageLimit: (user.ageLimit ?? 0) + 1 });
          if (i % 3 === 0) throw new Error('changed my mind');
        }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(40);
    expect((await databases[1].reader.findOneByOrFail(User, { id: 'counted' })).ageLimit).toBe(40);
    await Promise.all(databases.map((database) => database.close()));
  });

  test('a text with the character 0 is kept, and equals none without it', async () => {
    const database = await Database.open(await server.createDatabase());
    await database.write((manager) => manager.insert(User, aUser({ id: 'odd', username: 'a\0b' })));
    expect((await database.reader.findOneByOrFail(User, { id: 'odd' })).username).toBe('a\uFFFDb');
    expect(await database.reader.countBy(User, { username: 'ab' })).toBe(0);
    expect(await database.reader.countBy(User, { username: 'a\0b' })).toBe(1);
    await database.close();
  });

  test('while it is away everybody is told so at once, and it comes back by itself', async () => {
    const database = await Database.open(await server.createDatabase());
    await database.write((manager) => manager.insert(User, aUser({ id: 'before' })));
    await server.kill();
    const away = { code: 'database-unavailable', retryAfterSeconds: 5 };
    await expect(database.reader.count(User)).rejects.toMatchObject(away);
    await expect(database.write((manager) => manager.count(User))).rejects.toMatchObject(away);
    expect(await database.isReady()).toBe(false);
    await server.begin();
    await until(() => database.isReady());
    await until(() =>
      database
        .write((manager) => manager.insert(User, aUser({ id: `after-${Math.random()}` })))
        .then(
          () => true,
          () => false,
        ),
    );
    expect(await database.reader.count(User)).toBe(2);
    await database.close();
  });
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 45_000; !(await isSo()); ) {
    if (Date.now() > end) throw new Error('It did not come to that.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
