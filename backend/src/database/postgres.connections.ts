import type { QueryRunner } from 'typeorm';
import type { Connections } from './connections.js';
import { DatabaseTooNewError, DatabaseUnreachableError } from './database.errors.js';
import { shownAddress } from './database-address.js';
import { driverErrorMessage } from './driver-error.js';
import { postgresMigrations } from './migrations/postgres/index.js';
import { PostgresSource } from './postgres-source.js';

/** First halves of our advisory locks; the second half is the schema. */
const locks = { write: 0x6b696e01, migrate: 0x6b696e02 } as const;

const schema = 'hashtext(current_schema())';

/** @throws DatabaseUnreachableError, DatabaseTooNewError */
export async function openPostgres(url: string): Promise<Connections> {
  const writing = new PostgresSource(url, 'write');
  const reading = new PostgresSource(url, 'read');
  const sources = [reading, writing];
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
  return {
    reading,
    // One writer at a time, of all servers: what a write reads stays true until it is committed, as with a file.
    transact: (work) =>
      writing.transaction(async (manager) => {
        await manager.query(`SELECT pg_advisory_xact_lock(${locks.write}, ${schema})`);
        return work(manager);
      }),
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
