import { setTimeout as delay } from 'node:timers/promises';
import { S3mini } from 's3mini';
import { Agent, fetch as request } from 'undici';
import { ChunkStoreFullError } from './chunk-store.errors.js';

export interface S3Settings {
  /** With the bucket: `https://s3.example.org/bucket`. */
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** What our keys begin with, so that a bucket can hold other things too. */
  prefix: string;
}

export interface S3BucketTiming {
  /** How long one request may take, milliseconds. */
  requestMs: number;
  /** Waits before the tries that follow the first, milliseconds. */
  retries: readonly number[];
}

const defaultTiming: S3BucketTiming = { requestMs: 20_000, retries: [200, 1_000, 3_000] };
const deletesAtOnce = 8;

/** The object store did not do what was asked, after several tries. */
export class S3UnavailableError extends Error {
  override readonly name = 'S3UnavailableError';
}

/** One bucket of an S3 service, as far as chunk stores need it. Errors: `S3UnavailableError`; `ChunkStoreFullError` when it has no room. */
export class S3Bucket {
  private readonly client: S3mini;
  private readonly agent = new Agent({ connect: { timeout: 5_000 }, connections: 32 });
  private readonly timing: S3BucketTiming;

  constructor(settings: S3Settings, timing: Partial<S3BucketTiming> = {}) {
    this.timing = { ...defaultTiming, ...timing };
    const { endpoint, region, accessKeyId, secretAccessKey } = settings;
    this.client = new S3mini({
      endpoint,
      region,
      accessKeyId,
      secretAccessKey,
      requestAbortTimeout: this.timing.requestMs,
      // Connections of our own: where the process guards its network against what strangers name, this is none of theirs.
      fetch: (...args) => fetchThrough(this.agent, ...args),
    });
  }

  /** Whether the bucket is there and the keys open it. */
  isReachable(): Promise<boolean> {
    return this.retrying(() => this.client.bucketExists());
  }

  /** The object, or bytes of it; null when there is none. */
  get(key: string, span?: { start: number; end: number }): Promise<Uint8Array | null> {
    return this.retrying(async () => {
      if (!span) {
        const whole = await this.client.getObjectArrayBuffer(key);
        return whole && new Uint8Array(whole);
      }
      try {
        const part = await this.client.getObjectRaw(key, false, span.start, span.end);
        return new Uint8Array(await part.arrayBuffer());
      } catch (error) {
        if (isAbsent(error)) return null;
        throw error;
      }
    });
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    await this.retrying(() => this.client.putObject(key, bytes, 'application/octet-stream'));
  }

  /** Every object whose key begins with `prefix`, its bytes, and when it was put (milliseconds since 1970). */
  async list(prefix: string): Promise<{ key: string; size: number; changedAt: number }[]> {
    const found = await this.retrying(() => this.client.listObjects('/', prefix));
    return (found ?? []).map(({ Key, Size, LastModified }) => ({
      key: Key,
      size: Size,
      changedAt: new Date(LastModified).getTime() || 0,
    }));
  }

  /** One by one: the request for many wants checksums that not every service computes alike. */
  async delete(keys: readonly string[]): Promise<void> {
    const left = [...keys];
    const remove = async () => {
      for (let key = left.pop(); key !== undefined; key = left.pop()) {
        const gone = key;
        await this.retrying(() => this.client.deleteObject(gone));
      }
    };
    await Promise.all(Array.from({ length: deletesAtOnce }, remove));
  }

  /** Lets the connections go. */
  close(): Promise<void> {
    return this.agent.close();
  }

  private async retrying<T>(ask: () => Promise<T>): Promise<T> {
    for (const wait of [...this.timing.retries, null]) {
      try {
        return await ask();
      } catch (error) {
        if (isFull(error)) throw new ChunkStoreFullError();
        if (wait === null || isRefusal(error)) throw unavailable(error);
        await delay(wait);
      }
    }
    throw unavailable(null);
  }
}

async function fetchThrough(
  dispatcher: Agent,
  address: string | URL | Request,
  init: RequestInit = {},
): Promise<Response> {
  const { method, headers, body, signal } = init;
  const answer = await request(address instanceof Request ? address.url : address, {
    dispatcher,
    redirect: 'error',
    ...(method !== undefined && { method }),
    ...(headers !== undefined && { headers: Object.fromEntries(new Headers(headers)) }),
    ...(signal && { signal }),
    ...((typeof body === 'string' || body instanceof Uint8Array) && { body }),
  });
  const bytes = [204, 304].includes(answer.status) || method === 'HEAD' ? null : await answer.arrayBuffer();
  return new Response(bytes, { status: answer.status, headers: Object.fromEntries(answer.headers) });
}

/** Our fault or our keys': asking again changes nothing. */
function isRefusal(error: unknown): boolean {
  const status = statusOf(error);
  return status !== null && status >= 400 && status < 500 && status !== 408 && status !== 429;
}

/** HTTP 507, or a quota, which services name each in their own way. */
function isFull(error: unknown): boolean {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  return statusOf(error) === 507 || /quota|storagefull/i.test(String(code));
}

function isAbsent(error: unknown): boolean {
  return statusOf(error) === 404;
}

function statusOf(error: unknown): number | null {
  const status: unknown =
    typeof error === 'object' && error !== null && 'status' in error ? error.status : null;
  return typeof status === 'number' ? status : null;
}

/** The service's own words are left out: they can quote the request, its signature among it. */
function unavailable(error: unknown): S3UnavailableError {
  const status = statusOf(error);
  return new S3UnavailableError(
    status === null ? 'The object store cannot be reached' : `The object store refused with ${status}`,
  );
}
