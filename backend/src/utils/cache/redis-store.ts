import { Keyv } from 'keyv';
import type { RedisConnection } from './redis-connection.js';

export interface RedisStoreOptions {
  connection: Pick<RedisConnection, 'ask'>;
  /** Stands before every key: who shares it shares the entries. */
  namespace: string;
}

/**
 * A store that several servers share and that outlives them, in Redis or Valkey. When it is away it is empty and
 * forgets what it is told: those who ask go to the origin, without waiting.
 */
export function redisStore({ connection, namespace }: RedisStoreOptions): Keyv {
  return new Keyv({ store: new RedisAdapter(connection, `${namespace}:`), useKeyPrefix: false });
}

/** @keyv/redis has no limit on how long an answer takes, hence an adapter of our own over its client. */
class RedisAdapter {
  /** Read by Keyv, which looks for what it calls a dialect. */
  readonly opts = { dialect: 'redis', url: '' };

  constructor(
    private readonly connection: RedisStoreOptions['connection'],
    private readonly prefix: string,
  ) {}

  async get(key: string): Promise<string | undefined> {
    const text = await this.orElse(null, () =>
      this.connection.ask((client) => client.get(this.prefix + key)),
    );
    return text ?? undefined;
  }

  /** @param ttl milliseconds; nothing is kept for ever */
  async set(key: string, text: string, ttl = 24 * 60 * 60_000): Promise<boolean> {
    const options = { expiration: { type: 'PX' as const, value: Math.max(1, Math.ceil(ttl)) } };
    return this.orElse(false, async () => {
      await this.connection.ask((client) => client.set(this.prefix + key, text, options));
      return true;
    });
  }

  async delete(key: string): Promise<boolean> {
    return this.orElse(
      false,
      async () => (await this.connection.ask((client) => client.unlink(this.prefix + key))) > 0,
    );
  }

  async clear(): Promise<void> {
    await this.orElse(undefined, async () => {
      let cursor = '0';
      do {
        const at = cursor;
        const match = { MATCH: `${this.prefix}*`, COUNT: 500 };
        const page = await this.connection.ask((client) => client.scan(at, match));
        if (page.keys.length > 0) await this.connection.ask((client) => client.unlink(page.keys));
        cursor = page.cursor;
      } while (cursor !== '0');
    });
  }

  /** The connection has logged why. */
  private async orElse<T>(fallback: T, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch {
      return fallback;
    }
  }
}
