import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ProviderNotFoundError } from '../http-client/http-client.errors.js';
import { HttpClient } from '../http-client/http-client.js';
import { silentLogger } from '../logging/logger.js';
import { callsOf, faultOf, providerFailures } from './provider-failures.js';
import { sendJson, startUpstream, type Upstream } from './upstream.js';

export interface ProviderMatrix<C> {
  client: { prototype: object };
  create: (http: HttpClient, url: string) => C;
  /** One row for each call of the client. */
  rows: Record<string, (client: C) => Promise<unknown>>;
  /** Methods that call nothing themselves. */
  others: readonly string[];
  /** Answers of another shape from which a call reads nothing, by its name; all others are refused. */
  lenient?: Record<string, unknown>;
}

const drifted: [string, unknown][] = [
  ['other types', { id: 'seven', results: 'none', genres: 7, items: {}, images: [], response: 3, page: {} }],
  ['a list', [1, 2, 3]],
  ['null', null],
  ['a text', '"hello"'],
];

/** Every call of a client against everything a provider does instead of answering. A call without a row fails. */
export function describeProviderFailures<C>(name: string, matrix: ProviderMatrix<C>): void {
  const { rows, lenient = {} } = matrix;

  it(`${name} has a row for each of its calls`, () => {
    expect(Object.keys(rows).sort()).toEqual(callsOf(matrix.client, matrix.others));
  });

  describe.each(Object.entries(rows))(`${name}.%s`, (call, ask) => {
    let upstream: Upstream;
    let http: HttpClient;
    let client: C;
    beforeEach(async () => {
      upstream = await startUpstream(sendJson({}));
      http = new HttpClient({
        provider: name,
        userAgent: 'Kinora/test',
        logger: silentLogger(),
        timeoutMs: 10_000,
        answerMs: 10_000,
        retry: { attempts: 1, baseMs: 1, capMs: 1 },
      });
      client = matrix.create(http, upstream.url);
    });
    afterEach(async () => {
      await http.close();
      await upstream.stop();
    });
    const failureOf = async () => {
      const outcome: unknown = await ask(client).then(
        (value) => ({ value }),
        (error: unknown) => error,
      );
      return outcome;
    };

    it.each(providerFailures.filter(({ fault }) => fault !== 'timeout'))(
      'tells $name as $fault (F01-F05)',
      async ({ answer, fault, retryAfterSeconds }) => {
        upstream.answer(answer);
        const error = await failureOf();
        expect(faultOf(error)).toBe(fault);
        if (retryAfterSeconds !== undefined) expect(error).toMatchObject({ retryAfterSeconds });
        expect(String(error)).not.toContain('maintained');
      },
    );

    it('gives up on a provider that does not answer in time (F02)', async () => {
      await http.close();
      http = new HttpClient({
        ...{ provider: name, userAgent: 'Kinora/test', logger: silentLogger() },
        ...{ timeoutMs: 150, retry: { attempts: 3, baseMs: 1, capMs: 1 } },
      });
      client = matrix.create(http, upstream.url);
      upstream.answer(() => undefined);
      expect(faultOf(await failureOf())).toBe('timeout');
    });

    it.each(drifted)('reads nothing from an answer that has become %s (F05)', async (_shape, body) => {
      upstream.answer(sendJson(body));
      const outcome = await failureOf();
      const value = outcome instanceof Error ? undefined : outcome;
      if (value === undefined) expect(faultOf(outcome)).toBe('bad-answer');
      else expect(value).toEqual({ value: lenient[call] ?? 'nothing' });
    });

    it('tells 404 as nothing there', async () => {
      upstream.answer(sendJson({ status_code: 34 }, 404));
      expect(await failureOf()).toBeInstanceOf(ProviderNotFoundError);
    });
  });
}
