import { Agent, type Dispatcher, request } from 'undici';
import { ForeignJsonError, parseForeignJson } from './foreign-json.js';
import { ProviderTimeoutError, ProviderUnavailableError } from './http-client.errors.js';
import { providerNames } from './name-lookups.js';
import { parseRetryAfter } from './retry.js';

export interface HttpCallerOptions {
  /** Whom it talks to, as shown to people. */
  provider: string;
  userAgent: string;
  /** For a whole call, milliseconds. */
  timeoutMs?: number;
  /** Longest body, bytes. */
  maxBytes?: number;
  onCall?: (outcome: 'ok' | 'failed', seconds: number) => void;
  now?: () => number;
}

export interface HttpCall {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: URL;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  signal?: AbortSignal | undefined;
}

/** Whatever was answered, also a refusal. */
export interface HttpReply {
  status: number;
  /** Lower-case names; of several values the first. */
  headers: ReadonlyMap<string, string>;
  /** Null when there is no body, or it is not JSON: providers answer refusals with HTML or nothing. */
  json: unknown;
  /** From Retry-After, capped. */
  retryAfterSeconds: number | null;
}

/**
 * Calls of any method to a provider whose refusals mean something: every status is an answer. Nothing is sent twice,
 * for a write that seems lost may have arrived; who calls decides. Redirects are not followed.
 *
 * Errors: `ProviderTimeoutError`, `ProviderUnavailableError` when no complete answer came, or the caller's own reason.
 */
export class HttpCaller {
  private readonly options: Required<HttpCallerOptions>;
  private readonly dispatcher: Dispatcher;

  constructor(options: HttpCallerOptions) {
    this.options = {
      timeoutMs: 20_000,
      maxBytes: 8 * 1024 * 1024,
      onCall: () => undefined,
      now: Date.now,
      ...options,
    };
    const connect = { timeout: 5_000, lookup: providerNames.lookup };
    this.dispatcher = new Agent({ connections: 8, connect, maxHeaderSize: 32_768 });
  }

  async call({ method, url, headers = {}, body, signal }: HttpCall): Promise<HttpReply> {
    const { provider, userAgent, timeoutMs, now, onCall } = this.options;
    const deadline = AbortSignal.timeout(timeoutMs);
    const startedAt = performance.now();
    let outcome: 'ok' | 'failed' = 'failed';
    try {
      const response = await request(url, {
        method,
        headers: {
          'user-agent': userAgent,
          accept: 'application/json',
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
        dispatcher: this.dispatcher,
      });
      // undici tells of a body that is given up by an 'error' event; without a listener it would end the process.
      response.body.on('error', () => undefined);
      const bytes = await this.read(response);
      const first = Object.entries(response.headers).flatMap(([name, value]) => {
        const one = Array.isArray(value) ? value[0] : value;
        return one === undefined ? [] : [[name, one] as const];
      });
      outcome = response.statusCode < 500 ? 'ok' : 'failed';
      const replied = new Map(first);
      const retryAfter = parseRetryAfter(replied.get('retry-after'), now());
      return {
        status: response.statusCode,
        headers: replied,
        json: await parse(bytes, replied.get('content-type')),
        retryAfterSeconds: retryAfter === null ? null : Math.ceil(retryAfter / 1000),
      };
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof ProviderUnavailableError) throw error;
      const detail = `${method} ${url.origin}${url.pathname}: no complete answer`;
      if (deadline.aborted) throw new ProviderTimeoutError({ provider, detail, cause: error });
      throw new ProviderUnavailableError({ provider, fault: 'unreachable', detail, cause: error });
    } finally {
      onCall(outcome, (performance.now() - startedAt) / 1000);
    }
  }

  async close(): Promise<void> {
    await this.dispatcher.destroy();
  }

  private async read(response: Dispatcher.ResponseData): Promise<Uint8Array> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      size += chunk.byteLength;
      if (size > this.options.maxBytes) {
        response.body.destroy();
        throw new ProviderUnavailableError({
          provider: this.options.provider,
          fault: 'bad-answer',
          detail: `body over ${this.options.maxBytes} bytes`,
        });
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, size);
  }
}

async function parse(bytes: Uint8Array, contentType = ''): Promise<unknown> {
  if (bytes.length === 0 || !/\bjson\b/i.test(contentType)) return null;
  try {
    return await parseForeignJson(bytes);
  } catch (error) {
    if (error instanceof ForeignJsonError) return null;
    throw error;
  }
}
