import {
  type AtomicScript,
  type AtomicScripts,
  RedisAwayError,
  type RedisClient,
  type RedisConnection,
} from './redis-connection.js';

/**
 * The shared store of the moment, which may be changed for another, or for none, while everything runs. Without one it is
 * away, which everybody who asks it can do without.
 */
export class SwitchedRedis implements AtomicScripts {
  private current: RedisConnection | null = null;

  constructor(private readonly connect: (url: string) => RedisConnection) {}

  /** Whether it is there and quick; null while none is wanted. */
  get isUp(): boolean | null {
    return this.current?.isUp ?? null;
  }

  /** Goes over to the store at `url`, or to none. What the one before is asked for just then counts as away. */
  async switchTo(url: string | undefined): Promise<void> {
    const before = this.current;
    this.current = url === undefined ? null : this.connect(url);
    before?.stop();
    await this.current?.start();
  }

  stop(): void {
    this.current?.stop();
    this.current = null;
  }

  /** As of `RedisConnection`. */
  ask<T>(command: (client: RedisClient) => Promise<T>): Promise<T> {
    return this.current?.ask(command) ?? Promise.reject(new RedisAwayError());
  }

  script(source: string): AtomicScript {
    let known: { of: RedisConnection; run: AtomicScript } | undefined;
    return (keys, values) => {
      if (!this.current) return Promise.reject(new RedisAwayError());
      if (known?.of !== this.current) known = { of: this.current, run: this.current.script(source) };
      return known.run(keys, values);
    };
  }
}
