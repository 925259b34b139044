import { AppError } from '../../errors/app-error.js';
import type { Logger } from '../../logging/logger.js';
import type { LeaseRepository } from '../../repositories/lease.repository.js';

export interface LeaseKeeperOptions {
  leases: LeaseRepository;
  /** Names this process, from its start to its end. */
  owner: string;
  logger: Logger;
  /** Milliseconds since 1970. Servers that share a database must agree on the time to well within `ttlMs`. */
  now: () => number;
  /** How long it stays taken when its owner falls silent. Milliseconds. */
  ttlMs?: number;
}

/** What somebody who works under a lease needs of it. */
export interface HeldLease {
  /** Fires when it is lost: the work must end. */
  signal: AbortSignal;
  /** Before anything that must not be done twice: makes sure of most of the time. Error: `LeaseLostError`. */
  confirm: () => Promise<void>;
}

interface Held {
  users: number;
  isTaken: Promise<boolean>;
  lost: AbortController;
  /** Milliseconds since 1970, by the last writing of it. */
  expiresAt: number;
  timer: NodeJS.Timeout | null;
}

/** Another server has taken over, for this one had fallen silent. */
export class LeaseLostError extends AppError {
  override readonly name = 'LeaseLostError';

  constructor(lease: string) {
    super('conflict', `Another server has taken over: ${lease}.`);
  }
}

/**
 * Work that only one of the servers on a database does at a time: a row says who, is renewed while they work, and can be
 * taken by another once it was not renewed for `ttlMs`. Within this process a lease is shared.
 */
export class LeaseKeeper {
  private readonly held = new Map<string, Held>();
  private readonly releasing = new Map<string, Promise<void>>();
  private readonly ttlMs: number;

  constructor(private readonly options: LeaseKeeperOptions) {
    this.ttlMs = options.ttlMs ?? 30_000;
  }

  /** Does the work under the lease. False when another server has it, and nothing was done. */
  async hold(name: string, work: (lease: HeldLease) => Promise<void>): Promise<boolean> {
    const held = this.held.get(name) ?? this.begin(name);
    held.users += 1;
    try {
      if (!(await held.isTaken)) return false;
      await work({ signal: held.lost.signal, confirm: () => this.confirm(name, held) });
      return true;
    } finally {
      held.users -= 1;
      if (held.users === 0) await this.end(name, held);
    }
  }

  /** Whether any server works under it now. */
  isTaken(name: string): Promise<boolean> {
    return this.options.leases.isTaken(name, new Date(this.options.now()));
  }

  private begin(name: string): Held {
    const held: Held = {
      users: 0,
      isTaken: Promise.resolve(false),
      lost: new AbortController(),
      expiresAt: 0,
      timer: null,
    };
    held.isTaken = (this.releasing.get(name) ?? Promise.resolve()).then(() => this.take(name, held));
    held.timer = setInterval(() => {
      this.renew(name, held).catch((error: unknown) => {
        this.options.logger.warn({ lease: name, err: error }, 'a lease could not be renewed');
      });
    }, this.ttlMs / 4);
    held.timer.unref();
    this.held.set(name, held);
    return held;
  }

  private async take(name: string, held: Held): Promise<boolean> {
    const { leases, owner, now } = this.options;
    const asked = now();
    const expiresAt = asked + this.ttlMs;
    const isOurs = await leases.take(name, owner, new Date(asked), new Date(expiresAt));
    if (isOurs) held.expiresAt = expiresAt;
    return isOurs;
  }

  private async renew(name: string, held: Held): Promise<void> {
    if (!(await held.isTaken) || held.lost.signal.aborted) return;
    if (!(await this.take(name, held))) held.lost.abort(new LeaseLostError(name));
  }

  private async confirm(name: string, held: Held): Promise<void> {
    if (held.expiresAt - this.options.now() < this.ttlMs / 2) await this.renew(name, held);
    held.lost.signal.throwIfAborted();
  }

  private async end(name: string, held: Held): Promise<void> {
    if (held.timer) clearInterval(held.timer);
    this.held.delete(name);
    const { leases, owner, logger } = this.options;
    // Whoever comes next in this process waits: what is given back must not be what they have just taken.
    const released = (this.releasing.get(name) ?? Promise.resolve())
      .then(async () => {
        if (await held.isTaken) await leases.release(name, owner);
      })
      .catch((error: unknown) => logger.debug({ lease: name, err: error }, 'a lease was not given back'));
    this.releasing.set(name, released);
    await released;
    if (this.releasing.get(name) === released) this.releasing.delete(name);
  }
}
