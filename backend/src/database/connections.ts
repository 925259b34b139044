import type { DataSource } from 'typeorm';
import type { Work } from './writer.js';

/** An open database, whichever it is. */
export interface Connections {
  /** Refuses to write, and sees only what is committed. */
  readonly reading: DataSource;
  /** Runs the work in a transaction, which sees whatever any process committed before. */
  transact<T>(work: Work<T>): Promise<T>;
  /**
   * Does the work unless another process that shares the database is at work of that name; then answers null at once.
   * Ends with the process at the latest.
   */
  exclusively<T>(name: string, work: () => Promise<T>): Promise<T | null>;
  close(): Promise<void>;
}
