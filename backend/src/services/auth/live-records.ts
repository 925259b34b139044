import { createHash, randomBytes } from 'node:crypto';

export interface LiveRecordsOptions<T> {
  create: () => T;
  /** Returns false when forgetting the record changes nothing: it counts nothing, or its time is over. */
  isLive: (record: T) => boolean;
  /** Maximum number of keys with a record of their own. */
  capacity: number;
}

/** Number of records that keys share when there is no room for their own. */
const sharedRecords = 1_024;

/**
 * Records by key in bounded memory. A live record is never evicted, so that a flood of other keys cannot reset what is
 * counted for one. While all records are live, each further key counts on one of 1,024 shared records. Keys that meet
 * there have less between them, never more. Which keys meet is random for each process, so it cannot be chosen.
 */
export class LiveRecords<T extends object> {
  /** By last use, oldest first. */
  private readonly own = new Map<string, T>();
  private readonly shared = new Map<number, T>();
  private readonly salt = randomBytes(16);

  constructor(private readonly options: LiveRecordsOptions<T>) {}

  /** Number of records, shared ones included. */
  get size(): number {
    return this.own.size + this.shared.size;
  }

  /** Returns the live record that the key counts on, null when there is none. Stores nothing. */
  find(key: string): T | null {
    const { isLive } = this.options;
    const own = this.own.get(key);
    if (own && isLive(own)) return own;
    const shared = this.sharedOf(key);
    return shared && isLive(shared) ? shared : null;
  }

  /** Returns the record to count on, and stores it. */
  open(key: string): T {
    const record = this.find(key) ?? this.options.create();
    // A key stays on its shared record while that is live, even when there is room again.
    if (this.sharedOf(key) === record) return record;
    // The latest used come last.
    this.own.delete(key);
    if (this.isFull()) this.shared.set(this.bucketOf(key), record);
    else this.own.set(key, record);
    return record;
  }

  /** Returns whether the record counts for this key alone. */
  isOwn(key: string, record: T): boolean {
    return this.own.get(key) === record;
  }

  /** Releases the record if it is no longer live. */
  settle(key: string, record: T): void {
    if (this.options.isLive(record)) return;
    if (this.own.get(key) === record) this.own.delete(key);
    else if (this.sharedOf(key) === record) this.shared.delete(this.bucketOf(key));
  }

  /** Evicts records that are over while there is no room. Returns whether all of the rest are needed. */
  private isFull(): boolean {
    for (const [key, record] of this.own) {
      if (this.own.size < this.options.capacity) return false;
      if (this.options.isLive(record)) return true;
      this.own.delete(key);
    }
    return this.own.size >= this.options.capacity;
  }

  private sharedOf(key: string): T | undefined {
    return this.shared.size === 0 ? undefined : this.shared.get(this.bucketOf(key));
  }

  private bucketOf(key: string): number {
    return createHash('sha256').update(this.salt).update(key).digest().readUInt32BE(0) % sharedRecords;
  }
}
