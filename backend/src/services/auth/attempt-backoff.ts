import { TooManyAttemptsError } from './auth.errors.js';
import { networkOf } from './network-of.js';
import { forgetAfterMs, longestWaitMs, type SharedAttempts } from './shared-attempts.js';

export interface AttemptBackoffOptions {
  /** Milliseconds since 1970. */
  now: () => number;
  /** Failures on one subject from one address before waiting begins. */
  freePerSubject?: number;
  /** Failures from one address, whatever the subject, before waiting begins. */
  freePerAddress?: number;
  /** How many subjects and addresses are remembered; beyond that the one idle longest is forgotten. */
  capacity?: number;
  /** What several servers know together. */
  shared?: SharedAttempts | undefined;
}

/** An attempt that counts as failed until it is said to have succeeded. */
export interface Attempt {
  succeeded: () => Promise<void>;
}

interface Record {
  failures: number;
  blockedUntil: number;
  lastAt: number;
}

/**
 * Makes guessing slow: after some free failures each further one doubles the wait, up to a minute. What counts is the
 * pair of subject and address (so failures elsewhere never keep the owner out) and the address alone (so a stranger
 * cannot go through many names). An IPv6 client owns a whole /64, which therefore counts as one address. Servers that
 * share a store count together; while it is away each goes on from what it has seen itself.
 */
export class AttemptBackoff {
  private readonly records = new Map<string, Record>();
  private readonly now: () => number;
  private readonly freePerSubject: number;
  private readonly freePerAddress: number;
  private readonly capacity: number;
  private readonly shared: SharedAttempts | undefined;

  constructor({
    now,
    freePerSubject = 10,
    freePerAddress = 50,
    capacity = 10_000,
    shared,
  }: AttemptBackoffOptions) {
    this.now = now;
    this.freePerSubject = freePerSubject;
    this.freePerAddress = freePerAddress;
    this.capacity = capacity;
    this.shared = shared;
  }

  /**
   * Begins an attempt. It counts as failed until `succeeded` is called, so that many at once are no way around.
   * @throws TooManyAttemptsError
   */
  async begin(subject: string, address: string | null): Promise<Attempt> {
    const network = networkOf(address);
    return this.beginFor([
      { key: `${network} ${subject}`, free: this.freePerSubject },
      { key: network, free: this.freePerAddress },
    ]);
  }

  /**
   * Begins an attempt of somebody who is recognised wherever they are, as a known browser is. Failures of others from
   * the same network do not count.
   * @throws TooManyAttemptsError
   */
  beginKnown(subject: string): Promise<Attempt> {
    return this.beginFor([{ key: subject, free: this.freePerSubject }]);
  }

  private async beginFor(counted: readonly { key: string; free: number }[]): Promise<Attempt> {
    const keys = counted.map(({ key }) => key);
    const told = await this.shared?.begin(
      keys,
      counted.map(({ free }) => free),
    );
    // From here on nothing is awaited, so that of many at once each sees those before it.
    const records = counted.map(({ key, free }) => ({ record: this.record(key), free }));
    const wait = told ?? Math.max(...records.map(({ record }) => record.blockedUntil)) - this.now();
    if (wait > 0) throw new TooManyAttemptsError(Math.ceil(wait / 1000));
    for (const { record, free } of records) this.count(record, free);
    return {
      succeeded: async () => {
        for (const [index, { record }] of records.entries())
          Object.assign(record, { failures: index === 0 ? 0 : record.failures - 1, blockedUntil: 0 });
        await this.shared?.forgive(keys);
      },
    };
  }

  get size(): number {
    return this.records.size;
  }

  private count(record: Record, free: number): void {
    const now = this.now();
    record.failures += 1;
    record.lastAt = now;
    const beyond = record.failures - free;
    if (beyond > 0) record.blockedUntil = now + Math.min(longestWaitMs, 1000 * 2 ** Math.min(beyond - 1, 10));
  }

  /** Looks a record up and makes it the youngest. */
  private record(key: string): Record {
    const known = this.records.get(key);
    const fresh = known && this.now() - known.lastAt < forgetAfterMs;
    const record = fresh ? known : { failures: 0, blockedUntil: 0, lastAt: this.now() };
    this.records.delete(key);
    this.records.set(key, record);
    if (this.records.size > this.capacity) {
      const [oldest] = this.records.keys();
      if (oldest !== undefined) this.records.delete(oldest);
    }
    return record;
  }
}
