import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { publicOnlyAgent } from '../services/torrent/network-guard.js';
import { startUpstream, type Upstream } from '../test-support/upstream.js';
import { PermittedDispatcher } from './permitted.dispatcher.js';
import { TorrentDownloads } from './torrent-downloads.js';

const file = Buffer.from('d4:infod4:name1:aee');
const { signal } = new AbortController();

let named: Upstream;
let home: Upstream;
let permitted: PermittedDispatcher;
let agents: { close(): Promise<void> }[];
let lookedUp: string[];

beforeEach(async () => {
  named = await startUpstream((_request, response) => response.end(file));
  // What stands in the operator's own network and nobody may be led to.
  home = await startUpstream((_request, response) => response.end(file));
  permitted = new PermittedDispatcher();
  permitted.setPermission({ kind: 'open' });
  agents = [permitted];
  lookedUp = [];
});

afterEach(async () => {
  await Promise.all(agents.map((agent) => agent.close()));
  await Promise.all([named.stop(), home.stop()]);
});

function make({ isOpen = true, allowedHosts = [] as string[], addresses = ['127.0.0.1'] } = {}) {
  const publicOnly = publicOnlyAgent({
    resolve: (hostname, _options, callback) => {
      lookedUp.push(hostname);
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    },
  });
  agents.push(publicOnly);
  return new TorrentDownloads({
    userAgent: 'Kinora/test',
    publicOnly,
    permitted,
    isOpen: () => isOpen,
    allowedHosts,
  });
}

const fetchFrom = (downloads: TorrentDownloads, url: string, given: AbortSignal = signal) =>
  downloads.fetch(new URL(url), { provider: 'My films', trusted: [named.url], signal: given });
const portOf = (upstream: Upstream) => new URL(upstream.url).port;
const refused = { code: 'provider-unavailable' };

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
  '100.64.0.1',
  '[fe80::1]',
  '[fd00::1]',
  'router',
];

describe('TorrentDownloads', () => {
  it('fetches from an origin the operator named, also by a redirect within it', async () => {
    expect(await fetchFrom(make(), `${named.url}/a`)).toEqual({ kind: 'file', bytes: file });
    named.answer((request, response) =>
      request.url === '/b' ? response.writeHead(302, { location: '/c' }).end() : response.end(file),
    );
    expect(await fetchFrom(make(), `${named.url}/b`)).toEqual({ kind: 'file', bytes: file });
    expect(named.requests).toEqual(['/a', '/b', '/c']);
  });

  it('gives the magnet that a redirect leads to', async () => {
    named.answer((_request, response) =>
      response.writeHead(301, { location: 'magnet:?xt=urn:btih:x' }).end(),
    );
    expect(await fetchFrom(make(), named.url)).toEqual({ kind: 'magnet', magnet: 'magnet:?xt=urn:btih:x' });
  });

  it.each(places)(
    'is not led to %s, by a link or by a redirect, openly or through a tunnel (T15)',
    async (host) => {
      for (const isOpen of [true, false]) {
        const url = `http://${host}:${portOf(home)}/x`;
        await expect(fetchFrom(make({ isOpen }), url)).rejects.toMatchObject(refused);
        named.answer((_request, response) => response.writeHead(302, { location: url }).end());
        await expect(fetchFrom(make({ isOpen }), `${named.url}/go`)).rejects.toMatchObject(refused);
      }
      expect(home.requests).toEqual([]);
    },
  );

  it.each([['127.0.0.1'], ['192.168.1.1'], ['::1'], ['::ffff:10.0.0.1'], ['169.254.169.254']])(
    'is not led home by a name that resolves to %s (T15)',
    async (address) => {
      const downloads = make({ addresses: [address] });
      await expect(fetchFrom(downloads, `http://films.example:${portOf(home)}/`)).rejects.toMatchObject(
        refused,
      );
      // Each connection looks the name up itself: an answer checked earlier would be worth nothing.
      await expect(fetchFrom(downloads, `http://films.example:${portOf(home)}/`)).rejects.toMatchObject(
        refused,
      );
      expect(lookedUp).toEqual(['films.example', 'films.example']);
      expect(home.requests).toEqual([]);
    },
  );

  it('reaches a private host that the operator allows', async () => {
    const downloads = make({ allowedHosts: ['127.0.0.1'] });
    expect(await fetchFrom(downloads, `${home.url}/x`)).toMatchObject({ kind: 'file' });
  });

  it.each(['file:///etc/passwd', 'ftp://films.example/', 'data:,d4:info', 'http://a:b@films.example/'])(
    'follows no link such as %s',
    async (location) => {
      await expect(fetchFrom(make(), location)).rejects.toMatchObject(refused);
      named.answer((_request, response) => response.writeHead(302, { location }).end());
      await expect(fetchFrom(make(), named.url)).rejects.toMatchObject(refused);
    },
  );

  it('ends after five redirects, and on one to nowhere', async () => {
    named.answer((_request, response) => response.writeHead(302, { location: '/again' }).end());
    await expect(fetchFrom(make(), named.url)).rejects.toMatchObject({
      detail: expect.stringContaining('too many redirects'),
    });
    expect(named.requests).toHaveLength(6);
    named.answer((_request, response) => response.writeHead(302, { location: 'http://' }).end());
    await expect(fetchFrom(make(), named.url)).rejects.toMatchObject(refused);
  });

  it.each<[string, number, string]>([
    ['a page with status 200', 200, '<html>Are you a robot?</html>'],
    ['nothing', 200, ''],
    ['another status', 404, 'd4:infode'],
    ['more than a .torrent file may have', 200, `d${'x'.repeat(4 * 1024 * 1024)}`],
  ])('takes no %s for a file', async (_name, status, body) => {
    named.answer((_request, response) => response.writeHead(status).end(body));
    await expect(fetchFrom(make(), `${named.url}/?apikey=secret-key-1`)).rejects.toMatchObject(refused);
  });

  it('tells nobody the link, which may hold a key', async () => {
    named.answer((_request, response) => response.writeHead(500).end());
    const error: unknown = await fetchFrom(make(), `${named.url}/?apikey=secret-key-1`).catch(
      (reason: unknown) => reason,
    );
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('secret-key-1');
  });

  it('ends with the reason of a caller who has left', async () => {
    named.answer(() => undefined);
    const left = new AbortController();
    const fetching = fetchFrom(make(), named.url, left.signal);
    left.abort(new Error('left'));
    await expect(fetching).rejects.toThrow('left');
  });
});
