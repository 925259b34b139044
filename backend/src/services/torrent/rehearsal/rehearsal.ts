import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openChunkStores } from '../../../chunk-stores/chunk-stores.js';
import { letThroughTo } from '../network-guard.js';
import { WebTorrentEngine } from '../webtorrent.engine.js';
import { type StandInFilm, standInFilm } from './stand-in-film.js';
import { listenAsSeeder } from './stand-in-seeder.js';

/** As many as most starts have within their first moment: what is done once a peer gets quick by being repeated. */
const seeders = 4;
/** Milliseconds; a machine that has not got through by then has no time for it. */
const patienceMs = 5_000;

/**
 * Plays half a megabyte from this process to itself over loopback, tracker and metadata included, and throws it away. Code that has never
 * run is read and compiled when it is first called, and a start calls nearly all there is, between one round trip and the next: without
 * this the first film after a start of the process waits 90 ms longer than any other. Nothing of it is kept or told to anybody.
 * Answers how many bytes came.
 */
export async function rehearse(): Promise<number> {
  const film = standInFilm();
  const peers = await Promise.all(Array.from({ length: seeders }, () => listenAsSeeder(film)));
  const tracker = await listenAsTracker(peers.map(({ port }) => port));
  const endLetThrough = letThroughTo(portOf(tracker));
  const stores = await openChunkStores({ kind: 'memory', maxBytes: film.bytes.length });
  const engine = new WebTorrentEngine({ stores, dht: false, allowPrivatePeers: true });
  try {
    await engine.start();
    return await play(engine, film, {
      announce: [`http://127.0.0.1:${portOf(tracker)}/announce`],
      peers: peers.map(({ port }) => `127.0.0.1:${port}`),
    });
  } finally {
    await engine.stop();
    endLetThrough();
    for (const { close } of peers) close();
    tracker.close();
    tracker.closeAllConnections();
  }
}

async function play(
  engine: WebTorrentEngine,
  { infoHash, bytes }: StandInFilm,
  where: { announce: string[]; peers: string[] },
): Promise<number> {
  const signal = AbortSignal.timeout(patienceMs);
  await engine.add({ infoHash, ...where });
  await engine.waitForMetadata(infoHash, { timeoutMs: patienceMs });
  const range = { start: 0, end: bytes.length };
  let played = 0;
  for await (const chunk of engine.read({ infoHash, fileIndex: 0, range, signal })) played += chunk.length;
  return played;
}

/** Names the peers, whoever asks (BEP 23). */
async function listenAsTracker(ports: readonly number[]): Promise<Server> {
  const peers = Buffer.concat(ports.map((port) => Buffer.from([127, 0, 0, 1, port >> 8, port & 255])));
  const answer = Buffer.concat([
    Buffer.from(`d8:intervali1800e5:peers${peers.length}:`),
    peers,
    Buffer.from('e'),
  ]);
  const server = createServer((_request, response) => response.end(answer));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
