import type { EntityManager } from 'typeorm';
import type { Connections } from './connections.js';
import { isPostgres } from './database-address.js';
import { openPostgres } from './postgres.connections.js';
import { openSqlite } from './sqlite.connections.js';
import type { Store } from './store.js';
import { type Work, Writer } from './writer.js';

/** The open database: free reads, queued writes. */
export class Database implements Store {
  private readonly writer: Writer;

  private constructor(private readonly connections: Connections) {
    this.writer = new Writer((work) => connections.transact(work));
  }

  /**
   * Opens what `address` names, a PostgreSQL by its URL or a SQLite file by its path, checks it, and brings its schema up
   * to date. A file is created (mode 0600) when there is none, and copied beside itself before a migration touches it.
   * @throws DatabaseCorruptError, DatabaseUnwritableError, DatabaseTooNewError, DatabaseUnreachableError
   */
  static async open(address: string): Promise<Database> {
    return new Database(await (isPostgres(address) ? openPostgres(address) : openSqlite(address)));
  }

  get reader(): EntityManager {
    return this.connections.reading.manager;
  }

  /** Whether it can be read right now. */
  async isReady(): Promise<boolean> {
    try {
      await this.connections.reading.query('SELECT COUNT(*) FROM migrations');
      return true;
    } catch {
      return false;
    }
  }

  write<T>(work: Work<T>): Promise<T> {
    return this.writer.write(work);
  }

  /** Finishes what is queued, folds the write-ahead log of a file into it, and closes. */
  async close(): Promise<void> {
    await this.writer.drained();
    await this.connections.close();
  }
}
