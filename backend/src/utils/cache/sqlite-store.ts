import { closeSync, openSync, rmSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { Keyv } from 'keyv';

export interface SqliteStoreOptions {
  /** A file of its own: what is in it may be lost at any time. */
  file: string;
  /** Stands before every key: who shares it shares the entries. */
  namespace: string;
  /** Of more than this many the ones that end soonest leave. */
  maxEntries?: number;
  now?: () => number;
}

/**
 * A store that outlives the process, in a SQLite file. A file that cannot be read is thrown away and begun anew; while it
 * cannot be used at all (a full disk) the store is empty and forgets what it is told.
 */
export function sqliteStore(options: SqliteStoreOptions): { store: Keyv; close: () => void } {
  const adapter = new SqliteAdapter(options);
  return { store: new Keyv({ store: adapter, useKeyPrefix: false }), close: () => adapter.close() };
}

/** Writes between two looks at how many there are. */
const writesPerPruning = 500;
const day = 24 * 3_600_000;

class SqliteAdapter {
  /** Read by Keyv, which looks for what it calls a dialect. */
  readonly opts = { dialect: 'sqlite', url: '' };
  private connection: Sqlite.Database | null;
  private readonly maxEntries: number;
  private readonly now: () => number;
  private writes = 0;

  constructor(private readonly options: SqliteStoreOptions) {
    this.maxEntries = options.maxEntries ?? 20_000;
    this.now = options.now ?? Date.now;
    this.connection = open(options.file);
    this.prune();
  }

  get(key: string): string | undefined {
    return this.attempt((connection) => {
      const row = connection
        .prepare<[string, number], { value: string }>(
          'SELECT value FROM entries WHERE key = ? AND endsAt > ?',
        )
        .get(this.options.namespace + key, this.now());
      return row?.value;
    });
  }

  /** @param ttl milliseconds; nothing is kept for ever */
  set(key: string, value: string, ttl = day): boolean {
    const done = this.attempt((connection) => {
      connection
        .prepare('INSERT OR REPLACE INTO entries (key, value, endsAt) VALUES (?, ?, ?)')
        .run(this.options.namespace + key, value, Math.ceil(this.now() + ttl));
      return true;
    });
    this.writes += 1;
    if (this.writes % writesPerPruning === 0) this.prune();
    return done === true;
  }

  delete(key: string): boolean {
    const removed = this.attempt(
      (connection) =>
        connection.prepare('DELETE FROM entries WHERE key = ?').run(this.options.namespace + key).changes,
    );
    return (removed ?? 0) > 0;
  }

  clear(): void {
    this.attempt((connection) => connection.exec('DELETE FROM entries'));
  }

  close(): void {
    this.connection?.close();
    this.connection = null;
  }

  private prune(): void {
    this.attempt((connection) => {
      connection.prepare('DELETE FROM entries WHERE endsAt <= ?').run(this.now());
      connection
        .prepare(
          'DELETE FROM entries WHERE key IN (SELECT key FROM entries ORDER BY endsAt DESC LIMIT -1 OFFSET ?)',
        )
        .run(this.maxEntries);
    });
  }

  private attempt<T>(action: (connection: Sqlite.Database) => T): T | undefined {
    if (this.connection === null) return undefined;
    try {
      return action(this.connection);
    } catch {
      // It is only a memory: those who ask go to the origin.
      return undefined;
    }
  }
}

function open(file: string): Sqlite.Database | null {
  for (const isSecondTry of [false, true]) {
    try {
      // For this user alone; SQLite gives the files beside it the same mode.
      closeSync(openSync(file, 'a', 0o600));
      const connection = new Sqlite(file, { timeout: 500 });
      connection.pragma('journal_mode = WAL');
      // What a power cut takes is fetched again.
      connection.pragma('synchronous = OFF');
      connection.exec(
        `CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value TEXT NOT NULL, endsAt INTEGER NOT NULL) WITHOUT ROWID;
         CREATE INDEX IF NOT EXISTS entries_end ON entries (endsAt)`,
      );
      return connection;
    } catch {
      if (isSecondTry) return null;
      for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
    }
  }
  return null;
}
