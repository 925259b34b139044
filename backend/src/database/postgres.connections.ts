import type { QueryRunner } from 'typeorm';
import type { Connections } from './connections.js';
import { DatabaseTooNewError, DatabaseUnreachableError } from './database.errors.js';
import { shownAddress } from './database-address.js';
import { driverErrorMessage } from './driver-error.js';
import { postgresMigrations } from './migrations/postgres/index.js';
import { PostgresSource } from './postgres-source.js';

/** First halves of our advisory locks; the second half is the schema, or what is done alone. */
const locks = { write: 0x6b696e01, migrate: 0x6b696e02, alone: 0x6b696e03 } as const;

const schema = 'hashtext(current_schema())';

/** @throws DatabaseUnreachableError, DatabaseTooNewError */
export async function openPostgres(url: string): Promise<Connections> {
  const [writing, reading, holding] = (['write', 'read', 'hold'] as const).map(
    (purpose) => new PostgresSource(url, purpose),
  );
  if (!writing || !reading || !holding) throw new Error('A data source is missing.');
  const sources = [reading, writing, holding];
  const close = async (): Promise<void> => {
    for (const source of sources) if (source.isInitialized) await source.destroy();
  };
  try {
    await migrate(url);
    for (const source of sources) await source.initialize();
  } catch (error) {
    await close();
    if (error instanceof DatabaseTooNewError) throw error;
    throw new DatabaseUnreachableError(shownAddress(url), driverErrorMessage(error), error);
  }
  const alone = new AdvisoryLocks(holding);
  return {
    reading,
    // One writer at a time, of all servers: what a write reads stays true until it is committed, as with a file.
    transact: (work) =>
      writing.transaction(async (manager) => {
        await manager.query(`SELECT pg_advisory_xact_lock(${locks.write}, ${schema})`);
        return work(manager);
      }),
    exclusively: (name, work) => alone.exclusively(name, work),
    close,
  };
}

/** Of servers that start at once, one migrates and the others wait for it. */
async function migrate(url: string): Promise<void> {
  const source = new PostgresSource(url, 'migrate');
  try {
    await source.initialize();
    const runner = source.createQueryRunner();
    await runner.query(`SELECT pg_advisory_lock(${locks.migrate}, ${schema})`);
    const applied = await appliedMigrations(runner);
    const known = postgresMigrations.map((migration) => new migration().name);
    const foreign = applied.find((name) => !known.includes(name));
    if (foreign !== undefined) throw new DatabaseTooNewError(shownAddress(url), foreign);
    if (known.some((name) => !applied.includes(name))) await source.runMigrations();
    await runner.release();
  } finally {
    if (source.isInitialized) await source.destroy();
  }
}

async function appliedMigrations(runner: QueryRunner): Promise<string[]> {
  const [table] = await runner.manager.query<{ oid: unknown }[]>(`SELECT to_regclass('migrations') AS oid`);
  if (table?.oid === null) return [];
  const rows = await runner.manager.query<{ name: string }[]>('SELECT name FROM migrations ORDER BY id');
  return rows.map(({ name }) => name);
}

/**
 * Locks that the database lets go of when this process, or its connection, ends. All are held by one connection; a new
 * one is made when it breaks.
 */
class AdvisoryLocks {
  private readonly held = new Set<string>();
  private runner: QueryRunner | null = null;

  constructor(private readonly source: PostgresSource) {}

  async exclusively<T>(name: string, work: () => Promise<T>): Promise<T | null> {
    if (this.held.has(name)) return null;
    this.held.add(name);
    try {
      const key = `hashtext(current_schema() || '/' || $1)`;
      const [row] = await this.ask<{ taken: boolean }>(
        `SELECT pg_try_advisory_lock(${locks.alone}, ${key}) AS taken`,
        name,
      );
      if (!row?.taken) return null;
      try {
        return await work();
      } finally {
        // With the connection the lock has gone.
        await this.ask(`SELECT pg_advisory_unlock(${locks.alone}, ${key})`, name).catch(() => undefined);
      }
    } finally {
      this.held.delete(name);
    }
  }

  private async ask<T>(sql: string, name: string): Promise<T[]> {
    if (this.runner === null || this.runner.isReleased) this.runner = this.source.createQueryRunner();
    try {
      return await this.runner.manager.query<T[]>(sql, [name]);
    } catch (error) {
      await this.runner.release().catch(() => undefined);
      this.runner = null;
      throw error;
    }
  }
}
