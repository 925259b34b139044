import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from '../database/database.js';

export interface TestDatabase {
  database: Database;
  file: string;
  /** Closes it and removes the file. */
  dispose: () => Promise<void>;
}

/** A real, migrated database in a folder of its own: two connections, as in the product. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'kinora-test-'));
  const file = join(folder, 'kinora.sqlite');
  const database = await Database.open(file);
  return {
    database,
    file,
    dispose: async () => {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
