import {
  type EntityManager,
  type EntityTarget,
  type FindOptionsWhere,
  In,
  type ObjectLiteral,
} from 'typeorm';
import { chunks, valuesPerQuery } from './chunks.js';

export interface ExternalKind<T extends ObjectLiteral & { updatedAt: Date }, F> {
  entity: EntityTarget<T>;
  /** Names of the columns by which outsiders know it, in the order of how far they can be trusted. */
  externalIds: readonly (keyof T & keyof F & string)[];
  /** An empty one, ready to take the facts. */
  blank: (facts: F, now: Date) => T;
}

/** Fields that no provider decides, whatever its row holds. */
const ours = new Set(['id', 'createdAt', 'updatedAt', 'mergedIntoId']);

/**
 * Takes in what a provider said, and answers what is stored in the order of `rows`. A row finds its own by any of its
 * external ids. Facts that a row lacks, or has empty, never erase known ones: a search result knows less than a page.
 * `changed` are those for which something was news.
 */
export async function upsertExternal<
  T extends ObjectLiteral & { updatedAt: Date },
  F extends { title: string },
>(
  manager: EntityManager,
  kind: ExternalKind<T, F>,
  rows: readonly F[],
  now: Date,
): Promise<{ stored: T[]; changed: T[] }> {
  const columns = new Set(
    manager.dataSource.getMetadata(kind.entity).columns.map((column) => column.propertyName),
  );
  const known = new Known<T, F>(kind.externalIds);
  await known.load(manager, kind.entity, rows);
  const changed = new Set<T>();
  const stored = rows.map((row) => {
    const found = known.match(row);
    const one = found ?? kind.blank(row, now);
    if (apply(row, one, known, columns) || !found) changed.add(one);
    known.remember(one);
    return one;
  });
  for (const one of changed) one.updatedAt = now;
  await manager.save(kind.entity, [...changed], { chunk: valuesPerQuery });
  return { stored, changed: [...changed] };
}

/** Those that the rows may mean, findable by every external id. */
class Known<T extends ObjectLiteral, F extends { title: string }> {
  private readonly byExternalId = new Map<string, T>();

  constructor(readonly externalIds: readonly (keyof T & keyof F & string)[]) {}

  async load(manager: EntityManager, entity: EntityTarget<T>, rows: readonly F[]): Promise<void> {
    for (const name of this.externalIds) {
      const values = rows.map((row) => row[name]).filter((value) => value !== null && value !== undefined);
      for (const some of chunks(values)) {
        const where = { [name]: In(some) } as FindOptionsWhere<T>;
        for (const one of await manager.findBy(entity, where)) {
          // What is found twice (by two of its ids) must stay one object.
          if (!this.holder(name, one[name])) this.remember(one);
        }
      }
    }
  }

  /** The first id that is known decides. */
  match(row: F): T | undefined {
    const keys = this.externalIds.map((name) => keyOf(name, row[name])).filter((key) => key !== null);
    if (keys.length === 0) throw new Error(`The title "${row.title}" has no external id.`);
    return keys.map((key) => this.byExternalId.get(key)).find((one) => one !== undefined);
  }

  holder(name: string, value: unknown): T | undefined {
    const key = keyOf(name, value);
    return key === null ? undefined : this.byExternalId.get(key);
  }

  remember(one: T): void {
    for (const name of this.externalIds) {
      const key = keyOf(name, one[name]);
      if (key !== null) this.byExternalId.set(key, one);
    }
  }
}

function keyOf(name: string, value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? `${name}:${value}` : null;
}

/** Copies the facts a row has; true when one of them was news. An external id that another one holds is left there. */
function apply<T extends ObjectLiteral, F extends { title: string }>(
  row: F,
  one: T,
  known: Known<T, F>,
  columns: ReadonlySet<string>,
): boolean {
  const taken = new Set<string>(
    known.externalIds.filter((name) => {
      const holder = known.holder(name, row[name]);
      return holder !== undefined && holder !== one;
    }),
  );
  const news = Object.entries(row).filter(
    ([name, value]) =>
      columns.has(name) &&
      !ours.has(name) &&
      !taken.has(name) &&
      !isEmpty(value) &&
      !sameFact(one[name], value),
  );
  Object.assign(one, Object.fromEntries(news));
  return news.length > 0;
}

function isEmpty(value: unknown): boolean {
  return (
    value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
  );
}

function sameFact(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
