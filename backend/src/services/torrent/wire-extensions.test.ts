import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../logging/logger.js';
import { hasLibtorrent, LoopbackSwarm, type Payload } from './__fixtures__/loopback-swarm.js';
import { extended, message, RawPeer, words } from './__fixtures__/raw-peer.js';
import { SupervisedEngine } from './supervised.engine.js';

const unchoke = 1;
const have = 4;
const bitfield = 5;
const request = 6;
const piece = 7;
const pieceLength = 32 * 1024;
const pieces = 24;

const swarm = await new LoopbackSwarm().open();
const folder = await mkdtemp(path.join(tmpdir(), 'kinora-extensions-'));
const engine = new SupervisedEngine({
  store: { kind: 'file', root: folder },
  dht: false,
  logger: silentLogger(),
  allowPrivatePeers: true,
  timing: { silenceMs: 30_000 },
});

beforeAll(async () => {
  await engine.start();
});

afterAll(async () => {
  await engine.stop();
  await swarm.close();
  await rm(folder, { recursive: true, force: true });
});

/** A peer that has everything and says so with the handshake of its extensions. */
async function seedAs(payload: Payload, greeting: string): Promise<RawPeer> {
  const peer = await RawPeer.open(engine.peerPort, payload.infoHash);
  expect(await peer.isGreetedWithin(30_000)).toBe(true);
  peer.send(
    Buffer.concat([extended(0, greeting), message(bitfield, Buffer.alloc(3, 255)), message(unchoke)]),
  );
  return peer;
}

/** Requests of the peer from the first it has not answered on. */
function requestsTo(peer: RawPeer): Buffer[] {
  return peer.messages.filter(({ id }) => id === request).map(({ payload }) => payload);
}

function answer(peer: RawPeer, payload: Payload, asked: Buffer): void {
  const at = asked.readUInt32BE(0) * pieceLength + asked.readUInt32BE(4);
  const block = payload.bytes.subarray(at, at + asked.readUInt32BE(8));
  peer.send(message(piece, Buffer.concat([asked.subarray(0, 8), block])));
}

function read(payload: Payload): Promise<Buffer> {
  const range = { start: 0, end: payload.bytes.length };
  const { signal } = new AbortController();
  const chunks: Uint8Array[] = [];
  const reading = async () => {
    for await (const chunk of engine.read({ infoHash: payload.infoHash, fileIndex: 0, range, signal }))
      chunks.push(chunk);
    return Buffer.concat(chunks);
  };
  return reading();
}

async function film(): Promise<Payload> {
  const payload = await swarm.payload({ files: { 'film.mp4': pieces * pieceLength }, pieceLength });
  const { infoHash, torrentFile } = payload;
  await engine.add({ infoHash, torrentFile, announce: [] });
  return payload;
}

describe('what peers say with extensions', () => {
  it('keeps to the number of requests a peer takes at once (BEP 10)', async () => {
    const payload = await film();
    const peer = await seedAs(payload, 'd1:md11:lt_donthavei7ee4:reqqi2ee');
    let answered = 0;
    let most = 0;
    const serve = () => {
      const asked = requestsTo(peer);
      most = Math.max(most, asked.length - answered);
      // One at a time, so that what comes next tells how many it is owed.
      const next = asked[answered];
      if (!next) return;
      answered += 1;
      answer(peer, payload, next);
    };
    const timer = setInterval(serve, 5);
    expect((await read(payload)).equals(payload.bytes)).toBe(true);
    clearInterval(timer);
    expect(most).toBeLessThanOrEqual(2);
    peer.close();
  });

  it('asks nobody for what it has given back, and asks again when it is there again (BEP 54)', async () => {
    const payload = await film();
    // Our number for its extension is the third: after metadata and peer exchange.
    const peer = await seedAs(payload, 'd1:md11:lt_donthavei7eee');
    peer.send(extended(3, words(5)));
    let answered = 0;
    const serve = () => {
      for (const asked of requestsTo(peer).slice(answered)) {
        answered += 1;
        expect(asked.readUInt32BE(0) === 5 && !isBack).toBe(false);
        answer(peer, payload, asked);
      }
    };
    let isBack = false;
    const timer = setInterval(serve, 5);
    const reading = read(payload);
    while (answered < (pieces - 1) * 2) await peer.isClosedWithin(20);
    isBack = true;
    peer.send(message(have, words(5)));
    expect((await reading).equals(payload.bytes)).toBe(true);
    clearInterval(timer);
    peer.close();
  });

  (hasLibtorrent ? it : it.skip)(
    'tells peers what has been given back, and that it is here again (BEP 54)',
    async () => {
      const payload = await swarm.payload({
        files: { 'film.mp4': 96 * 1024 * 1024 },
        pieceLength: 1024 * 1024,
      });
      await swarm.seed(payload);
      await engine.add(payload);
      const peer = await RawPeer.open(engine.peerPort, payload.infoHash);
      expect(await peer.isGreetedWithin(30_000)).toBe(true);
      peer.send(extended(0, 'd1:md11:lt_donthavei7eee'));
      const range = { start: 0, end: payload.bytes.length };
      const { signal } = new AbortController();
      for await (const chunk of engine.read({ infoHash: payload.infoHash, fileIndex: 0, range, signal }))
        expect(chunk.length).toBeGreaterThan(0);
      while ((await engine.status(payload.infoHash))?.unstoredBytes !== 0) await peer.isClosedWithin(20);
      const given = await engine.forgetPieces(payload.infoHash, {
        bytes: 3 * 1024 * 1024,
        headBytes: 1024 * 1024,
        tailBytes: 1024 * 1024,
      });
      expect(given).toBe(3 * 1024 * 1024);
      const gone = () =>
        peer.messages
          .filter(({ id, payload: said }) => id === 20 && said[0] === 7)
          .map(({ payload: said }) => said.readUInt32BE(1));
      while (gone().length < 3) expect(await peer.isClosedWithin(20)).toBe(false);
      expect(gone()).toEqual([1, 2, 3]);
      const again = () =>
        peer.messages.filter(({ id, payload: said }) => id === have && said.readUInt32BE(0) === 2).length;
      const before = again();
      for await (const chunk of engine.read({ infoHash: payload.infoHash, fileIndex: 0, range, signal })) {
        expect(chunk.length).toBeGreaterThan(0);
        if (again() > before) break;
      }
      while (again() === before) expect(await peer.isClosedWithin(20)).toBe(false);
      peer.close();
    },
  );
});
