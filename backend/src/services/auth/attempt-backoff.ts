import { TooManyAttemptsError } from './auth.errors.js';
import { LiveRecords } from './live-records.js';
import { networkOf } from './network-of.js';
import { forgetAfterMs, longestWaitMs, type SharedAttempts } from './shared-attempts.js';

export interface AttemptBackoffOptions {
  /** Milliseconds since 1970. */
  now: () => number;
  /** Failures on one subject from one address before waiting begins. */
  freePerSubject?: number;
  /** Failures from one address, whatever the subject, before waiting begins. */
  freePerAddress?: number;
  /**
   * Maximum number of subjects, of addresses and of known browsers with a record of their own (`LiveRecords`). The
   * default is more than two hashing turns check in an hour, because attempts that were not checked are given back.
   */
  capacity?: number;
  /** What several servers know together. */
  shared?: SharedAttempts | undefined;
}

/** An attempt that counts as failed until it is said to have succeeded. */
export interface Attempt {
  succeeded: () => Promise<void>;
  /** Stops counting an attempt that was never checked, such as one that a full queue refused. */
  withdraw: () => Promise<void>;
}

interface Record {
  failures: number;
  blockedUntil: number;
  lastAt: number;
}

interface Counted {
  key: string;
  /** Failures before waiting begins. */
  free: number;
  records: LiveRecords<Record>;
}

/**
 * Makes guessing slow: after some free failures each further one doubles the wait, up to a minute. What counts is the
 * pair of subject and address (so failures elsewhere never keep the owner out) and the address alone (so a stranger
 * cannot go through many names). An IPv6 client owns a whole /64, which therefore counts as one address. Servers that
 * share a store count together; while it is away each goes on from what it has seen itself. Failures are remembered for an
 * hour: records of other subjects and addresses do not displace them.
 */
export class AttemptBackoff {
  private readonly subjects: LiveRecords<Record>;
  private readonly addresses: LiveRecords<Record>;
  /** Apart, so that strangers' attempts never take the room of known browsers. */
  private readonly known: LiveRecords<Record>;
  private readonly now: () => number;
  private readonly freePerSubject: number;
  private readonly freePerAddress: number;
  private readonly shared: SharedAttempts | undefined;

  constructor({
    now,
    freePerSubject = 10,
    freePerAddress = 50,
    capacity = 40_000,
    shared,
  }: AttemptBackoffOptions) {
    this.now = now;
    this.freePerSubject = freePerSubject;
    this.freePerAddress = freePerAddress;
    this.shared = shared;
    const records = (): LiveRecords<Record> =>
      new LiveRecords<Record>({
        capacity,
        create: () => ({ failures: 0, blockedUntil: 0, lastAt: this.now() }),
        isLive: ({ failures, lastAt }) => failures > 0 && this.now() - lastAt < forgetAfterMs,
      });
    this.subjects = records();
    this.addresses = records();
    this.known = records();
  }

  /**
   * Begins an attempt. It counts as failed until `succeeded` is called, so that many at once are no way around.
   * @throws TooManyAttemptsError
   */
  async begin(subject: string, address: string | null): Promise<Attempt> {
    const network = networkOf(address);
    return this.beginFor([
      { key: `${network} ${subject}`, free: this.freePerSubject, records: this.subjects },
      { key: network, free: this.freePerAddress, records: this.addresses },
    ]);
  }

  /**
   * Begins an attempt of somebody who is recognised wherever they are, as a known browser is. Failures of others from
   * the same network do not count.
   * @throws TooManyAttemptsError
   */
  beginKnown(subject: string): Promise<Attempt> {
    return this.beginFor([{ key: subject, free: this.freePerSubject, records: this.known }]);
  }

  private async beginFor(counted: readonly Counted[]): Promise<Attempt> {
    const keys = counted.map(({ key }) => key);
    const told = await this.shared?.begin(
      keys,
      counted.map(({ free }) => free),
    );
    // From here on nothing is awaited, so that of many at once each sees those before it.
    const blockedUntil = counted.map(({ key, records }) => records.find(key)?.blockedUntil ?? 0);
    const wait = told ?? Math.max(...blockedUntil) - this.now();
    if (wait > 0) throw new TooManyAttemptsError(Math.ceil(wait / 1000));
    const opened = counted.map(({ key, free, records }) => {
      const record = records.open(key);
      this.count(record, free);
      return { key, records, record };
    });
    return {
      succeeded: async () => {
        for (const [index, { key, records, record }] of opened.entries()) {
          // A shared record holds failures of others too.
          const isForgiven = index === 0 && records.isOwn(key, record);
          record.failures = isForgiven ? 0 : Math.max(0, record.failures - 1);
          record.blockedUntil = 0;
          records.settle(key, record);
        }
        await this.shared?.forgive(keys);
      },
      withdraw: async () => {
        for (const { key, records, record } of opened) {
          // A wait that has begun goes on, because it may be due to other attempts.
          record.failures = Math.max(0, record.failures - 1);
          records.settle(key, record);
        }
        await this.shared?.withdraw(keys);
      },
    };
  }

  /** Number of records that are remembered. */
  get size(): number {
    return this.subjects.size + this.addresses.size + this.known.size;
  }

  private count(record: Record, free: number): void {
    const now = this.now();
    record.failures += 1;
    record.lastAt = now;
    const beyond = record.failures - free;
    if (beyond > 0) record.blockedUntil = now + Math.min(longestWaitMs, 1000 * 2 ** Math.min(beyond - 1, 10));
  }
}
