import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RangeServer } from '../services/torrent/__fixtures__/range-server.js';
import { publicOnlyAgent } from '../services/torrent/network-guard.js';
import { WebSeedHttp } from './web-seed-http.js';

const bytes = Buffer.from(Array.from({ length: 5_000 }, (_, at) => at % 251));
const range = { from: 1_000, to: 2_000, total: bytes.length };
const { signal } = new AbortController();

let server: RangeServer;
let clients: WebSeedHttp[];
let lookedUp: string[];

beforeEach(async () => {
  server = await new RangeServer().open();
  server.keep('/film.mp4', bytes);
  clients = [];
  lookedUp = [];
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await server.close();
});

function make({ allowedHosts = [] as string[], addresses = ['127.0.0.1'] } = {}): WebSeedHttp {
  const publicOnly = publicOnlyAgent({
    maxBytes: -1,
    resolve: (hostname, _options, callback) => {
      lookedUp.push(hostname);
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    },
  });
  const client = new WebSeedHttp({ userAgent: 'Kinora/test', allowedHosts }, publicOnly);
  clients.push(client);
  return client;
}

const named = () => make({ allowedHosts: ['127.0.0.1'] });
const open = (client: WebSeedHttp, url: string, wanted = range) => client.open(new URL(url), wanted, signal);
const portOf = () => new URL(server.url).port;
const forbidden = { name: 'WebSeedError', fault: 'forbidden' };

/** Ways to write this machine, and other places nobody may be led to. */
const places = [
  '127.0.0.1',
  'localhost',
  'localhost.',
  'films.localhost',
  '2130706433',
  '0x7f.1',
  '0177.0.0.1',
  '0.0.0.0',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '169.254.169.254',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '[fe80::1]',
  '[fd00::1]',
  'router',
];

describe('WebSeedHttp', () => {
  it.each(places)('is not led to %s, by an address or by a redirect (T18)', async (host) => {
    const url = `http://${host}:${portOf()}/film.mp4`;
    await expect(open(make(), url)).rejects.toMatchObject(forbidden);
    if (host === '127.0.0.1' || /^(2130706433|0x7f|0177)/.test(host)) return;
    server.behave = (_request, response) => {
      response.writeHead(302, { location: url }).end();
      return true;
    };
    await expect(open(named(), `${server.url}/go`)).rejects.toMatchObject(forbidden);
    expect(server.requests.map(({ path }) => path)).toEqual(['/go']);
  });

  it.each([['127.0.0.1'], ['192.168.1.1'], ['::1'], ['::ffff:10.0.0.1'], ['169.254.169.254']])(
    'is not led home by a name that resolves to %s, at the first time or later (T18)',
    async (address) => {
      const client = make({ addresses: [address] });
      for (let time = 0; time < 2; time += 1)
        await expect(open(client, `http://films.example:${portOf()}/film.mp4`)).rejects.toMatchObject(
          forbidden,
        );
      // Each connection looks the name up itself: an answer checked earlier would be worth nothing.
      expect(lookedUp).toEqual(['films.example', 'films.example']);
      expect(server.requests).toEqual([]);
    },
  );

  it.each([
    'file:///etc/passwd',
    'ftp://films.example/',
    'http://a:b@films.example/',
    'http://films.example:22/',
  ])('goes nowhere such as %s (T18)', async (location) => {
    await expect(open(make(), location)).rejects.toMatchObject(forbidden);
    server.behave = (_request, response) => {
      response.writeHead(301, { location }).end();
      return true;
    };
    await expect(open(named(), server.url)).rejects.toMatchObject(forbidden);
  });

  it('reaches a private host that the operator listed, and asks it for bytes as they are', async () => {
    const opened = await open(named(), `${server.url}/film.mp4`);
    const first = await opened.body.next();
    expect({ from: opened.from, to: opened.to }).toEqual({ from: 1_000, to: 2_000 });
    expect(bytes.subarray(1_000, 2_000).equals(first.value as Buffer)).toBe(true);
    expect(server.requests).toEqual([{ path: '/film.mp4', range: 'bytes=1000-1999' }]);
    opened.close();
  });

  it.each<[string, number, Record<string, string>, string]>([
    ['no such file', 404, {}, 'gone'],
    ['a file that needs a password', 401, {}, 'gone'],
    ['a shorter file', 416, {}, 'mismatch'],
    ['a file of another length', 206, { 'content-range': 'bytes 1000-1999/5001' }, 'mismatch'],
    ['another range', 206, { 'content-range': 'bytes 0-999/5000' }, 'failing'],
    ['no range at all', 206, {}, 'failing'],
    [
      'compressed bytes',
      206,
      { 'content-range': 'bytes 1000-1999/5000', 'content-encoding': 'gzip' },
      'gone',
    ],
    ['a page', 200, { 'content-type': 'text/html; charset=utf-8' }, 'failing'],
    ['a whole file of another length', 200, { 'content-length': '4999' }, 'mismatch'],
    ['too many requests', 429, { 'retry-after': '7' }, 'busy'],
    ['an overload', 503, {}, 'busy'],
    ['a fault', 500, {}, 'failing'],
  ])('knows what to make of %s', async (_name, status, headers, fault) => {
    server.behave = (_request, response) => {
      response.writeHead(status, headers);
      response.flushHeaders();
      response.destroy();
      return true;
    };
    await expect(open(named(), server.url)).rejects.toMatchObject({
      fault,
      retryAfterMs: headers['retry-after'] === undefined ? null : 7_000,
    });
  });

  it('takes all of a file from a server without ranges, but not to throw most of it away', async () => {
    server.behave = (_request, response) => {
      response.end(bytes);
      return true;
    };
    const opened = await open(named(), server.url);
    expect(opened).toMatchObject({ from: 0, to: bytes.length });
    opened.close();
    const far = { from: 2_000_000, to: 2_100_000, total: 3_000_000 };
    server.behave = (_request, response) => {
      response.writeHead(200, { 'content-length': 3_000_000 }).flushHeaders();
      response.destroy();
      return true;
    };
    await expect(open(named(), server.url, far)).rejects.toMatchObject({ fault: 'gone' });
  });

  it('ends on redirects without end, and with the reason of a caller who has left', async () => {
    server.behave = (_request, response) => {
      response.writeHead(302, { location: '/again' }).end();
      return true;
    };
    await expect(open(named(), server.url)).rejects.toMatchObject({ fault: 'failing' });
    expect(server.requests).toHaveLength(6);
    server.behave = () => true;
    const left = new AbortController();
    const opening = named().open(new URL(server.url), range, left.signal);
    left.abort(new Error('left'));
    await expect(opening).rejects.toThrow('left');
  });
});
