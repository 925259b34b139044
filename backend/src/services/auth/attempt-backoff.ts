import { TooManyAttemptsError } from './auth.errors.js';
import { networkOf } from './network-of.js';

export interface AttemptBackoffOptions {
  /** Milliseconds since 1970. */
  now: () => number;
  /** Failures on one subject from one address before waiting begins. */
  freePerSubject?: number;
  /** Failures from one address, whatever the subject, before waiting begins. */
  freePerAddress?: number;
  /** How many subjects and addresses are remembered; beyond that the one idle longest is forgotten. */
  capacity?: number;
}

interface Record {
  failures: number;
  blockedUntil: number;
  lastAt: number;
}

const longestWaitMs = 60_000;
const forgetAfterMs = 60 * 60_000;

/**
 * Makes guessing slow: after some free failures each further one doubles the wait, up to a minute. What counts is the
 * pair of subject and address (so failures elsewhere never keep the owner out) and the address alone (so a stranger
 * cannot go through many names). An IPv6 client owns a whole /64, which therefore counts as one address.
 */
export class AttemptBackoff {
  private readonly records = new Map<string, Record>();
  private readonly now: () => number;
  private readonly freePerSubject: number;
  private readonly freePerAddress: number;
  private readonly capacity: number;

  constructor({ now, freePerSubject = 10, freePerAddress = 50, capacity = 10_000 }: AttemptBackoffOptions) {
    this.now = now;
    this.freePerSubject = freePerSubject;
    this.freePerAddress = freePerAddress;
    this.capacity = capacity;
  }

  /**
   * Begins an attempt. It counts as failed until `succeeded` is called, so that many at once are no way around.
   * @throws TooManyAttemptsError
   */
  begin(subject: string, address: string | null): { succeeded: () => void } {
    const network = networkOf(address);
    const pair = this.record(`${network} ${subject}`);
    const whole = this.record(network);
    const wait = Math.max(pair.blockedUntil, whole.blockedUntil) - this.now();
    if (wait > 0) throw new TooManyAttemptsError(Math.ceil(wait / 1000));
    this.count(pair, this.freePerSubject);
    this.count(whole, this.freePerAddress);
    return {
      succeeded: () => {
        Object.assign(pair, { failures: 0, blockedUntil: 0 });
        Object.assign(whole, { failures: whole.failures - 1, blockedUntil: 0 });
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
