import { isProviderFailure, type ProviderFault } from '../http-client/http-client.errors.js';
import type { UpstreamHandler } from './upstream.js';

export interface ProviderFailure {
  name: string;
  answer: UpstreamHandler;
  /** As which fault of the provider it is told. */
  fault: ProviderFault | 'timeout';
  retryAfterSeconds?: number;
}

const json = { 'content-type': 'application/json;charset=utf-8' };
const page = '<!doctype html><title>502 Bad Gateway</title><h1>We are being maintained</h1>';

/** What providers do instead of answering. */
export const providerFailures: readonly ProviderFailure[] = [
  {
    name: '429 without Retry-After',
    answer: (_, response) => response.writeHead(429, json).end('{"status_code":25}'),
    fault: 'rate-limited',
  },
  {
    name: '429 with Retry-After',
    answer: (_, response) => response.writeHead(429, { ...json, 'retry-after': '60' }).end('{}'),
    fault: 'rate-limited',
    retryAfterSeconds: 60,
  },
  {
    name: '500',
    answer: (_, response) => response.writeHead(500, json).end('{"status_code":11}'),
    fault: 'server-error',
  },
  {
    name: 'HTML with 502',
    answer: (_, response) => response.writeHead(502, { 'content-type': 'text/html' }).end(page),
    fault: 'server-error',
  },
  {
    name: 'HTML with 200',
    answer: (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(page),
    fault: 'bad-answer',
  },
  {
    name: 'HTML that says it is JSON',
    answer: (_, response) => response.writeHead(200, json).end(page),
    fault: 'bad-answer',
  },
  {
    name: 'truncated JSON',
    answer: (_, response) => response.writeHead(200, json).end('{"page": 1, "results": [{"id"'),
    fault: 'bad-answer',
  },
  {
    name: 'an answer that is cut off',
    answer: (_, response) => {
      response.writeHead(200, { ...json, 'content-length': '1000' }).write('{"page": 1');
      setImmediate(() => response.destroy());
    },
    fault: 'unreachable',
  },
  { name: 'no answer in time', answer: () => undefined, fault: 'timeout' },
];

/** What a failure was told as; throws when it was not told as one of the provider. */
export function faultOf(error: unknown): string {
  if (!isProviderFailure(error)) throw error;
  return 'fault' in error ? error.fault : 'timeout';
}

/** The names of a client's calls: a call that is added shows up here by itself. `others` are methods that call nothing themselves. */
export function callsOf(client: { prototype: object }, others: readonly string[]): string[] {
  return Object.getOwnPropertyNames(client.prototype)
    .filter((name) => !['constructor', ...others].includes(name))
    .sort();
}
