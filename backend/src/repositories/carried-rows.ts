import type { DataSource, EntityManager, EntityMetadata } from 'typeorm';
import type { Store } from '../database/store.js';
import { TitleCard } from '../entities/title.entity.js';
import { valuesPerQuery } from './chunks.js';
import { learnWords } from './title-filing.js';
import { titleWordsOf } from './title-words-of.js';

/** Which database it is, and who does what at the moment: of these each has its own. */
const ownTables = new Set(['database_identity', 'leases']);

/** Has a row from the start, in place of which the other one's comes. */
const startedTable = 'audit_chain';

/** Whether a database holds nothing that would be lost or mixed up by carrying rows into it. */
export async function hasNoRows({ reader }: Store): Promise<boolean> {
  for (const { target, tableName } of carriedTables(reader.dataSource)) {
    if (tableName !== startedTable && (await reader.exists(target))) return false;
  }
  return true;
}

/**
 * Copies every row of one database into another, empty one of this version's schema, all in one write. What each database
 * keeps in its own way, the index of words, is made anew. Answers how many rows there are.
 */
export function carryRows(from: Store, to: Store): Promise<number> {
  const tables = carriedTables(from.reader.dataSource);
  return to.write(async (manager) => {
    let rows = 0;
    for (const table of tables) rows += await carryTable(table, from.reader, manager);
    for await (const cards of pagesOf(from.reader, from.reader.dataSource.getMetadata(TitleCard))) {
      for (const card of cards as TitleCard[]) {
        await titleWordsOf(manager).put(manager, card, undefined);
        await learnWords(manager, card);
      }
    }
    return rows;
  });
}

async function carryTable(table: EntityMetadata, from: EntityManager, to: EntityManager): Promise<number> {
  let rows = 0;
  if (table.tableName === startedTable) await to.deleteAll(table.target);
  for await (const page of pagesOf(from, table)) {
    await to.insert(table.target, page);
    rows += page.length;
  }
  return rows;
}

/** The rows of a table in the order of their keys, so many at a time. */
async function* pagesOf(
  from: EntityManager,
  { target, primaryColumns }: EntityMetadata,
): AsyncGenerator<object[]> {
  const order = Object.fromEntries(primaryColumns.map(({ propertyName }) => [propertyName, 'ASC' as const]));
  for (let skip = 0; ; skip += valuesPerQuery) {
    const page: object[] = await from.find(target, { order, skip, take: valuesPerQuery });
    if (page.length > 0) yield page;
    if (page.length < valuesPerQuery) return;
  }
}

/** Those that others refer to come first. */
function carriedTables({ entityMetadatas }: DataSource): EntityMetadata[] {
  const ordered = new Set<EntityMetadata>();
  const add = (table: EntityMetadata): void => {
    for (const { referencedEntityMetadata } of table.foreignKeys) {
      if (referencedEntityMetadata !== table) add(referencedEntityMetadata);
    }
    ordered.add(table);
  };
  for (const table of entityMetadatas) if (!ownTables.has(table.tableName)) add(table);
  return [...ordered];
}
