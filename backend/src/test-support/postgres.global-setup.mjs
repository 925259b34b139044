import { tsImport } from 'tsx/esm/api';

/** One PostgreSQL for all tests of the project `backend-postgres`. */
export default async function setup() {
  const { PostgresServer } = await tsImport('./postgres-server.ts', import.meta.url);
  const server = await PostgresServer.start();
  globalThis.kinoraPostgres = server;
  process.env.KINORA_TEST_POSTGRES = server.url();
}
