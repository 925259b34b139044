import { setTimeout as sleep } from 'node:timers/promises';
import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
} from 'cockatiel';
import type { Dispatcher } from 'undici';
import type { ZodType } from 'zod';
import type { Logger } from '../logging/logger.js';
import { connectTimeoutMs, createAgent } from './agent.js';
import { ForeignJsonError, parseForeignJson } from './foreign-json.js';
import { isProviderFailure, ProviderTimeoutError, ProviderUnavailableError } from './http-client.errors.js';
import { type Answer, exchange } from './http-exchange.js';
import { type Budget, type Lane, Lanes, LanesFullError } from './lanes.js';
import { providerNames } from './name-lookups.js';
import { backoffMs, defaultRetryPolicy, maxRetryAfterMs, type RetryPolicy } from './retry.js';

export interface HttpClientOptions {
  /** Whom it talks to, as shown to people: "TMDB". */
  provider: string;
  /** "Kinora/<version>". */
  userAgent: string;
  logger: Logger;
  /** For a whole call with its retries, in milliseconds. */
  timeoutMs?: number;
  /** How long a provider may think before it answers, and pause within an answer. Milliseconds. */
  answerMs?: number;
  /** Longest body after decompression, in bytes. */
  maxBytes?: number;
  retry?: RetryPolicy;
  breaker?: { failures: number; halfOpenAfterMs: number };
  /** What the provider may be asked; 20 a second and 8 at a time if left out. */
  budget?: Budget;
  /** Told how each call ended and how long it took, with its retries. Seconds. */
  onCall?: (outcome: 'ok' | 'failed', seconds: number) => void;
  /** How sockets are opened; the client's own unless given. */
  dispatcher?: Dispatcher;
  now?: () => number;
  /** 0 to 1. */
  random?: () => number;
}

export interface HttpRequest {
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  timeoutMs?: number;
  /** Who waits for the answer; `user` if left out. */
  lane?: Lane | undefined;
  /** Whether a redirect may lead to this other host; to none unless given. It is sent no credentials. */
  mayLeadTo?: (target: URL) => boolean;
}

/**
 * GET requests to one provider: with a deadline, retries with jitter, a circuit breaker, respect for
 * Retry-After, and an answer checked before it is used. Redirects are followed within the same origin, and to others
 * that a call allows.
 *
 * Errors: `ProviderUnavailableError`, `ProviderTimeoutError`, `ProviderNotFoundError`, or the reason of the
 * caller's own signal. None of them holds a query string, a header or a body.
 */
export class HttpClient {
  private readonly options: Required<Omit<HttpClientOptions, 'answerMs'>> &
    Pick<HttpClientOptions, 'answerMs'>;
  private readonly breaker: CircuitBreakerPolicy;
  private readonly lanes: Lanes;
  /** The provider said "not before" (429); shared by all callers, so that nobody adds to the storm. */
  private blockedUntil = 0;

  constructor(options: HttpClientOptions) {
    this.options = {
      timeoutMs: 10_000,
      maxBytes: 8 * 1024 * 1024,
      retry: defaultRetryPolicy,
      breaker: { failures: 5, halfOpenAfterMs: 10_000 },
      budget: { perSecond: 20, atOnce: 8 },
      onCall: () => undefined,
      now: Date.now,
      random: Math.random,
      ...options,
      dispatcher:
        options.dispatcher ?? createAgent({ timeout: connectTimeoutMs, lookup: providerNames.lookup }),
    };
    this.lanes = new Lanes(this.options.budget);
    const { failures, halfOpenAfterMs } = this.options.breaker;
    this.breaker = circuitBreaker(handleWhen(isOutage), {
      halfOpenAfter: halfOpenAfterMs,
      breaker: new ConsecutiveBreaker(failures),
    });
    this.breaker.onBreak(() =>
      this.options.logger.warn({ provider: options.provider }, 'provider keeps failing, circuit opened'),
    );
    this.breaker.onReset(() =>
      this.options.logger.info({ provider: options.provider }, 'provider is back, circuit closed'),
    );
  }

  /** A JSON document, checked against `schema`. */
  async getJson<T>(url: URL, schema: ZodType<T>, request: HttpRequest = {}): Promise<T> {
    const { bytes } = await this.get(url, {
      ...request,
      headers: { accept: 'application/json', ...request.headers },
      isExpectedType: (type) => type === 'application/json' || type === 'text/json' || type.endsWith('+json'),
      maxBytes: this.options.maxBytes,
    });
    const parsed = await schema.safeParseAsync(await this.parseJson(url, bytes));
    if (parsed.success) return parsed.data;
    const faults = parsed.error.issues
      .slice(0, 3)
      .map(({ path, code }) => `${path.join('.') || 'body'} ${code}`);
    throw this.badAnswer(url, `unexpected shape: ${faults.join(', ')}`);
  }

  /** Raw bytes of one of the given media types (lower case, without parameters). */
  async getBytes(
    url: URL,
    request: HttpRequest & { contentTypes: readonly string[]; maxBytes: number },
  ): Promise<Answer> {
    return await this.get(url, {
      ...request,
      headers: { accept: request.contentTypes.join(', '), ...request.headers },
      isExpectedType: (type) => request.contentTypes.includes(type),
    });
  }

  /** Requests that wait for their turn, by lane. */
  get waiting(): Record<Lane, number> {
    return this.lanes.waiting;
  }

  /** Closes its sockets; requests under way fail. */
  async close(): Promise<void> {
    await this.options.dispatcher.destroy();
  }

  private async get(url: URL, call: Call): Promise<Answer> {
    call.signal?.throwIfAborted();
    const timeoutMs = call.timeoutMs ?? this.options.timeoutMs;
    const stop = new AbortController();
    const onCallerAbort = () => stop.abort(call.signal?.reason);
    call.signal?.addEventListener('abort', onCallerAbort, { once: true });
    const timer = setTimeout(() => stop.abort(), timeoutMs);
    const startedAt = performance.now();
    let outcome: 'ok' | 'failed' = 'failed';
    const deadline = this.options.now() + timeoutMs;
    try {
      const answer = await this.breaker.execute(() =>
        this.getWithRetries(url, call, { signal: stop.signal, deadline }),
      );
      outcome = 'ok';
      return answer;
    } catch (error) {
      if (error instanceof BrokenCircuitError) throw this.circuitOpen(url);
      throw error;
    } finally {
      this.options.onCall(outcome, (performance.now() - startedAt) / 1000);
      clearTimeout(timer);
      call.signal?.removeEventListener('abort', onCallerAbort);
    }
  }

  private async getWithRetries(
    url: URL,
    call: Call,
    limit: { signal: AbortSignal; deadline: number },
  ): Promise<Answer> {
    const { provider, userAgent, dispatcher, now, random, retry, logger } = this.options;
    for (let attempt = 1; ; attempt++) {
      let leave: () => void = () => undefined;
      try {
        await this.waitForPermission(url, limit);
        leave = await this.enter(url, call.lane ?? 'user', limit.signal);
        return await exchange({
          provider,
          url,
          headers: { 'user-agent': userAgent, ...call.headers },
          isExpectedType: call.isExpectedType,
          maxBytes: call.maxBytes,
          mayLeadTo: call.mayLeadTo,
          signal: limit.signal,
          dispatcher,
          answerMs: this.options.answerMs,
          now,
        });
      } catch (error) {
        call.signal?.throwIfAborted();
        if (limit.signal.aborted) throw this.timedOut(url, error);
        this.noteRateLimit(error);
        const pause = pauseBeforeRetry(error, backoffMs(retry, attempt, random()));
        // A pause that ends after the deadline only makes the caller wait for the same failure.
        if (pause === null || attempt >= retry.attempts || now() + pause >= limit.deadline) throw error;
        logger.debug({ provider, attempt, pauseMs: pause, err: error }, 'provider failed, trying again');
        leave();
        await this.pause(url, pause, { call, signal: limit.signal });
      } finally {
        leave();
      }
    }
  }

  private async enter(url: URL, lane: Lane, signal: AbortSignal): Promise<() => void> {
    try {
      return await this.lanes.enter(lane, signal);
    } catch (error) {
      if (!(error instanceof LanesFullError)) throw error;
      const { provider } = this.options;
      const detail = `${describe(url)}: not sent, too many requests are waiting`;
      throw new ProviderUnavailableError({ provider, fault: 'circuit-open', detail, retryAfterSeconds: 5 });
    }
  }

  /** Holds the call back while the provider wants to be left alone, or fails it when that lasts beyond the deadline. */
  private async waitForPermission(url: URL, limit: { signal: AbortSignal; deadline: number }): Promise<void> {
    const wait = this.blockedUntil - this.options.now();
    if (wait <= 0) return;
    if (this.blockedUntil < limit.deadline) {
      await sleep(wait, undefined, { signal: limit.signal });
      return;
    }
    throw new ProviderUnavailableError({
      provider: this.options.provider,
      fault: 'circuit-open',
      detail: `${describe(url)}: not sent, the provider asked for a pause`,
      retryAfterSeconds: Math.ceil(wait / 1000),
    });
  }

  private async pause(
    url: URL,
    ms: number,
    { call, signal }: { call: Call; signal: AbortSignal },
  ): Promise<void> {
    try {
      await sleep(ms, undefined, { signal });
    } catch (error) {
      call.signal?.throwIfAborted();
      throw this.timedOut(url, error);
    }
  }

  private noteRateLimit(error: unknown): void {
    if (!(error instanceof ProviderUnavailableError) || error.fault !== 'rate-limited') return;
    const ms = Math.min((error.retryAfterSeconds ?? 1) * 1000, maxRetryAfterMs);
    this.blockedUntil = Math.max(this.blockedUntil, this.options.now() + ms);
  }

  private async parseJson(url: URL, bytes: Uint8Array): Promise<unknown> {
    try {
      return await parseForeignJson(bytes);
    } catch (error) {
      if (error instanceof ForeignJsonError) throw this.badAnswer(url, error.reason);
      throw error;
    }
  }

  private badAnswer(url: URL, detail: string): ProviderUnavailableError {
    return new ProviderUnavailableError({
      provider: this.options.provider,
      fault: 'bad-answer',
      detail: `${describe(url)}: ${detail}`,
    });
  }

  private circuitOpen(url: URL): ProviderUnavailableError {
    return new ProviderUnavailableError({
      provider: this.options.provider,
      fault: 'circuit-open',
      detail: `${describe(url)}: not sent, the circuit is open`,
      retryAfterSeconds: Math.ceil(this.options.breaker.halfOpenAfterMs / 1000),
    });
  }

  private timedOut(url: URL, cause: unknown): ProviderTimeoutError {
    return new ProviderTimeoutError({
      provider: this.options.provider,
      detail: `${describe(url)}: deadline passed`,
      cause,
    });
  }
}

interface Call extends HttpRequest {
  isExpectedType: (contentType: string) => boolean;
  maxBytes: number;
}

/** Failures that say the provider as a whole is down; a refusal or one odd answer does not. */
function isOutage(error: unknown): boolean {
  if (error instanceof ProviderUnavailableError)
    return error.fault === 'unreachable' || error.fault === 'server-error';
  return error instanceof ProviderTimeoutError;
}

/** Null when trying again is no use. */
function pauseBeforeRetry(error: unknown, backoff: number): number | null {
  if (!isProviderFailure(error)) return null;
  if (error instanceof ProviderTimeoutError) return backoff;
  if (error.fault === 'rate-limited') return Math.max(backoff, (error.retryAfterSeconds ?? 1) * 1000);
  if (error.fault !== 'unreachable' && error.fault !== 'server-error') return null;
  return Math.max(backoff, (error.retryAfterSeconds ?? 0) * 1000);
}

function describe(url: URL): string {
  return `GET ${url.origin}${url.pathname}`;
}
