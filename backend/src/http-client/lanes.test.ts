import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { silentLogger } from '../logging/logger.js';
import { startUpstream, type Upstream } from '../test-support/upstream.js';
import { HttpClient } from './http-client.js';
import { type Lane, Lanes, LanesFullError } from './lanes.js';

const never = new AbortController().signal;
/** Lets everything that can go on do so. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('the lanes to a provider', () => {
  let now: number;
  beforeEach(() => {
    now = 0;
  });
  const open = (perSecond: number, atOnce: number) => new Lanes({ perSecond, atOnce }, () => now);
  /** Asks to enter, and notes when it may. */
  const line = (lanes: Lanes) => {
    const entered: string[] = [];
    const leave = new Map<string, () => void>();
    const ask = (lane: Lane, name: string, signal = never) =>
      lanes.enter(lane, signal).then((done) => {
        entered.push(name);
        leave.set(name, done);
      });
    return { entered, ask, leave: (name: string) => leave.get(name)?.() };
  };

  it('let nobody wait who finds the provider free', async () => {
    const { entered, ask } = line(open(100, 4));
    await Promise.all([ask('user', 'a'), ask('background', 'b')]);
    expect(entered).toEqual(['a', 'b']);
  });

  it('let those for whom somebody waits go before a sync that has waited longer', async () => {
    const { entered, ask, leave } = line(open(100, 1));
    await ask('background', 'first');
    void ask('background', 'sync 1');
    void ask('background', 'sync 2');
    void ask('user', 'page');
    await settle();
    expect(entered).toEqual(['first']);
    leave('first');
    await settle();
    expect(entered).toEqual(['first', 'page']);
    leave('page');
    await settle();
    expect(entered).toEqual(['first', 'page', 'sync 1']);
  });

  it('leave half of the places free for them, however much a sync wants', async () => {
    const { entered, ask, leave } = line(open(100, 4));
    for (let n = 0; n < 10; n += 1) void ask('background', `sync ${n}`);
    await settle();
    expect(entered).toEqual(['sync 0', 'sync 1']);
    await ask('user', 'page');
    expect(entered).toContain('page');
    leave('sync 0');
    await settle();
    expect(entered).toHaveLength(4);
  });

  it('leave half of the requests in a second free for them', async () => {
    const { entered, ask, leave } = line(open(10, 100));
    for (let n = 0; n < 20; n += 1) void ask('background', `sync ${n}`).then(() => leave(`sync ${n}`));
    await settle();
    const before = entered.length;
    expect(before).toBeLessThanOrEqual(6);
    for (let n = 0; n < 4; n += 1) await ask('user', `page ${n}`);
    expect(entered.filter((name) => name.startsWith('page'))).toHaveLength(4);
  });

  it('keep to the requests in a second, and give them back with time', async () => {
    const lanes = open(5, 100);
    const { entered, ask, leave } = line(lanes);
    for (let n = 0; n < 8; n += 1) void ask('user', `page ${n}`).then(() => leave(`page ${n}`));
    await settle();
    expect(entered).toHaveLength(5);
    expect(lanes.waiting).toEqual({ user: 3, background: 0 });
    now += 400;
    void ask('user', 'page 8');
    await settle();
    expect(entered).toHaveLength(7);
  });

  it('forget who has given up waiting', async () => {
    const lanes = open(100, 1);
    const { entered, ask, leave } = line(lanes);
    await ask('user', 'first');
    const impatient = new AbortController();
    const gone = ask('user', 'impatient', impatient.signal);
    void ask('user', 'patient');
    impatient.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    leave('first');
    await settle();
    expect(entered).toEqual(['first', 'patient']);
  });

  it('refuse more than can ever have its turn', async () => {
    const { ask } = line(open(100, 1));
    await ask('user', 'first');
    for (let n = 0; n < 1_000; n += 1) void ask('background', `sync ${n}`).catch(() => undefined);
    await expect(ask('background', 'one more')).rejects.toBeInstanceOf(LanesFullError);
    // They are lanes of their own: a full one keeps nobody out of the other.
    const page = ask('user', 'page').then(
      () => 'entered',
      (error: unknown) => error,
    );
    expect(await Promise.race([page, settle().then(() => 'waiting')])).toBe('waiting');
  });
});

describe('a client with two lanes', () => {
  let upstream: Upstream;
  let http: HttpClient;
  const held: (() => void)[] = [];

  beforeEach(async () => {
    held.length = 0;
    upstream = await startUpstream((request, response) => {
      const answer = () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      if (request.url?.startsWith('/page')) answer();
      else held.push(answer);
    });
    http = new HttpClient({
      ...{ provider: 'TMDB', userAgent: 'Kinora/test', logger: silentLogger(), timeoutMs: 60_000 },
      budget: { perSecond: 1_000, atOnce: 4 },
    });
  });
  afterEach(async () => {
    for (const answer of held.splice(0)) answer();
    await http.close();
    await upstream.stop();
  });
  const get = (path: string, lane: Lane) =>
    http.getJson(new URL(path, upstream.url), z.looseObject({}), { lane });

  it('answers a page while a sync of hundreds is under way and gets no answers', async () => {
    const sync = Array.from({ length: 300 }, (_, n) =>
      get(`/sync/${n}`, 'background').catch(() => undefined),
    );
    while (held.length < 2) await settle();
    expect(http.waiting.background).toBe(298);
    expect(await get('/page', 'user')).toEqual({});
    // The sync has not taken the places that are kept for people.
    expect(upstream.requests.filter((path) => path.startsWith('/sync'))).toHaveLength(2);
    await http.close();
    await Promise.all(sync);
  });
});
