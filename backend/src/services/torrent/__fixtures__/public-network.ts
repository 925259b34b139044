// Runs in a network namespace in which every address there is belongs to this machine. A peer at a public address names
// thousands of others, nearly all of which must not be dialled. Prints which were.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createWebServer } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { silentLogger } from '../../../logging/logger.js';
import { SupervisedEngine } from '../supervised.engine.js';
import { bencode } from './bencode-writer.js';
import { extended, RawPeer } from './raw-peer.js';

const infoHash = 'd1a2'.repeat(10);
const peerAddress = '8.8.1.1';
const trackerAddress = '8.8.2.2';
const port = 7_001;
const lowPorts = [22, 25, 80, 443];
/** Named last by the peer, by the tracker and by whoever joined: once they are dialled, all before them were looked at. */
const allowed = { peer: '8.8.100.1', tracker: '8.8.100.2', joined: '8.8.100.3' };

const dialled: string[] = [];
for (const at of [port, ...lowPorts]) {
  const trap = createServer((socket) => {
    socket.on('error', () => undefined);
    dialled.push(`${(socket.localAddress ?? '').replace('::ffff:', '')} ${at}`);
  }).listen(at, '::');
  await once(trap, 'listening');
}

function entry(address: readonly number[], at = port): Buffer {
  return Buffer.from([...address, at >> 8, at & 255]);
}
const named = (address: string) => entry(address.split('.').map(Number));
const wide = (head: string, tail: string) => Buffer.from(head.padEnd(32 - tail.length, '0') + tail, 'hex');

const hosts = Array.from({ length: 700 }, (_, n) => [n >> 8, n & 255] as const);
const four = [
  ...hosts.flatMap(([a, b]) => [
    entry([127, 0, a, b + 1 > 255 ? 255 : b + 1]),
    entry([10, 1, a, b]),
    entry([192, 168, a, b]),
    entry([172, 16, a, b]),
    entry([169, 254, a, b]),
    entry([100, 64, a, b]),
  ]),
  ...hosts.map(([a, b], n) => entry([8, 8, 50 + a, b], lowPorts[n % lowPorts.length])),
  entry([0, 0, 0, 0]),
  entry([168, 63, 129, 16]),
  named(peerAddress).fill(0, 4),
];
const six = ['', 'fc00', 'fe80', '00000000000000000000ffff'].flatMap((head) =>
  Array.from({ length: 60 }, (_, n) => {
    const tail = head.endsWith('ffff') ? `0a0100${n.toString(16).padStart(2, '0')}` : (n + 1).toString(16);
    return Buffer.concat([wide(head, tail), entry([], port)]);
  }),
);

const tracker = createWebServer((_request, response) => {
  const peers = Buffer.concat([...four.slice(-100), named(allowed.tracker)]);
  response.end(bencode({ interval: 1800, peers }));
}).listen(0, '::');
await once(tracker, 'listening');
const bound = tracker.address();
const trackerPort = typeof bound === 'object' && bound ? bound.port : 0;

const folder = await mkdtemp(path.join(tmpdir(), 'kinora-public-'));
const engine = new SupervisedEngine({
  store: { kind: 'file', root: folder },
  dht: false,
  logger: silentLogger(),
  allowPrivatePeers: false,
  timing: { silenceMs: 30_000 },
});
await engine.start();
await engine.add({
  infoHash,
  announce: [`http://${trackerAddress}:${trackerPort}/announce`],
  peers: ['127.0.0.1:7001', '10.0.0.1:7001', `${allowed.joined}:25`, `${allowed.joined}:7001`],
});
const peer = await RawPeer.open(engine.peerPort, infoHash, peerAddress);
const isTaken = await peer.isGreetedWithin(30_000);
peer.send(extended(0, 'd1:md6:ut_pexi2eee'));
const fields: [key: string, value: Buffer][] = [
  ['added', Buffer.concat([...four, named(allowed.peer)])],
  ['added.f', Buffer.alloc(four.length + 1)],
  ['added6', Buffer.concat(six)],
  ['added6.f', Buffer.alloc(six.length)],
];
const parts = fields.flatMap(([key, value]) => [Buffer.from(`${key.length}:${key}${value.length}:`), value]);
peer.send(extended(2, Buffer.concat([Buffer.from('d'), ...parts, Buffer.from('e')])));
const deadline = performance.now() + 40_000;
const isDone = () => Object.values(allowed).every((address) => dialled.includes(`${address} ${port}`));
while (!isDone() && performance.now() < deadline) await delay(20);
// What is dialled late would be within a second.
await delay(1_500);
peer.close();
await engine.stop();
await rm(folder, { recursive: true, force: true });
const names = four.length + six.length + 1;
process.stdout.write(`${JSON.stringify({ isTaken, names, dialled })}\n`, () => process.exit(0));
