import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EntityMetadata } from 'typeorm';
import { Database } from '../../database/database.js';
import { moment } from '../../entities/column-types.js';
import { silentLogger } from '../../logging/logger.js';
import { AuditEventRepository } from '../../repositories/audit-event.repository.js';
import { MovieRepository } from '../../repositories/movie.repository.js';
import { TitleRepository } from '../../repositories/title.repository.js';
import { openTestDatabase, type TestDatabase } from '../../test-support/database.js';
import { PostgresServer, postgresPrograms } from '../../test-support/postgres-server.js';
import { AuditLogService } from '../audit/audit-log.service.js';
import { moveDatabase } from './move-database.js';

// Where PostgreSQL may be installed, `npm test` installs it.
const onPostgres = postgresPrograms() === null ? describe.skip : describe;

const actor = { id: 'operator', name: 'the operator' };
const origin = { address: null, requestId: null, userAgent: null };
const auditOf = (database: Database) =>
  new AuditLogService(new AuditEventRepository(database), silentLogger());
const madeElsewhere = ['audit_events', 'audit_chain', 'titles', 'title_genres', 'genres'];
const notCarried = ['database_identity', 'leases'];

onPostgres('moving a SQLite file into a PostgreSQL', () => {
  let server: PostgresServer;
  let source: TestDatabase;
  let url: string;
  beforeAll(async () => {
    server = await PostgresServer.start();
    source = await openTestDatabase();
    await fillEveryTable(source.database);
  }, 120_000);
  afterAll(async () => {
    await source.dispose();
    await server.dispose();
  });
  beforeEach(async () => {
    url = await server.createDatabase();
  });

  it('brings every row of every table along, and leaves the file as it was', async () => {
    const before = await rowsOf(source.database);
    const counted = Object.values(before).reduce((sum, rows) => sum + rows.length, 0);
    expect(await moveDatabase(source.file, url, actor)).toBe(counted);
    const moved = await Database.open(url);
    const after = await rowsOf(moved);
    // The move itself is in the new audit log.
    expect(after['audit_events']?.pop()).toMatchObject({
      action: 'database.moved',
      actorName: 'the operator',
    });
    expect(after['audit_chain']).toHaveLength(1);
    expect({ ...after, audit_chain: [] }).toEqual({ ...before, audit_chain: [] });
    expect(await auditOf(moved).verify()).toMatchObject({ intact: true });
    expect(await rowsOf(source.database)).toEqual(before);
    await moved.close();
  }, 120_000);

  it('titles are found there by their words, and by words that are nearly right', async () => {
    await moveDatabase(source.file, url, actor);
    const moved = await Database.open(url);
    const titles = new TitleRepository(moved);
    const found = async (text: string) =>
      (await titles.search(text, { page: 1, pageSize: 5 })).items.map(({ mediaId }) => mediaId);
    const expected = (await new MovieRepository(source.database).findByTmdbIds([1_200]))[0]?.id;
    expect(await found('feature number 1200')).toEqual([expected]);
    expect(await found('featrue number 1200')).toEqual([expected]);
    await moved.close();
  }, 120_000);

  it('a PostgreSQL that holds something is left alone, and so is one that does not answer', async () => {
    const taken = await Database.open(url);
    await auditOf(taken).record({ action: 'backup.restored', outcome: 'ok', actor, origin, detail: {} });
    const before = await rowsOf(taken);
    await expect(moveDatabase(source.file, url, actor)).rejects.toThrow(/holds data of a Kinora already/);
    expect(await rowsOf(taken)).toEqual(before);
    await taken.close();
    await expect(moveDatabase(source.file, `${url}-not-there`, actor)).rejects.toThrow(/does not exist/);
    await expect(moveDatabase(`${source.file}-not-there`, url, actor)).rejects.toThrow(
      /There is no database/,
    );
  });
});

/** All rows by table, in the order of their keys. */
async function rowsOf({ reader }: Database): Promise<Record<string, unknown[]>> {
  const tables: Record<string, unknown[]> = {};
  for (const { target, tableName, primaryColumns } of reader.dataSource.entityMetadatas) {
    if (notCarried.includes(tableName)) continue;
    const order = Object.fromEntries(
      primaryColumns.map(({ propertyName }) => [propertyName, 'ASC' as const]),
    );
    tables[tableName] = await reader.find(target, { order });
  }
  return tables;
}

/** Three rows in each, more films than fit a page, and an audit log. */
async function fillEveryTable(database: Database): Promise<void> {
  await database.write(async (manager) => {
    await manager.query('PRAGMA defer_foreign_keys = ON');
    for (const table of manager.dataSource.entityMetadatas) {
      if ([...madeElsewhere, ...notCarried].includes(table.tableName)) continue;
      await manager.insert(
        table.target,
        [0, 1, 2].map((number) => someRow(table, number)),
      );
    }
  });
  const films = Array.from({ length: 1_200 }, (_, index) => ({
    tmdbId: index + 1,
    title: `Feature Number ${index + 1}`,
    genres: ['Drama'],
  }));
  await new MovieRepository(database).upsertMany(films);
  for (const reason of ['first', 'second'])
    await auditOf(database).record({
      action: 'backup.restored',
      outcome: 'ok',
      actor,
      origin,
      detail: { reason },
    });
}

/** Texts are alike everywhere, so that what refers to another row finds one. */
function someRow({ columns }: EntityMetadata, number: number): Record<string, unknown> {
  return Object.fromEntries(
    columns.map(({ propertyName, type, transformer }): [string, unknown] => {
      if (transformer === moment) return [propertyName, new Date(1_790_000_000_000 + number)];
      if (type === 'blob') return [propertyName, Buffer.from([0, number, 255])];
      if (type === 'boolean') return [propertyName, number === 1];
      if (type === 'real') return [propertyName, number + 0.25];
      if (type === 'simple-json') return [propertyName, { list: [number, 'Mañana'], none: null }];
      if (type === 'varchar' || type === 'text') return [propertyName, `é${number}`];
      return [propertyName, 2 ** 40 + number];
    }),
  );
}
