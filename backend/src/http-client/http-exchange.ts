import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { type Dispatcher, request, errors as undiciErrors } from 'undici';
import { AppError } from '../errors/app-error.js';
import {
  type ProviderFault,
  ProviderNotFoundError,
  ProviderTimeoutError,
  ProviderUnavailableError,
} from './http-client.errors.js';
import { parseRetryAfter } from './retry.js';

export interface ExchangeRequest {
  provider: string;
  url: URL;
  headers: Record<string, string>;
  /** Which media types are taken, without parameters, lower case. */
  isExpectedType: (contentType: string) => boolean;
  /** Longest body after decompression, in bytes. */
  maxBytes: number;
  signal: AbortSignal;
  dispatcher: Dispatcher;
  /** Whether a redirect may lead to this other host; to none unless given. It is sent no credentials. */
  mayLeadTo?: ((target: URL) => boolean) | undefined;
  /** How long it may think before it answers, and pause within; the dispatcher's own limit unless given. Milliseconds. */
  answerMs?: number | undefined;
  now: () => number;
}

export interface Answer {
  bytes: Uint8Array;
  /** Without parameters, lower case. */
  contentType: string;
}

const maxRedirects = 3;

/** One GET and its answer, checked for status, type, size and emptiness before anyone parses it. */
export async function exchange(query: ExchangeRequest): Promise<Answer> {
  let url = query.url;
  let { headers } = query;
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const response = await send({ ...query, headers }, url);
    // undici reports a body that is given up as an 'error' event; without a listener it would end the process.
    response.body.on('error', () => undefined);
    try {
      const next = redirectTarget(response, url);
      if (next === null) return await readAnswer(query, response);
      // Another host is another party: it was not configured, and must not get our key.
      const isElsewhere = next !== 'nowhere' && next.origin !== url.origin;
      if (next === 'nowhere' || (isElsewhere && query.mayLeadTo?.(next) !== true))
        throw failure(query, 'bad-answer', 'redirect to another host');
      if (isElsewhere) headers = withoutCredentials(headers);
      url = next;
    } finally {
      response.body.destroy();
    }
  }
  throw failure(query, 'bad-answer', 'too many redirects');
}

async function send(query: ExchangeRequest, url: URL): Promise<Dispatcher.ResponseData> {
  try {
    return await request(url, {
      method: 'GET',
      headers: { 'accept-encoding': 'gzip, br, deflate', ...query.headers },
      signal: query.signal,
      dispatcher: query.dispatcher,
      ...(query.answerMs !== undefined && { headersTimeout: query.answerMs, bodyTimeout: query.answerMs }),
    });
  } catch (error) {
    throw transportFailure(query, error);
  }
}

function withoutCredentials(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^(authorization|cookie)$/i.test(name)),
  );
}

function redirectTarget(response: Dispatcher.ResponseData, from: URL): URL | 'nowhere' | null {
  if (![301, 302, 303, 307, 308].includes(response.statusCode)) return null;
  const location = header(response, 'location') ?? '';
  return URL.canParse(location, from.href) ? new URL(location, from) : 'nowhere';
}

async function readAnswer(query: ExchangeRequest, response: Dispatcher.ResponseData): Promise<Answer> {
  checkStatus(query, response);
  const contentType = (header(response, 'content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!query.isExpectedType(contentType)) {
    throw failure(query, 'bad-answer', `content type "${contentType.slice(0, 60)}"`);
  }
  const bytes = await readBody(query, response);
  if (bytes.byteLength === 0) throw failure(query, 'bad-answer', 'empty body');
  return { bytes, contentType };
}

function checkStatus(query: ExchangeRequest, response: Dispatcher.ResponseData): void {
  const status = response.statusCode;
  if (status === 200) return;
  if (status === 404 || status === 410) throw new ProviderNotFoundError(query.provider);
  const retryAfter = parseRetryAfter(header(response, 'retry-after'), query.now());
  const retryAfterSeconds = retryAfter === null ? undefined : Math.ceil(retryAfter / 1000);
  throw failure(query, faultOf(status), `HTTP ${status}`, { retryAfterSeconds });
}

function faultOf(status: number): ProviderFault {
  if (status === 429) return 'rate-limited';
  if (status >= 500 || status === 408) return 'server-error';
  return status >= 400 ? 'refused' : 'bad-answer';
}

async function readBody(query: ExchangeRequest, response: Dispatcher.ResponseData): Promise<Uint8Array> {
  const tooLarge = `body over ${query.maxBytes} bytes`;
  if (Number(header(response, 'content-length') ?? 0) > query.maxBytes)
    throw failure(query, 'bad-answer', tooLarge);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of decoded(
      response.body,
      header(response, 'content-encoding'),
    ) as AsyncIterable<Buffer>) {
      size += chunk.byteLength;
      if (size > query.maxBytes) throw failure(query, 'bad-answer', tooLarge);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof ProviderUnavailableError ? error : transportFailure(query, error);
  }
  return Buffer.concat(chunks, size);
}

/** Decompresses as a stream, so that the size limit holds for what comes out, not for what comes in. */
function decoded(body: Readable, encoding: string | undefined): Readable {
  switch (encoding?.trim().toLowerCase() ?? '') {
    case 'gzip':
    case 'x-gzip':
      return pipeline(body, createGunzip(), () => undefined);
    case 'br':
      return pipeline(body, createBrotliDecompress(), () => undefined);
    case 'deflate':
      return pipeline(body, createInflate(), () => undefined);
    default:
      return body;
  }
}

function transportFailure(query: ExchangeRequest, error: unknown): Error {
  // What we refused ourselves says so.
  if (error instanceof AppError) return error;
  const slow =
    error instanceof undiciErrors.HeadersTimeoutError ||
    error instanceof undiciErrors.BodyTimeoutError ||
    error instanceof undiciErrors.ConnectTimeoutError;
  if (slow)
    return new ProviderTimeoutError({
      provider: query.provider,
      detail: describe(query, 'no answer'),
      cause: error,
    });
  return failure(query, 'unreachable', 'connection failed or broke off', { cause: error });
}

function failure(
  query: ExchangeRequest,
  fault: ProviderFault,
  detail: string,
  more: { retryAfterSeconds?: number | undefined; cause?: unknown } = {},
): ProviderUnavailableError {
  return new ProviderUnavailableError({
    provider: query.provider,
    fault,
    detail: describe(query, detail),
    ...more,
  });
}

/** Names the request by host and path only: keys travel in queries and headers, and never reach a log. */
function describe(query: ExchangeRequest, detail: string): string {
  return `GET ${query.url.origin}${query.url.pathname}: ${detail}`;
}

function header(response: Dispatcher.ResponseData, name: string): string | undefined {
  const value = response.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
