export default async function teardown() {
  await globalThis.kinoraPostgres?.dispose();
}
