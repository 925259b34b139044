import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, stat, truncate } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../logging/logger.js';
import { bencode } from './__fixtures__/bencode-writer.js';
import { hasLibtorrent, LoopbackSwarm, type Payload } from './__fixtures__/loopback-swarm.js';
import { message, RawPeer } from './__fixtures__/raw-peer.js';
import { SupervisedEngine } from './supervised.engine.js';
import {
  EngineUnavailableError,
  MetadataTimeoutError,
  TorrentInvalidError,
  TorrentRefusedError,
} from './torrent.errors.js';

const describeSwarm = hasLibtorrent ? describe : describe.skip;
if (!hasLibtorrent) it.skip('needs python3-libtorrent for a seeder that is not WebTorrent', () => undefined);

// A busy machine must not look like a hung engine here.
const timing = { silenceMs: 5_000 };

const unchoke = message(1);
const request = 6;
const piece = 7;
const haveAll = message(14);

let swarm: LoopbackSwarm;
let engine: SupervisedEngine;
let count = 0;

beforeAll(async () => {
  swarm = await new LoopbackSwarm().open();
});

afterAll(async () => {
  await swarm.close();
});

/** What the engine said of itself. */
let told: string[];

beforeEach(async () => {
  count += 1;
  told = [];
  engine = new SupervisedEngine({
    store: { kind: 'file', root: dataDir() },
    dht: false,
    allowPrivatePeers: true,
    logger: silentLogger(),
    timing,
    // A machine with much else to do may start it late.
    patienceMs: 60_000,
    onRestart: () => told.push('restart'),
    onSetAside: (torrent) => told.push(`set aside ${torrent}`),
  });
  await engine.start();
});

afterEach(async () => {
  await engine.stop();
});

function dataDir(): string {
  return path.join(swarm.folder, `engine-${count}`, 'chunks');
}

async function read(payload: Payload, start = 0, end = payload.bytes.length, fileIndex = 0): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const { signal } = new AbortController();
  for await (const chunk of engine.read({
    infoHash: payload.infoHash,
    fileIndex,
    range: { start, end },
    signal,
  })) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}

function withResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}

function handshakeFor(infoHash: string): Buffer {
  const id = Buffer.from('-XX0001-123456789012');
  return Buffer.concat([
    Buffer.from('\x13BitTorrent protocol'),
    Buffer.alloc(8),
    Buffer.from(infoHash, 'hex'),
    id,
  ]);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describeSwarm('SupervisedEngine in a real swarm', () => {
  it('reads a whole film that an independent seeder has, from the .torrent file', async () => {
    const payload = await swarm.payload();
    await swarm.seed(payload);
    await engine.add(payload);
    expect(sha256(await read(payload))).toBe(payload.sha256);
    expect(await engine.progress(payload.infoHash, 0)).toEqual({
      downloadedBytes: payload.bytes.length,
      ranges: [{ start: 0, end: payload.bytes.length }],
    });
  });

  it('reads from a magnet: metadata comes from the swarm and can be kept', async () => {
    const payload = await swarm.payload();
    await swarm.seed(payload);
    const { infoHash, announce } = payload;
    await engine.add({ infoHash, announce });
    const metadata = await engine.waitForMetadata(infoHash, { timeoutMs: 30_000 });
    expect(metadata).toMatchObject({ name: 'film.mp4', length: payload.bytes.length, isPrivate: false });
    expect(sha256(await read(payload))).toBe(payload.sha256);
    const kept = await engine.torrentFile(infoHash);
    await engine.remove(infoHash, { deleteData: true });
    await engine.add({ infoHash, announce, torrentFile: kept ?? new Uint8Array() });
    expect(await read(payload, 5, 15)).toEqual(payload.bytes.subarray(5, 15));
  });

  it('reads a range in the middle without fetching the rest, and lets go of it afterwards', async () => {
    const payload = await swarm.payload({ files: { 'film.mp4': 48 * 1024 * 1024 }, pieceLength: 256 * 1024 });
    await swarm.seed(payload);
    await engine.add(payload);
    const start = 30_000_001;
    const middle = await read(payload, start, start + 1_000_000);
    expect(middle.equals(payload.bytes.subarray(start, start + 1_000_000))).toBe(true);
    const { downloadedBytes, ranges } = await engine.progress(payload.infoHash, 0);
    expect(downloadedBytes).toBeLessThan(2_000_000);
    expect(ranges).toHaveLength(1);
    expect(await engine.counters(payload.infoHash)).toMatchObject({ readers: 0, requests: 0 });
  });

  it('lets go of everything when a reader is abandoned, and a seek does not wait for what lies between', async () => {
    const payload = await swarm.payload({ files: { 'film.mp4': 24 * 1024 * 1024 }, pieceLength: 128 * 1024 });
    await swarm.seed(payload, 2_000_000);
    await engine.add(payload);
    const { infoHash } = payload;
    const leaving = new AbortController();
    const reader = engine
      .read({
        infoHash,
        fileIndex: 0,
        range: { start: 0, end: payload.bytes.length },
        signal: leaving.signal,
      })
      [Symbol.asyncIterator]();
    await reader.next();
    expect((await engine.counters(infoHash))?.readers).toBe(1);
    leaving.abort();
    expect((await reader.next()).done).toBe(true);
    await until(async () => (await engine.counters(infoHash))?.readers === 0);
    expect(await engine.counters(infoHash)).toMatchObject({ readers: 0, requests: 0 });

    const at = 20 * 1024 * 1024;
    expect(await read(payload, at, at + 1000)).toEqual(payload.bytes.subarray(at, at + 1000));
    expect((await engine.progress(infoHash, 0)).downloadedBytes).toBeLessThan(12 * 1024 * 1024);
  });

  it('holds back for a reader that does not pull (F25)', async () => {
    const payload = await swarm.payload({ files: { 'film.mp4': 48 * 1024 * 1024 }, pieceLength: 256 * 1024 });
    await swarm.seed(payload);
    await engine.add(payload);
    const { signal } = new AbortController();
    const reader = engine
      .read({
        infoHash: payload.infoHash,
        fileIndex: 0,
        range: { start: 0, end: payload.bytes.length },
        signal,
      })
      [Symbol.asyncIterator]();
    await reader.next();
    await until(async () => (await engine.progress(payload.infoHash, 0)).downloadedBytes > 28_000_000);
    await until(async () => (await engine.counters(payload.infoHash))?.requests === 0);
    expect((await engine.progress(payload.infoHash, 0)).downloadedBytes).toBeLessThan(36 * 1024 * 1024);
    await reader.return();
  });

  it('fetches all of a film beside a reader that has enough, until pieces are given back', async () => {
    const payload = await swarm.payload({
      files: { 'film.mp4': 160 * 1024 * 1024 },
      pieceLength: 1024 * 1024,
    });
    await swarm.seed(payload);
    await engine.add(payload);
    const { infoHash } = payload;
    await engine.fetchWhole(infoHash, 0);
    const { signal } = new AbortController();
    const range = { start: 0, end: payload.bytes.length };
    const reader = engine.read({ infoHash, fileIndex: 0, range, signal })[Symbol.asyncIterator]();
    await reader.next();
    const progress = async () => (await engine.progress(infoHash, 0)).downloadedBytes;
    await until(async () => (await progress()) === payload.bytes.length);
    await until(async () => (await engine.status(infoHash))?.unstoredBytes === 0);
    const which = { bytes: 40 * 1024 * 1024, headBytes: 0, tailBytes: 1024 * 1024 };
    const given = await engine.forgetPieces(infoHash, which);
    expect(given).toBe(40 * 1024 * 1024);
    // What would be asked for again would be within a second.
    for (let look = 0; look < 10; look += 1) {
      await delay(100);
      expect((await engine.counters(infoHash))?.requests).toBe(0);
    }
    expect(await progress()).toBe(payload.bytes.length - given);
    await reader.return();
  });

  (process.platform === 'linux' ? it : it.skip)('loads no native extras that it does not use', async () => {
    const maps = await readFile(`/proc/${engine.pid}/maps`, 'utf8');
    expect(maps.split('\n').filter((line) => line.endsWith('.node'))).toEqual([]);
  });

  it('fetches nothing besides while nobody reads', async () => {
    const payload = await swarm.payload({ files: { 'film.mp4': 8 * 1024 * 1024 } });
    await swarm.seed(payload);
    await engine.add(payload);
    const { infoHash } = payload;
    await engine.fetchWhole(infoHash, 0);
    await until(async () => ((await engine.status(infoHash))?.kinds.willing ?? 0) > 0);
    for (let look = 0; look < 10; look += 1) {
      await delay(100);
      expect((await engine.counters(infoHash))?.requests).toBe(0);
    }
    expect((await engine.progress(infoHash, 0)).downloadedBytes).toBe(0);
  });

  it('fetches the first four megabytes for a reader that is expected, and no more when none comes', async () => {
    const payload = await swarm.payload({
      files: { 'film.mp4': 24 * 1024 * 1024 },
      pieceLength: 256 * 1024,
    });
    await swarm.seed(payload);
    await engine.add(payload);
    const { infoHash } = payload;
    await engine.waitForMetadata(infoHash, { timeoutMs: 30_000 });
    await engine.expectReader(infoHash, 0);
    const head = 4 * 1024 * 1024;
    await until(async () => (await engine.progress(infoHash, 0)).downloadedBytes >= head);
    for (let look = 0; look < 10; look += 1) {
      await delay(100);
      expect((await engine.counters(infoHash))?.requests).toBe(0);
    }
    expect((await engine.progress(infoHash, 0)).ranges).toEqual([{ start: 0, end: head }]);
    expect(await read(payload, 0, 10)).toEqual(payload.bytes.subarray(0, 10));
  });

  it('finishes a read although the engine is killed in the middle of it (F32)', async () => {
    const payload = await swarm.payload({ files: { 'film.mp4': 8 * 1024 * 1024 } });
    await swarm.seed(payload, 6_000_000);
    await engine.add({ infoHash: payload.infoHash, announce: payload.announce });
    await engine.waitForMetadata(payload.infoHash, { timeoutMs: 30_000 });
    const first = engine.pid ?? 0;
    const chunks: Uint8Array[] = [];
    const range = { start: 0, end: payload.bytes.length };
    const { signal } = new AbortController();
    for await (const chunk of engine.read({ infoHash: payload.infoHash, fileIndex: 0, range, signal })) {
      chunks.push(chunk);
      if (chunks.length === 4) process.kill(first, 'SIGKILL');
    }
    expect(sha256(Buffer.concat(chunks))).toBe(payload.sha256);
    expect(engine.pid).not.toBe(first);
  });

  it('leaves a peer that takes requests and never answers, once another can serve (T13)', async () => {
    const payload = await swarm.payload({ files: { 'film.mp4': 1024 * 1024 } });
    await engine.add(payload);
    const silent = await RawPeer.open(engine.peerPort, payload.infoHash);
    await silent.isGreetedWithin(30_000);
    silent.send(Buffer.concat([haveAll, unchoke]));
    const reading = read(payload);
    await until(() => Promise.resolve(silent.messages.some(({ id }) => id === request)));
    const started = performance.now();
    await swarm.seed(payload);
    expect(sha256(await reading)).toBe(payload.sha256);
    // The library's own patience is 30 s.
    expect(performance.now() - started).toBeLessThan(25_000);
    silent.close();
  });

  it.each([
    ['too short', 0, 100],
    ['off the grid', 8, 16 * 1024],
    ['of a piece that does not exist', 1 << 16, 16 * 1024],
  ])('leaves a peer whose block is %s (T02)', async (what, shift, length) => {
    const payload = await swarm.payload({ files: { 'film.mp4': 1024 * 1024 } });
    await engine.add(payload);
    const liar = await RawPeer.open(engine.peerPort, payload.infoHash);
    await liar.isGreetedWithin(30_000);
    liar.send(Buffer.concat([haveAll, unchoke]));
    const reading = read(payload).catch(() => null);
    await until(() => Promise.resolve(liar.messages.some(({ id }) => id === request)));
    const [asked] = liar.messages.filter(({ id }) => id === request);
    const head = Buffer.from(asked?.payload.subarray(0, 8) ?? []);
    const at = what.startsWith('of a piece') ? 0 : 4;
    head.writeUInt32BE(head.readUInt32BE(at) + shift, at);
    liar.send(message(piece, Buffer.concat([head, Buffer.alloc(length)])));
    expect(await liar.isClosedWithin(30_000)).toBe(true);
    await engine.remove(payload.infoHash);
    expect(await reading).toBeNull();
  });

  it('asks others for what a peer owed when it chokes', async () => {
    const payload = await swarm.payload({ files: { 'film.mp4': 1024 * 1024 } });
    await engine.add(payload);
    const moody = await RawPeer.open(engine.peerPort, payload.infoHash);
    await moody.isGreetedWithin(30_000);
    moody.send(Buffer.concat([haveAll, unchoke]));
    const reading = read(payload);
    await until(() => Promise.resolve(moody.messages.some(({ id }) => id === request)));
    moody.send(message(0));
    await swarm.seed(payload);
    expect(sha256(await reading)).toBe(payload.sha256);
    moody.close();
  });

  it('never serves bytes that fail their hash, and bans who sends them (T12)', async () => {
    const payload = await swarm.payload({ files: { 'film.mp4': 2 * 1024 * 1024 }, pieceLength: 16 * 1024 });
    await engine.add(payload);
    const poisoner = await RawPeer.open(engine.peerPort, payload.infoHash);
    await poisoner.isGreetedWithin(30_000);
    let junk = 0;
    poisoner.socket.on('data', () => {
      const asked = poisoner.messages.filter(({ id }) => id === request);
      for (const { payload: block } of asked.slice(junk)) {
        junk += 1;
        poisoner.send(message(piece, Buffer.concat([block.subarray(0, 8), Buffer.alloc(16 * 1024, junk)])));
      }
    });
    poisoner.send(Buffer.concat([haveAll, unchoke]));
    const reading = read(payload);
    expect(await poisoner.isClosedWithin(30_000)).toBe(true);
    expect(junk).toBeLessThan(20);
    await swarm.seed(payload);
    expect(sha256(await reading)).toBe(payload.sha256);
  });

  it('keeps what it has over a restart and reads it without any peer', async () => {
    const payload = await swarm.payload();
    await swarm.seed(payload);
    await engine.add(payload);
    await read(payload);
    await engine.stop();
    await engine.start();
    const { infoHash, torrentFile } = payload;
    await engine.remove(infoHash);
    await engine.add({ infoHash, torrentFile, announce: [] });
    expect(sha256(await read(payload))).toBe(payload.sha256);
  });

  it('reads on although what lies on disk is cut short, and gets it again', async () => {
    const payload = await swarm.payload({ files: { 'film.mp4': 6 * 1024 * 1024 } });
    await swarm.seed(payload);
    await engine.add(payload);
    expect(sha256(await read(payload))).toBe(payload.sha256);
    const file = path.join(dataDir(), payload.infoHash, '0.bin');
    await until(async () => (await stat(file)).size === payload.bytes.length);
    await truncate(file, 4_500_000);
    expect(sha256(await read(payload))).toBe(payload.sha256);
  });

  it('serves several readers of one film at different places, from the swarm and from disk', async () => {
    const payload = await swarm.payload({ files: { 'film.mp4': 24 * 1024 * 1024 }, pieceLength: 256 * 1024 });
    await swarm.seed(payload);
    await engine.add(payload);
    const starts = [0, 5_000_001, 12_345_678, 20_000_000, 0];
    const parts = await Promise.all(starts.map((start) => read(payload, start)));
    for (const [index, part] of parts.entries())
      expect(sha256(part)).toBe(sha256(payload.bytes.subarray(starts[index])));
    expect(sha256(await read(payload))).toBe(payload.sha256);
  });

  it('keeps files of hostile and of equal names apart, inside its own folder (T09, T10)', async () => {
    const size = 100_000;
    const payload = await swarm.payload({
      files: { '../../evil/film.mp4': size, 'S1/E01.mkv': size, 'S2/E01.mkv': size },
    });
    const { infoHash, torrentFile, announce } = payload;
    await swarm.seed(payload).catch(() => undefined);
    await engine.add({ infoHash, torrentFile, announce });
    for (const fileIndex of [0, 1, 2]) {
      const expected = payload.bytes.subarray(fileIndex * size, (fileIndex + 1) * size);
      expect((await read(payload, 0, size, fileIndex)).equals(expected)).toBe(true);
    }
    await engine.stop();
    expect((await readdir(path.join(dataDir(), infoHash))).sort()).toEqual([
      '0.bin',
      '1.bin',
      '2.bin',
      'pieces.bin',
    ]);
    expect(await readdir(dataDir())).toEqual([infoHash]);
    expect((await stat(path.join(dataDir(), infoHash))).mode & 0o777).toBe(0o700);
  });
});

describe('SupervisedEngine without a swarm', () => {
  const infoHash = 'a'.repeat(40);

  it('says that it is looking for peers, and gives up on metadata in time (F21)', async () => {
    await engine.add({ infoHash, announce: [swarm.announceUrl] });
    await expect(engine.waitForMetadata(infoHash, { timeoutMs: 300 })).rejects.toThrow(MetadataTimeoutError);
    expect(await engine.status(infoHash)).toMatchObject({ stage: 'finding-peers', peers: 0, failure: null });
  });

  it('says what it has and that it is interested before the other side has answered, and again once it has', async () => {
    const payload = await swarm.payload({ files: { 'film.mp4': 1000 } });
    const heard: Buffer[] = [];
    const told = withResolver();
    const toldAgain = withResolver();
    const seeder = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (data: Buffer) => {
        heard.push(data);
        const { length } = Buffer.concat(heard);
        if (length >= 68 + 6 + 5) told.resolve();
        if (length >= 68 + 6 + 5 + 5) toldAgain.resolve();
      });
      // WebTorrent answers when it has found the torrent, and has not listened until then.
      void told.promise.then(() => socket.write(handshakeFor(payload.infoHash)));
    }).listen(0, '127.0.0.1');
    await once(seeder, 'listening');
    const { port } = seeder.address() as AddressInfo;
    const tracker = createServer((_asked, answer) => {
      answer.end(bencode({ interval: 1800, peers: Buffer.from([127, 0, 0, 1, port >> 8, port & 255]) }));
    }).listen(0, '127.0.0.1');
    await once(tracker, 'listening');
    const { port: trackerPort } = tracker.address() as AddressInfo;
    await engine.add({ ...payload, announce: [`http://127.0.0.1:${trackerPort}/announce`] });
    await told.promise;
    const bitfield = message(5, Buffer.from([0]));
    expect(Buffer.concat(heard).subarray(68)).toEqual(Buffer.concat([bitfield, message(2)]));
    await toldAgain.promise;
    expect(Buffer.concat(heard).subarray(68 + 6 + 5, 68 + 6 + 5 + 5)).toEqual(message(2));
    tracker.closeAllConnections();
    tracker.close();
    seeder.close();
  });

  it('does not count or dial itself when a tracker names it', async () => {
    const named = withResolver();
    const tracker = createServer((_asked, answer) => {
      const own = Buffer.from([127, 0, 0, 1, engine.peerPort >> 8, engine.peerPort & 255]);
      const other = Buffer.from([127, 0, 0, 1, 0xff, 0xfe]);
      answer.end(bencode({ interval: 1800, peers: Buffer.concat([own, other]) }), named.resolve);
    }).listen(0, '127.0.0.1');
    await once(tracker, 'listening');
    const { port } = tracker.address() as AddressInfo;
    await engine.add({ infoHash, announce: [`http://127.0.0.1:${port}/announce`] });
    await named.promise;
    await until(async () => ((await engine.status(infoHash))?.peersKnown ?? 0) > 0);
    expect(await engine.status(infoHash)).toMatchObject({ peersKnown: 1, peers: 0 });
    tracker.closeAllConnections();
    tracker.close();
  });

  it('ends waiting when the caller leaves', async () => {
    await engine.add({ infoHash, announce: [] });
    const leaving = new AbortController();
    const waiting = engine.waitForMetadata(infoHash, { timeoutMs: 60_000, signal: leaving.signal });
    leaving.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow();
  });

  it('knows nothing of a torrent nobody joined, and refuses a file of another torrent', async () => {
    expect(await engine.status(infoHash)).toBeNull();
    const payload = await swarm.payload({ files: { 'film.mp4': 1000 } });
    await expect(engine.add({ infoHash, announce: [], torrentFile: payload.torrentFile })).rejects.toThrow(
      TorrentInvalidError,
    );
  });

  it('notices a hung engine and is back (F28, F32)', async () => {
    await engine.stop();
    engine = new SupervisedEngine({
      store: { kind: 'file', root: dataDir() },
      dht: false,
      allowPrivatePeers: true,
      logger: silentLogger(),
      timing: { silenceMs: 600 },
    });
    await engine.start();
    await engine.add({ infoHash, announce: [] });
    const hung = engine.pid ?? 0;
    process.kill(hung, 'SIGSTOP');
    await until(() => Promise.resolve(engine.pid !== hung));
    expect(await engine.progress(infoHash, 0)).toEqual({ downloadedBytes: 0, ranges: [] });
    expect((await engine.status(infoHash))?.stage).toBe('finding-peers');
  });

  it('sets a torrent aside that was active in five crashes within a minute (F32)', async () => {
    await engine.add({ infoHash, announce: [] });
    const leaving = new AbortController();
    const reading = engine
      .read({ infoHash, fileIndex: 0, range: { start: 0, end: 1 }, signal: leaving.signal })
      .next();
    const outcome = expect(reading).rejects.toThrow(TorrentRefusedError);
    for (let crash = 0; crash < 5; crash += 1) {
      await until(() => Promise.resolve(engine.lastActive === infoHash));
      const { pid } = engine;
      process.kill(pid ?? 0, 'SIGKILL');
      await until(() => Promise.resolve(engine.pid !== pid));
    }
    await outcome;
    expect(told.filter((word) => word === 'restart')).toHaveLength(5);
    expect(told.filter((word) => word !== 'restart')).toEqual([`set aside ${infoHash}`]);
    expect(await engine.status(infoHash)).toMatchObject({
      stage: 'failed',
      failure: expect.stringContaining('set aside'),
    });
    await expect(engine.add({ infoHash, announce: [] })).rejects.toThrow(TorrentRefusedError);
    await engine.add({ infoHash: 'b'.repeat(40), announce: [] });
  });

  it('fails calls when the engine cannot run', async () => {
    const broken = new SupervisedEngine({
      store: { kind: 'file', root: dataDir() },
      dht: false,
      allowPrivatePeers: true,
      logger: silentLogger(),
      entry: new URL('./no-such-entry.js', import.meta.url),
      patienceMs: 300,
    });
    await expect(broken.start()).rejects.toThrow(EngineUnavailableError);
    await broken.stop();
  });
});
