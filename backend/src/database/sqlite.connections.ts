import type { Connections } from './connections.js';
import { asDatabaseError, inspectFile, prepareFile } from './database-file.js';
import { createSqliteSource } from './sqlite-source.js';

/** @throws DatabaseCorruptError, DatabaseUnwritableError, DatabaseTooNewError */
export async function openSqlite(file: string): Promise<Connections> {
  const writing = createSqliteSource(file, 'write');
  const reading = createSqliteSource(file, 'read');
  try {
    await prepareFile(file);
    inspectFile(file);
    await writing.initialize();
    await writing.runMigrations();
    await reading.initialize();
  } catch (error) {
    for (const source of [reading, writing]) if (source.isInitialized) await source.destroy();
    throw asDatabaseError(file, error);
  }
  return {
    reading,
    transact: (work) => writing.transaction(work),
    close: async () => {
      if (reading.isInitialized) await reading.destroy();
      if (!writing.isInitialized) return;
      await writing.query('PRAGMA optimize');
      await writing.destroy();
    },
  };
}
