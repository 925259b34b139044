import { createCache, type Cache as Manager } from 'cache-manager';
import type { Keyv } from 'keyv';

export interface Freshness {
  /** How long a value is served without asking again, in milliseconds. */
  ttlMs: number;
  /** How much longer it may stand in while a newer one is being fetched, or cannot be, in milliseconds. */
  staleMs: number;
  /** How long a caller waits for a newer value before the old one is served, in milliseconds. */
  graceMs?: number;
}

export interface Cached<T> {
  value: T;
  /** The value is older than its ttl: asking again failed, or has not ended yet. */
  stale: boolean;
}

export interface CacheOptions {
  /** Nearest first. */
  stores: Keyv[];
  /** Told what each lookup found: a value young enough, one that may stand in, or nothing. */
  onLookup?: (outcome: 'fresh' | 'stale' | 'miss') => void;
  now?: () => number;
  /** Stands before every key. */
  prefix?: string;
}

interface Entry<T> {
  value: T;
  storedAt: number;
}

interface Found<T> {
  entry: Entry<T>;
  /** Milliseconds since 1970. */
  expires: number;
}

const defaultGraceMs = 250;

/**
 * Remembers answers that are dear to fetch. Each key is fetched once at a time, however many ask; an old
 * value stands in while a fetch is slow or fails. Errors are not remembered.
 */
export class Cache {
  private readonly manager: Manager;
  private readonly stores: readonly Keyv[];
  private readonly now: () => number;
  private readonly onLookup: (outcome: 'fresh' | 'stale' | 'miss') => void;
  private readonly loading = new Map<string, Promise<unknown>>();
  private readonly prefix: string;

  constructor(private readonly options: CacheOptions) {
    const { stores, now = Date.now, onLookup = () => undefined, prefix = '' } = options;
    this.manager = createCache({ stores });
    this.prefix = prefix;
    this.stores = stores;
    this.now = now;
    this.onLookup = onLookup;
  }

  /** The same memory under keys of its own: what another scope remembers is not known here. */
  scoped(scope: string): Cache {
    return new Cache({ ...this.options, prefix: `${this.prefix}${scope}:` });
  }

  /** The value of `name`, fetched by `load` when it is not known or too old. Throws what `load` throws when there is nothing to stand in. */
  async wrap<T>(name: string, freshness: Freshness, load: () => Promise<T>): Promise<Cached<T>> {
    const key = this.prefix + name;
    const known = await this.read<T>(key, freshness.ttlMs);
    const age = known ? this.now() - known.storedAt : Number.POSITIVE_INFINITY;
    const isYoung = known !== undefined && isFresh(age, freshness.ttlMs);
    const mayStandIn = known !== undefined && age <= freshness.ttlMs + freshness.staleMs;
    this.onLookup(isYoung ? 'fresh' : mayStandIn ? 'stale' : 'miss');
    if (isYoung) return { value: known.value, stale: false };
    const fresh = this.load(key, freshness, load);
    if (!mayStandIn) return { value: await fresh, stale: false };
    return await withinGrace(fresh, known.value, freshness.graceMs ?? defaultGraceMs);
  }

  /** The value of `key` as last stored, however old; null when there is none. */
  async peek<T>(key: string): Promise<T | null> {
    return (await this.read<T>(this.prefix + key, Number.POSITIVE_INFINITY))?.value ?? null;
  }

  async delete(key: string): Promise<void> {
    await this.manager.del(this.prefix + key);
  }

  /** Forgets everything, of all scopes. */
  async clear(): Promise<void> {
    await this.manager.clear();
  }

  /** The youngest that is known; stores further away are asked only when a nearer one has nothing fresh, and fill it. */
  private async read<T>(key: string, ttlMs: number): Promise<Entry<T> | undefined> {
    let known: Found<T> | undefined;
    for (const [at, store] of this.stores.entries()) {
      const found = await find<T>(store, key);
      if (!found || (known && found.entry.storedAt <= known.entry.storedAt)) continue;
      known = found;
      const leftMs = found.expires - Date.now();
      await Promise.all(this.stores.slice(0, at).map((nearer) => nearer.set(key, found.entry, leftMs)));
      if (isFresh(this.now() - found.entry.storedAt, ttlMs)) break;
    }
    return known?.entry;
  }

  private load<T>(key: string, { ttlMs, staleMs }: Freshness, load: () => Promise<T>): Promise<T> {
    const underWay = this.loading.get(key);
    // One key has one type: keys are built in one place each.
    if (underWay) return underWay as Promise<T>;
    const loading = (async () => {
      try {
        const value = await load();
        await this.manager.set<Entry<T>>(key, { value, storedAt: this.now() }, ttlMs + staleMs);
        return value;
      } finally {
        this.loading.delete(key);
      }
    })();
    this.loading.set(key, loading);
    return loading;
  }
}

function isFresh(age: number, ttlMs: number): boolean {
  return age >= 0 && age < ttlMs;
}

/** What `store` has; anything that is not an entry (cut short, of another program) is deleted and counts as nothing. */
async function find<T>(store: Keyv, key: string): Promise<Found<T> | null> {
  try {
    const raw = await store.get<Entry<T>>(key, { raw: true });
    if (raw === undefined) return null;
    const { value: entry, expires } = raw;
    if (typeof entry?.storedAt === 'number' && typeof expires === 'number') return { entry, expires };
  } catch {
    // Not even readable.
  }
  await store.delete(key);
  return null;
}

async function withinGrace<T>(fresh: Promise<T>, old: T, graceMs: number): Promise<Cached<T>> {
  let timer: NodeJS.Timeout | undefined;
  const tooSlow = new Promise<Cached<T>>((resolve) => {
    timer = setTimeout(() => resolve({ value: old, stale: true }), graceMs);
  });
  const outcome = fresh.then(
    (value) => ({ value, stale: false }),
    () => ({ value: old, stale: true }),
  );
  try {
    return await Promise.race([outcome, tooSlow]);
  } finally {
    clearTimeout(timer);
  }
}
