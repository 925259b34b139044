import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../logging/logger.js';
import { bencode } from './__fixtures__/bencode-writer.js';
import { extended, RawPeer } from './__fixtures__/raw-peer.js';
import { attacks, toMetadata } from './__fixtures__/wire-attacks.js';
import { SupervisedEngine } from './supervised.engine.js';
import { MetadataTimeoutError } from './torrent.errors.js';

const info = bencode({ length: 40_000, name: 'film.mp4', 'piece length': 16_384, pieces: Buffer.alloc(60) });
const infoHash = createHash('sha1').update(info).digest('hex');
const foreign = bencode({
  length: 40_000,
  name: 'other.mkv',
  'piece length': 16_384,
  pieces: Buffer.alloc(60, 1),
});
const manyFiles = bencode({
  files: Array.from({ length: 10_001 }, (_, n) => ({ length: 1, path: [`${n}`] })),
  name: 'many',
  'piece length': 16_384,
  pieces: Buffer.alloc(20),
});

const folder = await mkdtemp(path.join(tmpdir(), 'kinora-hostile-'));
const options = {
  store: { kind: 'file', root: folder } as const,
  dht: false,
  logger: silentLogger(),
  timing: { silenceMs: 5_000 },
};
const engine = new SupervisedEngine({ ...options, allowPrivatePeers: true });

beforeAll(async () => {
  await engine.start();
});

afterAll(async () => {
  await engine.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('the engine among hostile peers', () => {
  it.each(attacks)('survives %s', async (_name, bytes, closes) => {
    await engine.add({ infoHash, announce: [] });
    const process = engine.pid;
    const peer = await RawPeer.open(engine.peerPort, infoHash);
    expect(await peer.isGreetedWithin(30_000)).toBe(true);
    peer.send(bytes);
    expect(await peer.isClosedWithin(closes ? 30_000 : 100)).toBe(closes);
    peer.close();
    expect((await engine.status(infoHash))?.failure).toBeNull();
    expect(engine.pid).toBe(process);
  });

  it('takes the right metadata from a peer that calls', async () => {
    await rejoin();
    const peer = await serveMetadata(infoHash, info);
    expect((await engine.waitForMetadata(infoHash, { timeoutMs: 30_000 })).name).toBe('film.mp4');
    peer.close();
  });

  it('does not take the metadata of another torrent from a peer that calls (T03)', async () => {
    await rejoin();
    const peer = await serveMetadata(infoHash, foreign);
    await expect(engine.waitForMetadata(infoHash, { timeoutMs: 500 })).rejects.toThrow(MetadataTimeoutError);
    expect(peer.asked).toBeGreaterThan(0);
    expect((await engine.status(infoHash))?.metadata).toBeNull();
    expect(await peer.isClosedWithin(30_000)).toBe(true);
    expect(await readdir(folder)).toEqual([]);
  });

  it('asks eight silent peers for metadata at once, and then the one that has it (T17)', async () => {
    await rejoin();
    const silent = await Promise.all(
      Array.from({ length: 12 }, () => RawPeer.open(engine.peerPort, infoHash)),
    );
    for (const peer of silent) {
      expect(await peer.isGreetedWithin(30_000)).toBe(true);
      peer.send(extended(0, `d1:md11:ut_metadatai3ee13:metadata_sizei${4 * 1024 * 1024}ee`));
    }
    const peer = await serveMetadata(infoHash, info);
    const had = engine.waitForMetadata(infoHash, { timeoutMs: 30_000 });
    expect(await answered(silent, 8)).toBe(8);
    expect((await had).name).toBe('film.mp4');
    for (const other of [peer, ...silent]) other.close();
  }, 60_000);

  it('does not fetch what a torrent says lies on the web (T18)', async () => {
    let visits = 0;
    const web = createServer((_request, response) => {
      visits += 1;
      response.end(Buffer.alloc(40_000));
    });
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    const { port } = web.address() as AddressInfo;
    const torrentFile = Buffer.concat([
      Buffer.from('d4:info'),
      info,
      Buffer.from(
        `8:url-list${`http://127.0.0.1:${port}/film.mp4`.length}:http://127.0.0.1:${port}/film.mp4e`,
      ),
    ]);
    await engine.remove(infoHash, { deleteData: true });
    await engine.add({ infoHash, announce: [], torrentFile });
    const reading = engine.read({
      infoHash,
      fileIndex: 0,
      range: { start: 0, end: 40_000 },
      signal: AbortSignal.timeout(1_000),
    });
    let bytes = 0;
    for await (const chunk of reading) bytes += chunk.length;
    expect([bytes, visits]).toEqual([0, 0]);
    await new Promise((resolve) => web.close(resolve));
  });

  it('refuses right metadata beyond the limits, and says so (T06)', async () => {
    const hash = createHash('sha1').update(manyFiles).digest('hex');
    await engine.add({ infoHash: hash, announce: [] });
    const peer = await serveMetadata(hash, manyFiles);
    await expect(engine.waitForMetadata(hash, { timeoutMs: 30_000 })).rejects.toThrow('10,000 files');
    expect(await engine.status(hash)).toMatchObject({
      stage: 'failed',
      failure: expect.stringContaining('10,000 files'),
    });
    peer.close();
  });

  it('talks to nobody on a private address unless that is allowed (T14)', async () => {
    const strict = new SupervisedEngine({ ...options, allowPrivatePeers: false });
    await strict.start();
    await strict.add({ infoHash, announce: [] });
    const peer = await RawPeer.open(strict.peerPort, infoHash);
    expect(await peer.isClosedWithin(30_000)).toBe(true);
    expect((await strict.status(infoHash))?.peers).toBe(0);
    await strict.stop();
  });
});

async function rejoin(): Promise<void> {
  await engine.remove(infoHash, { deleteData: true });
  await engine.add({ infoHash, announce: [] });
}

/** How many have been asked for metadata, as soon as that many are or when two seconds have brought no more. */
async function answered(peers: readonly RawPeer[], enough: number): Promise<number> {
  const asked = () =>
    peers.filter((peer) => peer.messages.some(({ id, payload }) => id === 20 && payload[0] === 3));
  for (let look = 0; look < 20 && asked().length < enough; look += 1) await peers[0]?.isClosedWithin(100);
  return asked().length;
}

/** A peer that calls, offers metadata and sends what it is asked for. */
async function serveMetadata(
  hash: string,
  metadata: Uint8Array,
): Promise<{ asked: number; close: () => void; isClosedWithin: (ms: number) => Promise<boolean> }> {
  const peer = await RawPeer.open(engine.peerPort, hash);
  expect(await peer.isGreetedWithin(30_000)).toBe(true);
  peer.send(extended(0, `d1:md11:ut_metadatai3ee13:metadata_sizei${metadata.length}ee`));
  const isClosedWithin = (ms: number) => peer.isClosedWithin(ms);
  const state = { asked: 0, close: () => peer.close(), isClosedWithin };
  peer.socket.on('data', () => {
    const asked = peer.messages.filter(({ id, payload }) => id === 20 && payload[0] === 3).slice(state.asked);
    for (const { payload } of asked) {
      state.asked += 1;
      const piece = Number(/piecei(\d+)e/.exec(payload.toString('latin1'))?.[1] ?? 0);
      const block = metadata.subarray(piece * 16_384, (piece + 1) * 16_384);
      const head = `d8:msg_typei1e5:piecei${piece}e10:total_sizei${metadata.length}ee`;
      if (state.asked < 20) peer.send(extended(toMetadata, Buffer.concat([Buffer.from(head), block])));
    }
  });
  return state;
}
