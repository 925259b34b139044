import type { DataSource } from 'typeorm';
import type { Work } from './writer.js';

/** An open database, whichever it is. */
export interface Connections {
  /** Refuses to write, and sees only what is committed. */
  readonly reading: DataSource;
  /** Runs the work in a transaction, which sees whatever any process committed before. */
  transact<T>(work: Work<T>): Promise<T>;
  close(): Promise<void>;
}
