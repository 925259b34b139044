import { createCache, type Cache as Manager } from 'cache-manager';
import type { Keyv } from 'keyv';
import type { CacheKey } from './cache-key.js';
import { CacheTags } from './cache-tags.js';

export interface Freshness {
  /** How long a value is served without asking again, in milliseconds. */
  ttlMs: number;
  /** How much longer it may stand in while a newer one is being fetched, or cannot be, in milliseconds. */
  staleMs: number;
  /** How long a caller waits for a newer value before the old one is served, in milliseconds. */
  graceMs?: number;
  /**
   * How long `null`, the word that there is nothing, is believed, in milliseconds; as long as anything else if left out. It
   * never stands in for an answer that does not come.
   */
  absentMs?: number;
}

export interface Cached<T> {
  value: T;
  /** The value is older than its ttl: asking again failed, or has not ended yet. */
  stale: boolean;
}

export interface CacheOptions {
  /** Nearest first. */
  stores: Keyv[];
  /** Told what each lookup found (a value young enough, one that may stand in, or nothing), and in which area. */
  onLookup?: OnLookup;
  now?: () => number;
  /** Stands before every key. */
  prefix?: string;
}

export type OnLookup = (outcome: 'fresh' | 'stale' | 'miss', area: string) => void;

interface Entry<T> {
  value: T;
  storedAt: number;
  /** When fetching it began: what was let go of since then is not in it. */
  askedAt: number;
}

interface Load {
  promise: Promise<unknown>;
  askedAt: number;
}

interface Found<T> {
  entry: Entry<T>;
  /** Milliseconds since 1970. */
  expires: number;
}

const defaultGraceMs = 250;
/** Longer than anything is kept. */
const tagMs = 120 * 24 * 3_600_000;

/**
 * Remembers answers that are dear to fetch. Each key is fetched once at a time, however many ask; an old
 * value stands in while a fetch is slow or fails. Errors are not remembered.
 */
export class Cache {
  private readonly manager: Manager;
  private readonly stores: readonly Keyv[];
  private readonly now: () => number;
  private readonly onLookup: OnLookup;
  private readonly loading = new Map<string, Load>();
  private readonly prefix: string;
  private readonly tags: CacheTags;

  constructor(
    private readonly options: CacheOptions,
    tags?: CacheTags,
  ) {
    const { stores, now = Date.now, onLookup = () => undefined, prefix = '' } = options;
    this.manager = createCache({ stores });
    this.prefix = prefix;
    this.stores = stores;
    this.now = now;
    this.onLookup = onLookup;
    this.tags = tags ?? this.createTags();
  }

  /** The same memory under keys of its own: what another scope remembers is not known here. Tags are those of all scopes. */
  scoped(scope: string): Cache {
    return new Cache({ ...this.options, prefix: `${this.prefix}${scope}:` }, this.tags);
  }

  /** The value of `key`, fetched by `load` when it is not known or too old. Throws what `load` throws when there is nothing to stand in. */
  async wrap<T>(key: CacheKey<T>, freshness: Freshness, load: () => Promise<T>): Promise<Cached<T>> {
    const name = this.prefix + key.name;
    const letGoAt = await this.tags.letGoAt(key.tags);
    const isYoung = ({ value, storedAt }: Entry<T>) =>
      isFresh(this.now() - storedAt, ttlOf(value, freshness).ttlMs);
    const found = await this.read<T>(name, isYoung);
    // Let go of in the same millisecond counts as after: it is only fetched once more.
    const known = found && found.askedAt <= letGoAt ? undefined : found;
    const isKnown = known !== undefined && isYoung(known);
    const mayStandIn = known !== undefined && this.now() - known.storedAt <= lifeOf(known.value, freshness);
    this.onLookup(isKnown ? 'fresh' : mayStandIn ? 'stale' : 'miss', key.area);
    if (isKnown) return { value: known.value, stale: false };
    const fresh = this.load(name, { freshness, letGoAt, load });
    if (!mayStandIn) return { value: await fresh, stale: false };
    return await withinGrace(fresh, known.value, freshness.graceMs ?? defaultGraceMs);
  }

  /** Forgets all that has the tag, of all scopes: at once here, on other servers that share it within seconds. */
  async letGo(tag: string): Promise<void> {
    await this.tags.letGo(tag);
  }

  /** The value of `key` as last stored, however old; null when there is none. */
  async peek<T>(key: CacheKey<T>): Promise<T | null> {
    return (await this.read<T>(this.prefix + key.name, () => true))?.value ?? null;
  }

  async delete(key: CacheKey<unknown>): Promise<void> {
    await this.manager.del(this.prefix + key.name);
  }

  /** Forgets everything, of all scopes. */
  async clear(): Promise<void> {
    await this.manager.clear();
  }

  /** The youngest that is known; stores further away are asked only when a nearer one has nothing fresh, and fill it. */
  private async read<T>(key: string, isYoung: (entry: Entry<T>) => boolean): Promise<Entry<T> | undefined> {
    let known: Found<T> | undefined;
    for (const [at, store] of this.stores.entries()) {
      const found = await find<T>(store, key);
      if (!found || (known && found.entry.storedAt <= known.entry.storedAt)) continue;
      known = found;
      const leftMs = found.expires - Date.now();
      await Promise.all(this.stores.slice(0, at).map((nearer) => nearer.set(key, found.entry, leftMs)));
      if (isYoung(found.entry)) break;
    }
    return known?.entry;
  }

  private load<T>(
    key: string,
    { freshness, letGoAt, load }: { freshness: Freshness; letGoAt: number; load: () => Promise<T> },
  ): Promise<T> {
    const underWay = this.loading.get(key);
    // One key has one type: it is made by one function.
    if (underWay && underWay.askedAt > letGoAt) return underWay.promise as Promise<T>;
    const current: Load = { promise: Promise.resolve(), askedAt: this.now() };
    this.loading.set(key, current);
    const promise = (async () => {
      try {
        const value = await load();
        const entry = { value, storedAt: this.now(), askedAt: current.askedAt };
        await this.manager.set<Entry<T>>(key, entry, lifeOf(value, freshness));
        return value;
      } finally {
        if (this.loading.get(key) === current) this.loading.delete(key);
      }
    })();
    current.promise = promise;
    return promise;
  }

  private createTags(): CacheTags {
    const name = (tag: string) => `tag:${tag}`;
    return new CacheTags({
      read: async (tag) => (await this.read<number>(name(tag), () => false))?.value ?? null,
      write: async (tag, at) => {
        await this.manager.set<Entry<number>>(name(tag), { value: at, storedAt: at, askedAt: at }, tagMs);
      },
      now: this.now,
    });
  }
}

function ttlOf(value: unknown, { ttlMs, staleMs, absentMs }: Freshness): { ttlMs: number; staleMs: number } {
  return value === null && absentMs !== undefined ? { ttlMs: absentMs, staleMs: 0 } : { ttlMs, staleMs };
}

/** How long a value is kept. */
function lifeOf(value: unknown, freshness: Freshness): number {
  const { ttlMs, staleMs } = ttlOf(value, freshness);
  return ttlMs + staleMs;
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
