import type { DataSource, EntityManager } from 'typeorm';
import { createDataSource } from './data-source.js';
import { asDatabaseError, inspectFile, prepareFile } from './database-file.js';
import type { Store } from './store.js';
import { type Work, Writer } from './writer.js';

/** The open database: free reads, queued writes. */
export class Database implements Store {
  private readonly writer: Writer;

  private constructor(
    private readonly writing: DataSource,
    private readonly reading: DataSource,
  ) {
    this.writer = new Writer((work) => writing.transaction(work));
  }

  /**
   * Opens (or creates, mode 0600) the SQLite file, checks it, and brings its schema up to date. A file with contents
   * is copied beside itself before a migration touches it.
   * @throws DatabaseCorruptError, DatabaseUnwritableError, DatabaseTooNewError
   */
  static async open(file: string): Promise<Database> {
    const writing = createDataSource(file, 'write');
    const reading = createDataSource(file, 'read');
    try {
      await prepareFile(file);
      inspectFile(file);
      await writing.initialize();
      await writing.runMigrations();
      await reading.initialize();
      return new Database(writing, reading);
    } catch (error) {
      for (const source of [reading, writing]) if (source.isInitialized) await source.destroy();
      throw asDatabaseError(file, error);
    }
  }

  get reader(): EntityManager {
    return this.reading.manager;
  }

  /** Whether it can be read right now. */
  async isReady(): Promise<boolean> {
    try {
      await this.reading.query('SELECT COUNT(*) FROM migrations');
      return true;
    } catch {
      return false;
    }
  }

  write<T>(work: Work<T>): Promise<T> {
    return this.writer.write(work);
  }

  /** Finishes what is queued, folds the write-ahead log into the file, and closes. */
  async close(): Promise<void> {
    await this.writer.drained();
    if (this.reading.isInitialized) await this.reading.destroy();
    if (!this.writing.isInitialized) return;
    await this.writing.query('PRAGMA optimize');
    await this.writing.destroy();
  }
}
