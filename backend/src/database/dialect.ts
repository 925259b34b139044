import type { EntityManager } from 'typeorm';

export type Dialect = 'sqlite' | 'postgres';

/** Which database it is, for the few statements that the two cannot share. */
export function dialectOf(manager: EntityManager): Dialect {
  return manager.dataSource.options.type === 'postgres' ? 'postgres' : 'sqlite';
}

/**
 * The rows of a statement with a `?` for each value. Names of columns are quoted in it, for PostgreSQL folds others to
 * lower case.
 */
export function queryRows<T>(manager: EntityManager, sql: string, values: readonly unknown[]): Promise<T[]> {
  let at = 0;
  const text = dialectOf(manager) === 'postgres' ? sql.replaceAll('?', () => `$${(at += 1)}`) : sql;
  return manager.query<T[]>(text, [...values]);
}
