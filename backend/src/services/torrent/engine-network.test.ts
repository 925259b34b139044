import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ChunkStoreSettings } from '../../chunk-stores/chunk-store-settings.js';
import { silentLogger } from '../../logging/logger.js';
import { loadSystemCalls } from '../../network/system-calls.js';
import type { NetworkPermission } from '../../network/tunnel.js';
import { SmallS3Server } from '../../test-support/s3-server.js';
import { bencode } from './__fixtures__/bencode-writer.js';
import { hasLibtorrent, LoopbackSwarm, type Payload } from './__fixtures__/loopback-swarm.js';
import { SupervisedEngine } from './supervised.engine.js';

const describeSwarm = hasLibtorrent ? describe : describe.skip;
if (!hasLibtorrent) it.skip('needs python3-libtorrent for a seeder that is not WebTorrent', () => undefined);

const itWithCalls = loadSystemCalls() ? it : it.skip;

const MiB = 1024 * 1024;
const open: NetworkPermission = { kind: 'open' };
const closed: NetworkPermission = { kind: 'closed', reason: 'tun0 is down.' };

// Real swarms and killed processes take a while on a busy machine.
jest.setTimeout(90_000);

describeSwarm('T56 the engine whose network is taken away and given back', () => {
  let swarm: LoopbackSwarm;
  let engine: SupervisedEngine;
  let count = 0;

  beforeAll(async () => {
    swarm = await new LoopbackSwarm().open();
  });

  afterAll(() => swarm.close());

  afterEach(() => engine.stop());

  async function start(
    network: NetworkPermission,
    store: ChunkStoreSettings = { kind: 'file', root: path.join(swarm.folder, `network-${(count += 1)}`) },
  ): Promise<void> {
    engine = new SupervisedEngine({
      store,
      dht: false,
      allowPrivatePeers: true,
      network,
      logger: silentLogger(),
      // A busy machine must not look like a hung engine here.
      timing: { silenceMs: 5_000 },
      recentPeersMs: 50,
    });
    await engine.start();
  }

  /** Reads all of a film, and counts what has come. */
  function watch({ infoHash, bytes }: Payload) {
    const range = { start: 0, end: bytes.length };
    const watched = { chunks: [] as Uint8Array[], received: 0, done: Promise.resolve() };
    watched.done = (async () => {
      const { signal } = new AbortController();
      for await (const chunk of engine.read({ infoHash, fileIndex: 0, range, signal })) {
        watched.chunks.push(chunk);
        watched.received += chunk.length;
      }
    })();
    return watched;
  }

  it('is another process for another permission, and the same for the same', async () => {
    await start(open);
    const { pid } = engine;
    engine.setNetwork({ kind: 'open' });
    expect(engine.pid).toBe(pid);
    engine.setNetwork(closed);
    await until(() => engine.pid !== pid && engine.isReady());
    const { pid: offline } = engine;
    engine.setNetwork({ kind: 'closed', reason: 'another sentence' });
    expect(engine.pid).toBe(offline);
  });

  itWithCalls(
    'freezes the process whose sockets are to be kept, and ends it with the next permission',
    async () => {
      const bound: NetworkPermission = {
        kind: 'bound',
        tunnel: { interfaceName: 'lo', address: '127.0.0.1', nameServers: [] },
      };
      await start(bound);
      const { pid, peerPort } = engine;
      const peer = connect(peerPort, '127.0.0.1');
      await once(peer, 'connect');
      let isOver = false;
      peer.on('error', () => undefined).on('close', () => (isOver = true));
      engine.setNetwork({ ...closed, keepsSockets: true });
      await until(() => engine.pid !== pid && engine.isReady());
      expect(stateOf(pid)).toBe('T');
      expect(isOver).toBe(false);
      // The tunnel is back, but nobody vouches for it: no longer a reason to keep them.
      engine.setNetwork(closed);
      await until(() => stateOf(pid) === null && isOver);
      engine.setNetwork(bound);
      await until(() => engine.isReady() && engine.peerPort > 0);
    },
  );

  itWithCalls('nothing frozen is left behind by a stop', async () => {
    await start({ kind: 'bound', tunnel: { interfaceName: 'lo', address: '127.0.0.1', nameServers: [] } });
    const { pid } = engine;
    engine.setNetwork({ ...closed, keepsSockets: true });
    await until(() => stateOf(pid) === 'T');
    await engine.stop();
    expect(stateOf(pid)).toBeNull();
  });

  it('asks no tracker while nothing is permitted, and at once when it is', async () => {
    const tracker = await openTracker(() => []);
    await start(closed);
    await engine.add({ infoHash: 'a'.repeat(40), announce: [tracker.url] });
    await engine.status('a'.repeat(40));
    expect(tracker.asked).toBe(0);
    engine.setNetwork(open);
    await until(() => tracker.asked > 0);
    tracker.close();
  });

  it('F20 goes on in the middle of a read with the peers that were good, whatever the trackers say', async () => {
    await start(open);
    const payload = await swarm.payload({ files: { 'film.mp4': 8 * MiB } });
    const port = await swarm.seed(payload, 3_000_000);
    const tracker = await openTracker(() => (tracker.asked === 1 ? [port] : []));
    await engine.add({ ...payload, announce: [tracker.url] });
    const reading = watch(payload);
    await until(() => reading.received > MiB);
    await until(async () => (await engine.goodPeers(payload.infoHash)).length > 0);
    // A look later, which the supervisor takes every 50 ms, it knows them too.
    const received = reading.received + 256 * 1024;
    await until(() => reading.received > received);
    const { pid } = engine;
    engine.setNetwork(closed);
    await until(() => engine.pid !== pid && engine.isReady());
    expect(await engine.status(payload.infoHash)).toMatchObject({ peers: 0 });
    engine.setNetwork(open);
    await reading.done;
    expect(Buffer.concat(reading.chunks).equals(payload.bytes)).toBe(true);
    tracker.close();
  });

  it('reads what lies in the bucket of its store while nothing else is permitted', async () => {
    const s3 = await new SmallS3Server().start();
    await start(open, { kind: 's3', memoryBytes: 4 * MiB, s3: s3.settings });
    const payload = await swarm.payload({ files: { 'film.mp4': 2 * MiB }, pieceLength: 256 * 1024 });
    await swarm.seed(payload);
    await engine.add(payload);
    await watch(payload).done;
    await until(() => [...s3.objects.keys()].filter((key) => key.includes(payload.infoHash)).length === 8);
    const { pid } = engine;
    engine.setNetwork(closed);
    await until(() => engine.pid !== pid && engine.isReady());
    const reading = watch(payload);
    await reading.done;
    expect(Buffer.concat(reading.chunks).equals(payload.bytes)).toBe(true);
    expect(await engine.status(payload.infoHash)).toMatchObject({ peers: 0 });
    await engine.stop();
    await s3.stop();
  });
});

/** As proc(5) has it: `T` is stopped. Null when there is no such process. */
function stateOf(pid: number | undefined): string | null {
  try {
    return /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? null;
  } catch {
    return null;
  }
}

/** A tracker that names these ports of this machine. */
async function openTracker(ports: () => number[]) {
  const server = createServer((_request, answer) => {
    tracker.asked += 1;
    const peers = Buffer.concat(ports().map((port) => Buffer.from([127, 0, 0, 1, port >> 8, port & 255])));
    answer.end(bencode({ interval: 1800, peers }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  const tracker = { asked: 0, url: `http://127.0.0.1:${port}/announce`, close };
  return tracker;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}
