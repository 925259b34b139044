import dns, { type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** Looks up all addresses of a host name, as `dns.lookup` does. */
export type ResolveAll = (
  hostname: string,
  options: dns.LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

type Outcome = { addresses: LookupAddress[] } | { error: NodeJS.ErrnoException };

/**
 * Lookups under way at once. `dns.lookup` occupies a thread of a pool of four that also reads files, for as long as the
 * resolver takes, so half of the pool stays free.
 */
const mostAtOnce = 2;
/** How long a name that does not exist is not asked for again, milliseconds. */
const unknownForMs = 30_000;
/** The same for a resolver that did not answer; short, because it may be back in a moment. Milliseconds. */
const failedForMs = 5_000;
/** Names that are remembered; beyond it the oldest is forgotten. */
const mostRemembered = 1_000;

/**
 * Host names for connections to providers: callers who want the same name share one lookup, few run at once, and a failure is
 * remembered for a while, so that a broken resolver cannot stop the server from reading files.
 */
export class NameLookups {
  private readonly underWay = new Map<string, Promise<Outcome>>();
  private readonly failures = new Map<string, { error: NodeJS.ErrnoException; until: number }>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  constructor(
    // Looked up at each call, because a process that is confined to a tunnel replaces it.
    private readonly resolve: ResolveAll = (...asked) => dns.lookup(...asked),
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Takes the place of `dns.lookup` in `net.connect`. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    void this.find(hostname, options).then((outcome) => {
      const addresses = 'error' in outcome ? [] : outcome.addresses;
      const [first] = addresses;
      if ('error' in outcome) callback(outcome.error, '', 0);
      else if (options.all === true) callback(null, addresses);
      else if (first) callback(null, first.address, first.family);
      else callback(Object.assign(new Error(`No address of ${hostname}`), { code: 'ENOTFOUND' }), '', 0);
    });
  };

  private find(hostname: string, { family, hints }: dns.LookupOptions): Promise<Outcome> {
    const key = `${String(family ?? 0)} ${String(hints ?? 0)} ${hostname}`;
    const failure = this.failures.get(key);
    if (failure && failure.until > this.now()) return Promise.resolve({ error: failure.error });
    const known = this.underWay.get(key);
    if (known) return known;
    const options: dns.LookupAllOptions = {
      all: true,
      ...(family !== undefined && { family }),
      ...(hints !== undefined && { hints }),
    };
    const lookup = this.inTurn(() => this.ask(hostname, options)).then((outcome) => {
      this.underWay.delete(key);
      this.failures.delete(key);
      if ('error' in outcome) this.remember(key, outcome.error);
      return outcome;
    });
    this.underWay.set(key, lookup);
    return lookup;
  }

  private ask(hostname: string, options: dns.LookupAllOptions): Promise<Outcome> {
    return new Promise((done) => {
      this.resolve(hostname, options, (error, addresses) => done(error ? { error } : { addresses }));
    });
  }

  private remember(key: string, error: NodeJS.ErrnoException): void {
    const forMs = error.code === 'ENOTFOUND' ? unknownForMs : failedForMs;
    this.failures.set(key, { error, until: this.now() + forMs });
    const [oldest] = this.failures.keys();
    if (this.failures.size > mostRemembered && oldest !== undefined) this.failures.delete(oldest);
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= mostAtOnce) await new Promise<void>((turn) => this.waiting.push(turn));
    else this.running += 1;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}

/** One for the process, because the threads it spares are the process's. */
export const providerNames = new NameLookups();
