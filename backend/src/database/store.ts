import type { EntityManager } from 'typeorm';
import type { Work } from './writer.js';

/** What a repository needs of the database: a manager to read with, and the way into a write. */
export interface Store {
  readonly reader: EntityManager;
  write<T>(work: Work<T>): Promise<T>;
}

/** The store as seen from inside a write: reads see what was written so far, and writes join the transaction. */
export function storeWithin(manager: EntityManager): Store {
  return { reader: manager, write: (work) => work(manager) };
}
