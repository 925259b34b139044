import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import type * as KeyvRedis from '@keyv/redis';
import type { Logger } from '../../logging/logger.js';

/** A script that runs on the shared store as one step. Rejects when the store is away. */
export type AtomicScript = (keys: string[], values: string[]) => Promise<unknown>;

/** What else than the cache the shared store can do. */
export interface AtomicScripts {
  /** @param source Lua 5.1 as Redis and Valkey run it */
  script(source: string): AtomicScript;
}

export type RedisClient = ReturnType<typeof KeyvRedis.createClient>;

export interface RedisConnectionOptions {
  /** `redis://` or `rediss://`, with name and password if need be. Never logged. */
  url: string;
  logger: Logger;
  /** How long an answer may take before the store counts as away, in milliseconds. */
  patienceMs?: number;
}

/** The shared store is not connected, or answers too slowly. Callers do without it, so nobody outside hears of this. */
export class RedisAwayError extends Error {
  override readonly name = 'RedisAwayError';

  constructor() {
    super('the shared cache is away');
  }
}

/**
 * The connection to Redis or Valkey, which may come and go. While it is away `ask` fails at once; a store that hangs
 * costs `patienceMs` once, and is asked again only after it has answered a ping quickly.
 */
export class RedisConnection implements AtomicScripts {
  private readonly client: RedisClient;
  private readonly logger: Logger;
  private readonly patienceMs: number;
  private readonly stopped = new AbortController();
  private isSlow = false;
  /** The trouble last logged, so that it is logged once and not per request. */
  private told: string | null = null;

  constructor({ url, logger, patienceMs = 200 }: RedisConnectionOptions) {
    this.logger = logger;
    this.patienceMs = patienceMs;
    // Most servers have none: its 400 files are loaded where one is connected to.
    const { createClient } = createRequire(import.meta.url)('@keyv/redis') as typeof KeyvRedis;
    this.client = createClient({
      url,
      // Kept back, requests would wait for as long as Redis is away.
      disableOfflineQueue: true,
      pingInterval: 5_000,
      socket: {
        connectTimeout: 2_000,
        // A line that went dead without a word is given up, as no ping was answered on it.
        socketTimeout: 15_000,
        reconnectStrategy: (attempts) => Math.min(2 ** attempts * 50, 2_000) + Math.random() * 100,
      },
    });
    this.client.on('error', (error: unknown) => this.tell(error));
    this.client.on('ready', () => this.tellUp());
  }

  /** Whether it is there and quick. */
  get isUp(): boolean {
    return this.client.isReady && !this.isSlow;
  }

  /** Connects, and goes on trying for ever. Waits for the first attempt a moment, so that a start does not begin without. */
  async start(): Promise<void> {
    // Each failed attempt is told by the client's error event.
    const connected = this.client.connect().catch(() => undefined);
    await within(connected, 500).catch(() => undefined);
  }

  stop(): void {
    this.stopped.abort();
    if (this.client.isOpen) this.client.destroy();
  }

  /** What `command` answers. Errors: `RedisAwayError`, at once or after `patienceMs`; what Redis itself refuses is thrown as it is. */
  async ask<T>(command: (client: RedisClient) => Promise<T>): Promise<T> {
    if (!this.isUp) throw new RedisAwayError();
    try {
      return await within(command(this.client), this.patienceMs);
    } catch (error) {
      if (error instanceof TooSlow) void this.untilQuick();
      else if (this.client.isReady) this.tell(error);
      throw error instanceof TooSlow ? new RedisAwayError() : error;
    }
  }

  script(source: string): AtomicScript {
    const hash = createHash('sha1').update(source).digest('hex');
    return (keys, values) =>
      this.ask(async (client) => {
        try {
          return await client.evalSha(hash, { keys, arguments: values });
        } catch (error) {
          // After a restart Redis knows no scripts.
          if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
          return client.eval(source, { keys, arguments: values });
        }
      });
  }

  /** Nothing is asked of a slow store but a ping each second, until one is answered in time or the line is lost. */
  private async untilQuick(): Promise<void> {
    if (this.isSlow) return;
    this.isSlow = true;
    this.tell(new Error(`no answer within ${this.patienceMs} ms`));
    try {
      for (;;) {
        const askedAt = performance.now();
        await this.client.ping();
        if (performance.now() - askedAt < this.patienceMs) break;
        await pause(1_000, this.stopped.signal);
      }
      this.tellUp();
    } catch {
      // The line is lost: it counts again when it is there again.
    } finally {
      this.isSlow = false;
    }
  }

  private tell(error: unknown): void {
    // A name with several addresses fails with an error that has a code and no words.
    const { message = '', code = 'unknown reason' } = error as { message?: string; code?: string };
    const reason = message === '' ? code : message;
    if (this.stopped.signal.aborted || reason === this.told) return;
    this.told = reason;
    this.logger.warn({ reason }, 'the shared cache is away or fails; going on without');
  }

  private tellUp(): void {
    if (this.told !== null) this.logger.info('the shared cache is back');
    this.told = null;
  }
}

class TooSlow extends Error {}

async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new TooSlow()), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new RedisAwayError());
    });
  });
}
