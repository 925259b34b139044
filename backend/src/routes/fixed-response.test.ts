import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Hono } from 'hono';
import type { AppEnv } from '../middleware/app-env.js';
import { FixedResponse } from './fixed-response.js';

const text = 'The same text, again and again. '.repeat(100);

describe('FixedResponse', () => {
  let app: Hono<AppEnv>;
  let loads: number;
  let failures: number;
  let compressions: string[];

  beforeEach(() => {
    loads = 0;
    failures = 0;
    compressions = [];
    const counted = (name: string) => (body: Uint8Array) => {
      compressions.push(name);
      return Promise.resolve(Uint8Array.from([...Buffer.from(`${name} of ${body.length}`)]));
    };
    const load = async () => {
      loads += 1;
      await Promise.resolve();
      if (failures-- > 0) throw new Error('no file descriptor left');
      return text;
    };
    app = new Hono<AppEnv>();
    app.get('/page', new FixedResponse({ contentType: 'text/plain', load }).handler);
    const counting = new FixedResponse(
      { contentType: 'text/plain', load },
      { br: counted('br'), gzip: counted('gzip') },
    );
    app.get('/counted', counting.handler);
    app.onError((_error, context) => context.text('failed', 500));
  });

  const get = (headers: Record<string, string> = {}, path = '/page', method = 'GET') =>
    Promise.resolve(app.request(path, { method, headers }));

  it('produces and compresses its body once for all who request it at the same moment, and later', async () => {
    const ask = (encoding: string) => get({ 'Accept-Encoding': encoding }, '/counted');
    const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => ask(n % 2 ? 'br' : 'gzip')));
    answers.push(await ask('br'), await ask('gzip'));
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(new Set(texts)).toEqual(new Set([`br of ${text.length}`, `gzip of ${text.length}`]));
    expect(loads).toBe(1);
    expect(compressions.sort()).toEqual(['br', 'gzip']);
  });

  it.each([
    [undefined, null],
    ['', null],
    ['identity', null],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, deflate', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['br;q=0.1, GZIP;q=1', 'br'],
    ['zstd', null],
    ['gzip;q=0', null],
  ])('answers Accept-Encoding %j with the coding %j', async (accepted, expected) => {
    const answer = await get(accepted === undefined ? {} : { 'Accept-Encoding': accepted });
    expect(answer.headers.get('Content-Encoding')).toBe(expected);
    expect(answer.headers.get('Vary')).toBe('Accept-Encoding');
    expect(answer.headers.get('Content-Type')).toBe('text/plain');
    const bytes = Buffer.from(await answer.arrayBuffer());
    const decode = { br: brotliDecompressSync, gzip: gunzipSync }[expected ?? ''] ?? ((same: Buffer) => same);
    expect(decode(bytes).toString()).toBe(text);
    if (expected) expect(bytes.length).toBeLessThan(text.length / 10);
  });

  it('sends no body to a client that has it already, in whichever coding', async () => {
    const tag = (await get({ 'Accept-Encoding': 'br' })).headers.get('ETag') ?? '';
    expect(tag).toMatch(/^W\/"[\w-]{22}"$/);
    for (const known of [tag, tag.slice(2), `"other", ${tag}`, '*']) {
      const answer = await get({ 'If-None-Match': known });
      expect([known, answer.status, await answer.text()]).toEqual([known, 304, '']);
      expect(answer.headers.get('ETag')).toBe(tag);
      expect(answer.headers.get('Vary')).toBe('Accept-Encoding');
      expect(answer.headers.get('Cache-Control')).toBe('no-cache');
    }
    expect((await get({ 'If-None-Match': '"other"' })).status).toBe(200);
  });

  it('answers HEAD without a body', async () => {
    const answer = await get({}, '/page', 'HEAD');
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    expect(answer.headers.get('ETag')).toMatch(/^W\//);
  });

  it('does not keep a failure: the next request tries again', async () => {
    failures = 1;
    expect((await get()).status).toBe(500);
    expect((await get()).status).toBe(200);
    expect((await get()).status).toBe(200);
    expect(loads).toBe(2);
  });
});
