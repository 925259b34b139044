import dgram from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../logging/logger.js';
import { bencode } from './__fixtures__/bencode-writer.js';
import { words } from './__fixtures__/raw-peer.js';
import { SupervisedEngine } from './supervised.engine.js';
import type { TorrentStatus } from './torrent-engine.port.js';

const folder = await mkdtemp(path.join(tmpdir(), 'kinora-trackers-'));
const options = {
  store: { kind: 'file', root: folder } as const,
  dht: false,
  logger: silentLogger(),
  timing: { silenceMs: 30_000 },
};
const engine = new SupervisedEngine({ ...options, allowPrivatePeers: true });
let torrents = 0;

beforeAll(async () => {
  await engine.start();
});

afterAll(async () => {
  await engine.stop();
  await rm(folder, { recursive: true, force: true });
});

/** `count` peers as trackers name them in few bytes, all where nobody listens. */
function compact(count: number): Buffer {
  const peers = Buffer.alloc(6 * count);
  for (let n = 0; n < count; n += 1) {
    peers.writeUInt32BE(0x7f010000 + (n % 60_000), n * 6);
    peers.writeUInt16BE(2_000 + (n % 60_000), n * 6 + 4);
  }
  return peers;
}

async function listening(listener: RequestListener): Promise<Server> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: { address: () => string | AddressInfo | null }): number {
  return (server.address() as AddressInfo).port;
}

/** What the engine says of a torrent once `condition` holds, or of the last look a minute later. */
async function statusOf(
  asked: SupervisedEngine,
  infoHash: string,
  condition: (status: TorrentStatus) => boolean,
): Promise<TorrentStatus | null> {
  for (let look = 0; look < 600; look += 1) {
    const status = await asked.status(infoHash);
    if (status && condition(status)) return status;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return asked.status(infoHash);
}

async function announceTo(announce: string, asked = engine): Promise<string> {
  torrents += 1;
  const infoHash = torrents.toString(16).padStart(40, 'a');
  await asked.add({ infoHash, announce: [announce] });
  return infoHash;
}

const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, '0'));

const refused: [what: string, complaint: string, listener: RequestListener][] = [
  [
    'names a million peers',
    'too long',
    (_request, response) => response.end(bencode({ peers: compact(1_000_000) })),
  ],
  [
    'packs 64 MB into an answer of 64 KB',
    'too long',
    (_request, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end(bomb);
    },
  ],
  [
    'breaks off in the middle of its answer',
    'terminated',
    (_request, response) => {
      response.setHeader('content-length', 10_000);
      response.write('d8:interval', () => response.destroy());
    },
  ],
  ['answers with a number', 'no sense', (_request, response) => response.end('i5e')],
  ['answers with what no bencode is', '', (_request, response) => response.end('d-3:l-3:')],
  [
    'has failed',
    'gone for good',
    (_request, response) => response.end(bencode({ 'failure reason': 'gone for good' })),
  ],
  [
    'sends us round in a circle',
    '',
    (request, response) => {
      response.writeHead(302, { location: request.url ?? '/' });
      response.end();
    },
  ],
  [
    'never ends its answer',
    'too long',
    (_request, response) => {
      const timer = setInterval(() => response.write(Buffer.alloc(256 * 1024, 'd')), 1);
      response.on('close', () => clearInterval(timer));
    },
  ],
];

const taken: [what: string, known: number, answer: object][] = [
  ['a hundred thousand peers', 200, { peers: compact(100_000) }],
  ['half a peer too many', 200, { peers: compact(150_000).subarray(0, 899_999) }],
  [
    'twenty thousand peers at length',
    200,
    { peers: Array.from({ length: 20_000 }, (_, n) => ({ ip: `127.2.${n >> 8}.${n & 255}`, port: 3_000 })) },
  ],
  // The second kind is the same peer again and again.
  ['peers of both kinds', 151, { peers: compact(150), peers6: Buffer.alloc(18 * 20_000, 7) }],
  ['things that are no peers', 1, { peers: [1, 'x', [], {}, { ip: 5 }, { ip: '127.2.0.1', port: 3_000 }] }],
];

describe('the engine among hostile trackers', () => {
  it.each(refused)('T19 takes nothing from one that %s, and lives on', async (_what, complaint, listener) => {
    const process = engine.pid;
    const server = await listening(listener);
    const infoHash = await announceTo(`http://127.0.0.1:${portOf(server)}/announce`);
    const status = await statusOf(engine, infoHash, ({ trackerWarning }) => trackerWarning !== null);
    expect(status).toMatchObject({ trackerWarning: expect.stringContaining(complaint), peersKnown: 0 });
    expect(engine.pid).toBe(process);
    await engine.remove(infoHash);
    server.closeAllConnections();
    server.close();
  });

  it.each(taken)('T19 takes of an answer with %s so many peers: %i', async (_what, known, answer) => {
    const process = engine.pid;
    const server = await listening((_request, response) => response.end(bencode({ interval: 1, ...answer })));
    const infoHash = await announceTo(`http://127.0.0.1:${portOf(server)}/announce`);
    const status = await statusOf(engine, infoHash, ({ peersKnown }) => peersKnown >= known);
    expect(status?.peersKnown).toBe(known);
    expect(engine.pid).toBe(process);
    await engine.remove(infoHash);
    server.closeAllConnections();
    server.close();
  });

  it('T19 takes at most 200 peers of a datagram, and is not made to ask again at once', async () => {
    let announces = 0;
    const tracker = dgram.createSocket('udp4').bind(0, '127.0.0.1');
    await once(tracker, 'listening');
    tracker.on('message', (message, { port }) => {
      const transaction = message.subarray(12, 16);
      if (message.readUInt32BE(8) === 0) {
        tracker.send(Buffer.concat([words(0), transaction, Buffer.alloc(8, 1)]), port, '127.0.0.1');
        return;
      }
      announces += 1;
      // An interval of 136 years: as a timer it would be over at once.
      const head = Buffer.concat([words(1), transaction, words(0xffffffff, 1, 1)]);
      tracker.send(Buffer.concat([head, compact(5_000)]), port, '127.0.0.1');
    });
    const infoHash = await announceTo(`udp://127.0.0.1:${tracker.address().port}`);
    const status = await statusOf(engine, infoHash, ({ peersKnown }) => peersKnown >= 200);
    expect(status?.peersKnown).toBe(200);
    // Were it over at once, thousands would come in the time of these.
    for (let look = 0; look < 5; look += 1) await statusOf(engine, infoHash, () => true);
    expect(announces).toBe(1);
    await engine.remove(infoHash);
    tracker.close();
  });

  it('T15 asks no tracker whose name leads to a private address, by HTTP, by datagram or by WebSocket', async () => {
    const heard: string[] = [];
    const web = createServer((_request, response) => {
      heard.push('request');
      response.end();
    }).listen(0, '0.0.0.0');
    await once(web, 'listening');
    web.on('connection', () => heard.push('connection'));
    const port = portOf(web);
    const datagrams = dgram
      .createSocket('udp4')
      .on('message', () => heard.push('datagram'))
      .bind(port);
    await once(datagrams, 'listening');
    const strict = new SupervisedEngine({
      ...options,
      allowPrivatePeers: false,
      webRtc: { stunServers: [] },
    });
    await strict.start();
    for (const scheme of ['http', 'udp', 'ws']) {
      // The machine's own name: a private address, or none where it is not known.
      const infoHash = await announceTo(`${scheme}://${hostname()}:${port}/announce`, strict);
      const status = await statusOf(strict, infoHash, ({ trackerWarning }) => trackerWarning !== null);
      expect(status?.trackerWarning).not.toBeNull();
    }
    expect(heard).toEqual([]);
    await strict.stop();
    web.close();
    datagrams.close();
  });
});
