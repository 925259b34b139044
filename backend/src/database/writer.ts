import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntityManager } from 'typeorm';
import { AppError } from '../errors/app-error.js';
import { driverErrorCode } from './driver-error.js';

export type Work<T> = (manager: EntityManager) => Promise<T>;

const busyTries = 3;
/** Another writer was first: of SQLite, and of PostgreSQL (serialization failure, deadlock, lock not available). */
const busyCodes = /^(SQLITE_BUSY|40001$|40P01$|55P03$)/;
/** No room on the disk: of SQLite, and of PostgreSQL. */
const fullCodes = /^(SQLITE_FULL|53100)$/;

/** A transaction in progress; `open` goes false with it, so that work it merely started may write later. */
interface Turn {
  open: boolean;
}

/**
 * The one queue through which everything is written. TypeORM on SQLite has a single connection whose transactions
 * would otherwise run into each other: one request's rollback would undo another's write. On PostgreSQL the queue goes
 * on in the database, over all servers.
 */
export class Writer {
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private readonly turns = new AsyncLocalStorage<Turn>();

  constructor(
    private readonly transaction: <T>(work: Work<T>) => Promise<T>,
    private readonly limit = 10_000,
  ) {}

  /**
   * Runs `work` in a transaction of its own when its turn comes. When it throws, only what it wrote is undone.
   * It runs again when another process wrote first, so it must do nothing but read and write through its manager.
   * Waiting for a write inside a write would never end, so that is refused; use the manager at hand.
   */
  write<T>(work: Work<T>): Promise<T> {
    if (this.turns.getStore()?.open) {
      return Promise.reject(
        new Error('A write was begun inside a write; use the manager that the work was given.'),
      );
    }
    if (this.waiting >= this.limit) {
      return Promise.reject(busy());
    }
    this.waiting += 1;
    const result = this.last.then(() => this.take(work));
    this.last = result.catch(() => undefined);
    return result;
  }

  /** Settles when everything queued so far is done. */
  async drained(): Promise<void> {
    await this.last;
  }

  /** Each try has already waited for the other writer, as long as the database lets it. */
  private async attempt<T>(work: Work<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.transaction(work);
      } catch (error) {
        if (!busyCodes.test(driverErrorCode(error) ?? '')) throw error;
        if (tries === busyTries) throw busy(error);
      }
    }
  }

  private async take<T>(work: Work<T>): Promise<T> {
    const turn: Turn = { open: true };
    try {
      return await this.turns.run(turn, () => this.attempt(work));
    } catch (error) {
      if (!fullCodes.test(driverErrorCode(error) ?? '')) throw error;
      throw new AppError('storage-full', 'The disk that holds the database is full.', { cause: error });
    } finally {
      turn.open = false;
      this.waiting -= 1;
    }
  }
}

function busy(cause?: unknown): AppError {
  return new AppError('timeout', 'The database is busy. Try again in a moment.', {
    retryAfterSeconds: 5,
    cause,
  });
}
