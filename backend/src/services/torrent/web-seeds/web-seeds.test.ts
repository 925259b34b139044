import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { silentLogger } from '../../../logging/logger.js';
import { bencode, type Writable } from '../__fixtures__/bencode-writer.js';
import { hasLibtorrent, LoopbackSwarm } from '../__fixtures__/loopback-swarm.js';
import { RangeServer } from '../__fixtures__/range-server.js';
import { SupervisedEngine } from '../supervised.engine.js';
import { parseTorrentFile } from '../torrent-file.js';

const MiB = 1024 * 1024;

// Real processes take a while on a busy machine.
jest.setTimeout(90_000);

interface Film {
  infoHash: string;
  torrentFile: Buffer;
  bytes: Buffer;
}

let folder: string;
let server: RangeServer;
let usual: SupervisedEngine;
let engine: SupervisedEngine;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kinora-web-seeds-'));
  usual = await start();
});

afterAll(async () => {
  await usual.stop();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  server = await new RangeServer().open();
  engine = usual;
});

afterEach(async () => {
  if (engine !== usual) await engine.stop();
  await server.close();
});

async function start(options: Partial<ConstructorParameters<typeof SupervisedEngine>[0]> = {}) {
  const started = new SupervisedEngine({
    store: { kind: 'file', root: path.join(folder, 'torrents') },
    dht: false,
    allowPrivatePeers: true,
    webSeeds: { userAgent: 'Kinora/test', allowedHosts: ['127.0.0.1'] },
    logger: silentLogger(),
    // A busy machine must not look like a hung engine here.
    timing: { silenceMs: 10_000 },
    ...options,
  });
  await started.start();
  return started;
}

interface Part {
  path: string[];
  bytes: Buffer;
  attr?: string;
}

/** A torrent of these files, which nobody seeds. */
function torrentOf(
  name: string,
  parts: readonly Part[],
  urlList: Writable | null = null,
  pieceLength = 65_536,
) {
  const bytes = Buffer.concat(parts.map((part) => part.bytes));
  const hashes: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieceLength)
    hashes.push(
      createHash('sha1')
        .update(bytes.subarray(at, at + pieceLength))
        .digest(),
    );
  const files = parts.map(({ path: parts, bytes: { length }, attr }) => ({
    ...(attr !== undefined && { attr }),
    length,
    path: parts,
  }));
  const shape = parts.length === 1 ? { length: bytes.length } : { files };
  const info = { ...shape, name, 'piece length': pieceLength, pieces: Buffer.concat(hashes) };
  const torrentFile = bencode({ info, ...(urlList !== null && { 'url-list': urlList }) });
  return { infoHash: createHash('sha1').update(bencode(info)).digest('hex'), torrentFile, bytes };
}

/** One file, kept by the server at `/films/film.mp4`. */
function film(length = 3 * MiB + 12_345): Film {
  const bytes = randomBytes(length);
  server.keep('/films/film.mp4', bytes);
  return torrentOf('film.mp4', [{ path: [], bytes }]);
}

const add = ({ infoHash, torrentFile }: Film, ...webSeeds: string[]) =>
  engine.add({ infoHash, torrentFile, announce: [], webSeeds });

async function read({ infoHash }: Film, range: { start: number; end: number }, fileIndex = 0) {
  const chunks: Uint8Array[] = [];
  const { signal } = new AbortController();
  for await (const chunk of engine.read({ infoHash, fileIndex, range, signal })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const all = ({ bytes }: Film) => ({ start: 0, end: bytes.length });
const same = (one: Buffer, other: Buffer) => one.equals(other);

describe('a torrent that nobody seeds but a web server', () => {
  it('is read byte by byte, in few long requests', async () => {
    const payload = film(12 * MiB);
    await add(payload, `${server.url}/films/film.mp4`);
    expect(same(await read(payload, all(payload)), payload.bytes)).toBe(true);
    expect(await engine.status(payload.infoHash)).toMatchObject({
      peers: 0,
      webSeeds: 1,
      webSeedTrouble: null,
    });
    // The start, the index at the end, and on from where the start was left.
    expect(server.requests.length).toBeLessThan(12);
  });

  it('is found by the list in its own file, with an address that is a folder', async () => {
    const bytes = randomBytes(MiB);
    server.keep('/items/A film, 1963.mp4', bytes);
    const payload = torrentOf(
      'A film, 1963.mp4',
      [{ path: [], bytes }],
      ['ftp://x.example/', `${server.url}/items/`],
    );
    await add(payload);
    expect(same(await read(payload, all(payload)), bytes)).toBe(true);
  });

  it('is read across files whose names are odd, whose neighbours are empty, changed or padding', async () => {
    const parts: Part[] = [
      { path: ['a b', 'Ünï #1?.txt'], bytes: randomBytes(10_001) },
      { path: ['empty'], bytes: Buffer.alloc(0) },
      { path: ['film.mp4'], bytes: randomBytes(700_000) },
      { path: ['.pad', '5536'], bytes: Buffer.alloc(65_536 * 11 - 710_001), attr: 'p' },
      { path: ['second.mp4'], bytes: randomBytes(300_000) },
      { path: ['item_meta.xml'], bytes: randomBytes(5_000) },
    ];
    for (const { path: names, bytes, attr } of parts)
      if (attr === undefined) server.keep(`/download/item/${names.join('/')}`, bytes);
    // Regenerated since the torrent was made, as the Archive does.
    server.keep('/download/item/item_meta.xml', randomBytes(5_100));
    const payload = torrentOf('item', parts);
    await add(payload, `${server.url}/download`);
    const file = (at: number) => parts[at]?.bytes ?? Buffer.alloc(0);
    expect(same(await read(payload, { start: 0, end: 700_000 }, 2), file(2))).toBe(true);
    expect(same(await read(payload, { start: 0, end: 10_001 }, 0), file(0))).toBe(true);
    // All of the second film but the piece it shares with what has changed.
    expect(same(await read(payload, { start: 0, end: 260_000 }, 4), file(4).subarray(0, 260_000))).toBe(true);
    expect(server.requests.map(({ path: asked }) => asked).join()).not.toContain('.pad');
  });

  it('gives a stretch in the middle without what lies before it', async () => {
    const payload = film(64 * MiB);
    await add(payload, `${server.url}/films/film.mp4`);
    const range = { start: 50 * MiB, end: 50 * MiB + 300_000 };
    expect(same(await read(payload, range), payload.bytes.subarray(range.start, range.end))).toBe(true);
    for (const { range: asked } of server.requests)
      expect(Number(/^bytes=(\d+)-/.exec(asked ?? '')?.[1])).toBeGreaterThan(49 * MiB);
  });

  it('is read from a server that knows no ranges, from its start', async () => {
    const payload = film();
    server.behave = (_request, response) => {
      response.writeHead(200, { 'content-length': payload.bytes.length }).end(payload.bytes);
      return true;
    };
    await add(payload, `${server.url}/films/film.mp4`);
    const range = { start: 0, end: 2 * MiB };
    expect(same(await read(payload, range), payload.bytes.subarray(0, 2 * MiB))).toBe(true);
  });

  it.each([429, 503])('waits as long as the server asks for with HTTP %i, and goes on', async (status) => {
    const payload = film();
    let refusedAt = 0;
    let nextAfterMs = 0;
    server.behave = (_request, response) => {
      if (refusedAt > 0) nextAfterMs ||= performance.now() - refusedAt;
      else {
        refusedAt = performance.now();
        response.writeHead(status, { 'retry-after': '2' }).end();
        return true;
      }
      return false;
    };
    await add(payload, `${server.url}/films/film.mp4`);
    const reading = read(payload, all(payload));
    await until(() => refusedAt > 0);
    await until(async () => (await engine.status(payload.infoHash))?.webSeedTrouble !== null);
    expect(await engine.status(payload.infoHash)).toMatchObject({
      webSeeds: 0,
      webSeedTrouble: expect.stringContaining(`HTTP ${status}`),
    });
    expect(same(await reading, payload.bytes)).toBe(true);
    expect(nextAfterMs).toBeGreaterThan(1_900);
  });

  it('goes on after answers that break off and errors that pass', async () => {
    const payload = film();
    server.behave = (_request, response, count) => {
      if (count === 1) response.writeHead(502).end();
      else if (count === 2) response.destroy();
      else if (count === 3) {
        response.writeHead(206, { 'content-range': `bytes 0-99999/${payload.bytes.length}` });
        response.write(payload.bytes.subarray(0, 50_000), () => response.destroy());
      } else return false;
      return true;
    };
    await add(payload, `${server.url}/films/film.mp4`);
    expect(same(await read(payload, all(payload)), payload.bytes)).toBe(true);
  });

  it('takes wrong bytes from a server once, and then asks another one alone', async () => {
    const payload = film();
    server.keep('/bad/film.mp4', randomBytes(payload.bytes.length));
    await add(payload, `${server.url}/bad/film.mp4`);
    const reading = read(payload, all(payload));
    await until(
      async () => (await engine.status(payload.infoHash))?.webSeedTrouble === 'it sent wrong bytes',
    );
    const asked = server.requests.length;
    await engine.add({
      infoHash: payload.infoHash,
      announce: [],
      webSeeds: [`${server.url}/films/film.mp4`],
    });
    expect(same(await reading, payload.bytes)).toBe(true);
    expect(server.requests.slice(asked).every(({ path: at }) => at === '/films/film.mp4')).toBe(true);
  });

  it('is read from the next server when one has not got the file that is wanted', async () => {
    const parts = [
      { path: ['film.mp4'], bytes: randomBytes(MiB) },
      { path: ['notes.txt'], bytes: randomBytes(200_000) },
    ];
    server.keep('/one/title/notes.txt', parts[1]?.bytes ?? Buffer.alloc(0));
    for (const { path: names, bytes } of parts) server.keep(`/two/title/${names.join('/')}`, bytes);
    const payload = torrentOf('title', parts);
    await add(payload, `${server.url}/one/`, `${server.url}/two/`);
    expect(same(await read(payload, { start: 0, end: MiB }), payload.bytes.subarray(0, MiB))).toBe(true);
  });

  it('is led on by redirects, and asks where they lead from then on', async () => {
    const payload = film(40 * MiB);
    server.behave = (request, response) => {
      if (!request.url?.startsWith('/front')) return false;
      response.writeHead(302, { location: '/films/film.mp4' }).end();
      return true;
    };
    await add(payload, `${server.url}/front/film.mp4`);
    expect(same(await read(payload, { start: 0, end: MiB }), payload.bytes.subarray(0, MiB))).toBe(true);
    const range = { start: 35 * MiB, end: 36 * MiB };
    expect(same(await read(payload, range), payload.bytes.subarray(range.start, range.end))).toBe(true);
    expect(server.requests.filter(({ path: at }) => at.startsWith('/front')).length).toBeLessThanOrEqual(2);
  });

  it('reads no more than is wanted when its viewer stops', async () => {
    const payload = film(256 * MiB);
    await add(payload, `${server.url}/films/film.mp4`);
    const stop = new AbortController();
    const range = all(payload);
    let taken = 0;
    for await (const chunk of engine.read({
      infoHash: payload.infoHash,
      fileIndex: 0,
      range,
      bytesPerSecond: 500_000,
      signal: stop.signal,
    })) {
      taken += chunk.length;
      if (taken > MiB) break;
    }
    await until(async () => (await engine.counters(payload.infoHash))?.readers === 0);
    const { sentBytes } = server;
    // Its window, and what the network's buffers hold.
    expect(sentBytes).toBeLessThan(80 * MiB);
  });

  it('keeps to the limit for downloads', async () => {
    engine = await start({ downloadLimit: MiB });
    const payload = film();
    await add(payload, `${server.url}/films/film.mp4`);
    const began = performance.now();
    expect(same(await read(payload, all(payload)), payload.bytes)).toBe(true);
    // The first second's share may be taken at once.
    expect(performance.now() - began).toBeGreaterThan(1_500);
  });

  it('stops when the network is taken away, and goes on when it is given back (T56)', async () => {
    const payload = film(24 * MiB);
    await add(payload, `${server.url}/films/film.mp4`);
    let received = 0;
    const chunks: Uint8Array[] = [];
    const reading = (async () => {
      const { signal } = new AbortController();
      const request = { infoHash: payload.infoHash, fileIndex: 0, range: all(payload), signal };
      for await (const chunk of engine.read(request)) {
        chunks.push(chunk);
        received += chunk.length;
        if (received === chunk.length) engine.setNetwork({ kind: 'closed', reason: 'tun0 is down.' });
      }
    })();
    const pid = engine.pid;
    await until(() => engine.pid !== pid && engine.isReady());
    const asked = server.requests.length;
    expect(await engine.status(payload.infoHash)).toMatchObject({ webSeeds: 0 });
    expect(server.requests.length).toBe(asked);
    engine.setNetwork({ kind: 'open' });
    await reading;
    expect(same(Buffer.concat(chunks), payload.bytes)).toBe(true);
  });

  it.each([
    ['of a range', 206],
    ['of the whole file', 200],
  ])('T18 is hung up on when its answer %s never ends', async (_what, status) => {
    const payload = film();
    const { length } = payload.bytes;
    let open = 0;
    let sent = 0;
    server.behave = ({ headers }, response) => {
      const [, first = '0', last = ''] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
      const start = status === 200 ? 0 : Number(first);
      const until = last === '' ? length - 1 : Number(last);
      response.writeHead(
        status,
        status === 200 ? {} : { 'content-range': `bytes ${start}-${until}/${length}` },
      );
      open += 1;
      response.on('close', () => (open -= 1));
      const good = payload.bytes.subarray(start);
      const junk = Buffer.alloc(MiB);
      const pour = (bytes: Buffer) => {
        if (response.destroyed) return;
        sent += bytes.length;
        if (response.write(bytes)) setImmediate(pour, junk);
        else response.once('drain', () => pour(junk));
      };
      pour(good);
      return true;
    };
    await add(payload, `${server.url}/films/film.mp4`);
    // Without ranges only the beginning is taken from it.
    const end = status === 200 ? MiB : length;
    expect(same(await read(payload, { start: 0, end }), payload.bytes.subarray(0, end))).toBe(true);
    await engine.remove(payload.infoHash);
    await until(() => open === 0);
    // What the buffers of the connections hold at most; without an end there were no end to this either.
    expect(sent).toBeLessThan(server.requests.length * (length + 16 * MiB));
  });

  it('is asked for nothing at an address the operator has not listed, nor led there (T18)', async () => {
    engine = await start({ webSeeds: { userAgent: 'Kinora/test', allowedHosts: ['localhost'] } });
    const payload = film();
    const { port } = new URL(server.url);
    await add(payload, `${server.url}/films/film.mp4`);
    const stop = new AbortController();
    const range = { start: 0, end: 1_000 };
    const reading = (async () => {
      const request = { infoHash: payload.infoHash, fileIndex: 0, range, signal: stop.signal };
      for await (const chunk of engine.read(request)) throw new Error(`${chunk.length} bytes came`);
    })();
    const trouble = async () => (await engine.status(payload.infoHash))?.webSeedTrouble;
    await until(async () => (await trouble()) === 'it leads to a private address');
    expect(server.requests).toEqual([]);
    // The listed one leads to the other.
    server.behave = (_request, response) => {
      response.writeHead(302, { location: `${server.url}/films/film.mp4` }).end();
      return true;
    };
    await engine.add({
      infoHash: payload.infoHash,
      announce: [],
      webSeeds: [`http://localhost:${port}/go/film.mp4`],
    });
    await until(() => server.requests.length > 0);
    await until(async () => {
      const status = await engine.status(payload.infoHash);
      return status?.webSeeds === 0 && status.webSeedTrouble === 'it leads to a private address';
    });
    expect(server.requests.map(({ path: at }) => at)).toEqual(['/go/film.mp4']);
    stop.abort();
    await reading;
  });

  (hasLibtorrent ? it : it.skip)('is read from a swarm and a web server together', async () => {
    const swarm = await new LoopbackSwarm().open();
    try {
      const files = { 'film.mp4': 16 * MiB, 'second.mp4': 2 * MiB };
      const payload = await swarm.payload({ files, pieceLength: 256 * 1024 });
      await swarm.seed(payload, 3_000_000);
      // The server has not got the second file.
      server.behave = (request, response) => {
        if (request.url?.endsWith('/film.mp4')) return false;
        response.writeHead(404).end();
        return true;
      };
      const name = parseTorrentFile(payload.torrentFile).metadata.name;
      server.keep(`/${name}/film.mp4`, payload.bytes.subarray(0, 16 * MiB));
      await engine.add({ ...payload, webSeeds: [`${server.url}/`] });
      await until(async () => ((await engine.status(payload.infoHash))?.peers ?? 0) > 0);
      expect(await engine.status(payload.infoHash)).toMatchObject({ peers: 1, webSeeds: 1 });
      const film = await read(payload, { start: 0, end: 16 * MiB });
      const second = await read(payload, { start: 0, end: 2 * MiB }, 1);
      expect(same(Buffer.concat([film, second]), payload.bytes)).toBe(true);
      expect(server.sentBytes).toBeGreaterThan(4 * MiB);
    } finally {
      await swarm.close();
    }
  });
});

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}
