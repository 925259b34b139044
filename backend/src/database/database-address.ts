/** Whether an address names a PostgreSQL; otherwise it is the path of a SQLite file. */
export function isPostgres(address: string): boolean {
  return /^postgres(ql)?:\/\//i.test(address);
}

/** For people: without its password. */
export function shownAddress(address: string): string {
  if (!isPostgres(address)) return address;
  const { host, pathname, searchParams } = new URL(address);
  return `PostgreSQL ${host || (searchParams.get('host') ?? 'localhost')}${pathname}`;
}
