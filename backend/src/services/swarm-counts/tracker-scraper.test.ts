import dgram from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PermittedDispatcher } from '../../http-client/permitted.dispatcher.js';
import { TorrentDownloads } from '../../http-client/torrent-downloads.js';
import { startUpstream, type Upstream } from '../../test-support/upstream.js';
import { bencode } from '../torrent/__fixtures__/bencode-writer.js';
import { publicOnlyAgent } from '../torrent/network-guard.js';
import { isPublicAddress } from '../torrent/peer-addresses.js';
import { readScrape, scrapeUrl } from './http-scrape.js';
import { TrackerScraper } from './tracker-scraper.js';

const a = 'a1'.repeat(20);
const b = 'b2'.repeat(20);
const { signal } = new AbortController();

/** `files` of an answer; keys are raw bytes. */
function scrapeOf(counts: Readonly<Record<string, Readonly<Record<string, number>>>>): Buffer {
  const entries = Object.entries(counts).map(([hash, count]) =>
    Buffer.concat([bencode(Buffer.from(hash, 'hex')), bencode(count)]),
  );
  return Buffer.concat([Buffer.from('d5:filesd'), ...entries, Buffer.from('ee')]);
}

describe('scrapeUrl (BEP 48)', () => {
  it.each([
    ['http://t.example/announce', `http://t.example/scrape?info_hash=${'%a1'.repeat(20)}`],
    [
      'http://t.example/x/announce.php?k=1',
      `http://t.example/x/scrape.php?k=1&info_hash=${'%a1'.repeat(20)}`,
    ],
    ['http://t.example/announce/x', null],
    ['http://t.example/x', null],
  ])('%s: %s', (announce, expected) => {
    expect(scrapeUrl(new URL(announce), [a])?.href ?? null).toBe(expected);
  });
});

describe('readScrape', () => {
  it('reads what was asked for, and only counts that make sense', () => {
    const answer = scrapeOf({ [a]: { complete: 7, incomplete: 2 }, [b]: { complete: 3 } });
    expect(readScrape(answer, [a, b])).toEqual([
      { infoHash: a, seeders: 7, leechers: 2 },
      { infoHash: b, seeders: 3, leechers: 0 },
    ]);
    expect(readScrape(answer, [b])).toHaveLength(1);
    expect(readScrape(scrapeOf({ [a]: { complete: -1 }, [b]: { complete: 10_000_000 } }), [a, b])).toEqual(
      [],
    );
    expect(readScrape(Buffer.from('d14:failure reason2:noe'), [a])).toEqual([]);
    expect(() => readScrape(Buffer.from('d5:files'), [a])).toThrow();
  });
});

describe('TrackerScraper', () => {
  let http: Upstream;
  let udp: dgram.Socket;
  let asked: Buffer[];
  let ends: { close(): Promise<void> }[];
  /** What the tracker answers a scrape with. */
  let answer: (request: Buffer, send: (message: Buffer) => void) => void;

  const counts = (request: Buffer, seeders: number): Buffer => {
    const message = Buffer.alloc(8 + 12 * ((request.length - 16) / 20));
    message.writeUInt32BE(2, 0);
    request.copy(message, 4, 12, 16);
    for (let at = 8; at < message.length; at += 12) message.writeUInt32BE(seeders, at);
    return message;
  };

  beforeEach(async () => {
    [asked, ends] = [[], []];
    answer = (request, send) => send(counts(request, 9));
    http = await startUpstream((_request, response) =>
      response.end(scrapeOf({ [a]: { complete: 5, incomplete: 1 } })),
    );
    udp = dgram.createSocket('udp4');
    udp.on('message', (message, { address, port }) => {
      const send = (reply: Buffer) => udp.send(reply, port, address);
      asked.push(message);
      if (message.length === 16) {
        const connected = Buffer.alloc(16);
        message.copy(connected, 4, 12, 16);
        connected.write('connect!', 8);
        send(connected);
      } else answer(message, send);
    });
    udp.bind(0, '127.0.0.1');
    await once(udp, 'listening');
  });

  afterEach(async () => {
    udp.close();
    await Promise.all([http.stop(), ...ends.map((end) => end.close())]);
  });

  const udpUrl = () => `udp://127.0.0.1:${udp.address().port}/announce`;
  function make({ named = [] as string[], timeoutMs = 20_000, mayUseUdp = true } = {}): TrackerScraper {
    const permitted = new PermittedDispatcher();
    permitted.setPermission({ kind: 'open' });
    const publicOnly = publicOnlyAgent();
    ends.push(permitted, publicOnly);
    return new TrackerScraper({
      downloads: new TorrentDownloads({ userAgent: 'x', publicOnly, permitted, isOpen: () => true }),
      named,
      mayAsk: isPublicAddress,
      mayUseUdp: () => mayUseUdp,
      timeoutMs,
    });
  }

  it('asks an HTTP tracker (BEP 48)', async () => {
    const tracker = `${http.url}/announce`;
    expect(await make({ named: [tracker] }).scrape(tracker, [a, b], signal)).toEqual([
      { infoHash: a, seeders: 5, leechers: 1 },
    ]);
  });

  it('asks a UDP tracker (BEP 15)', async () => {
    expect(await make({ named: [udpUrl()] }).scrape(udpUrl(), [a, b], signal)).toEqual([
      { infoHash: a, seeders: 9, leechers: 0 },
      { infoHash: b, seeders: 9, leechers: 0 },
    ]);
    expect(asked[0]?.readBigUInt64BE(0)).toBe(0x41727101980n);
    expect(asked[1]?.subarray(0, 8).toString()).toBe('connect!');
    expect(asked[1]?.subarray(16).toString('hex')).toBe(a + b);
  });

  it('passes over datagrams that are no answer to its own question', async () => {
    answer = (request, send) => {
      const foreign = counts(request, 1_000);
      foreign.writeUInt32BE((foreign.readUInt32BE(4) + 1) >>> 0, 4);
      send(foreign);
      send(Buffer.from('short'));
      send(counts(request, 4));
    };
    expect(await make({ named: [udpUrl()] }).scrape(udpUrl(), [a], signal)).toMatchObject([{ seeders: 4 }]);
  });

  it('takes what a cut answer holds, and fails on a refusal and on silence', async () => {
    const scraper = make({ named: [udpUrl()] });
    answer = (request, send) => send(counts(request, 4).subarray(0, 20));
    expect(await scraper.scrape(udpUrl(), [a, b], signal)).toHaveLength(1);
    answer = (request, send) => {
      const refusal = Buffer.alloc(8);
      refusal.writeUInt32BE(3, 0);
      request.copy(refusal, 4, 12, 16);
      send(refusal);
    };
    await expect(scraper.scrape(udpUrl(), [a], signal)).rejects.toThrow('refuses');
    answer = () => undefined;
    await expect(make({ named: [udpUrl()], timeoutMs: 100 }).scrape(udpUrl(), [a], signal)).rejects.toThrow(
      'did not answer',
    );
  });

  it('asks nobody at a private address whom a torrent names (T15)', async () => {
    for (const tracker of [udpUrl(), `${http.url}/announce`, `udp://localhost:${udp.address().port}`])
      await expect(make().scrape(tracker, [a], signal)).rejects.toThrow();
    expect(asked).toEqual([]);
    expect(http.requests).toEqual([]);
  });

  it('sends no datagram while they may not leave', async () => {
    const closed = make({ named: [udpUrl()], mayUseUdp: false });
    await expect(closed.scrape(udpUrl(), [a], signal)).rejects.toThrow('may not leave');
    expect(asked).toEqual([]);
  });

  it('cannot ask a tracker of another kind', async () => {
    await expect(make().scrape('wss://t.example/announce', [a], signal)).rejects.toThrow('cannot be asked');
  });
});
