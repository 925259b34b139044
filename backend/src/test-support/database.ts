import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { Database } from '../database/database.js';

export interface TestDatabase {
  database: Database;
  /** Path of the SQLite file, or URL of the PostgreSQL. */
  file: string;
  /** Closes it and removes it. */
  dispose: () => Promise<void>;
}

/** Of a PostgreSQL server for tests; set by jest's project `backend-postgres`, which runs the same tests there. */
// eslint-disable-next-line no-restricted-properties -- handed over by jest's global set-up, which is another process
const server = process.env['KINORA_TEST_POSTGRES'];

/** A real, migrated database of its own, connected to as in the product. */
export function openTestDatabase(): Promise<TestDatabase> {
  return server === undefined ? openFile() : openOnServer(server);
}

async function openFile(): Promise<TestDatabase> {
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

const template = 'kinora_template';

async function openOnServer(url: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await administer(url, async (client) => {
    await client.query('SELECT pg_advisory_lock(1)');
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [template]);
    if (rowCount === 0) {
      await client.query(`CREATE DATABASE "${template}"`);
      await (await Database.open(urlOf(url, template))).close();
    }
    await client.query(`CREATE DATABASE "${name}" TEMPLATE "${template}" STRATEGY file_copy`);
  });
  const file = urlOf(url, name);
  const database = await Database.open(file);
  return {
    database,
    file,
    dispose: async () => {
      await database.close();
      await administer(url, (client) => client.query(`DROP DATABASE "${name}" WITH (FORCE)`));
    },
  };
}

async function administer(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(url: string, name: string): string {
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}
