import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { closeStore, getChunk, putChunk } from '../../chunk-stores/chunk-store.js';
import { type ChunkStores, openChunkStores } from '../../chunk-stores/chunk-stores.js';
import { silentLogger } from '../../logging/logger.js';
import { StoredTorrentRepository } from '../../repositories/stored-torrent.repository.js';
import { crampedDisk } from '../../test-support/cramped-disk.js';
import { openTestDatabase } from '../../test-support/database.js';
import { MemoryTorrentEngine } from '../../test-support/memory-torrent-engine.js';
import type { TorrentMetadata } from '../torrent/torrent-engine.port.js';
import { parseTorrentFile } from '../torrent/torrent-file.js';
import { StorageBudget, type StorageBudgetOptions } from './storage-budget.js';
import { freeDiskBytes } from './stored-folders.js';

const MB = 1_000_000;

let root: string;
let stores: ChunkStores;
let storedTorrents: StoredTorrentRepository;
let engine: MemoryTorrentEngine;
let dispose: () => Promise<void>;
const budgets: StorageBudget[] = [];
let clock = 1_000;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'kinora-storage-'));
  stores = await openChunkStores({ kind: 'file', root });
  const test = await openTestDatabase();
  dispose = test.dispose;
  storedTorrents = new StoredTorrentRepository(test.database, () => new Date((clock += 1_000)));
  engine = new MemoryTorrentEngine([]);
});

afterEach(async () => {
  for (const budget of budgets.splice(0)) await budget.stop();
  await dispose();
  await rm(root, { recursive: true, force: true });
});

function openBudget(options: Partial<StorageBudgetOptions> = {}): StorageBudget {
  const budget = new StorageBudget({
    root,
    stores,
    engine,
    storedTorrents,
    limitBytes: 100 * MB,
    minFreeBytes: MB,
    freeBytes: () => Promise.resolve(1_000 * MB),
    logger: silentLogger(),
    ...options,
  });
  budgets.push(budget);
  return budget;
}

/** A film of which everything is stored; each one used later than those before. */
async function store(seed: string, bytes: number): Promise<TorrentMetadata> {
  const pieces = Math.ceil((bytes + 10) / 262_144);
  const torrentFile = Buffer.from(
    `d4:infod5:filesld6:lengthi10e4:pathl9:about.txteed6:lengthi${bytes}e4:pathl8:film.mp4eee` +
      `4:name4:Film12:piece lengthi262144e6:pieces${pieces * 20}:${seed.padEnd(20, '.').repeat(pieces)}ee`,
  );
  const { metadata } = parseTorrentFile(torrentFile);
  const { infoHash, name, length, files, pieceLength } = metadata;
  await storedTorrents.save({ infoHash, name, length, torrentFile });
  const chunks = stores.create({ infoHash, chunkLength: pieceLength, length, files });
  for (let piece = 0; piece * pieceLength < length; piece += 1) {
    const size = Math.min(pieceLength, length - piece * pieceLength);
    await putChunk(chunks, piece, Buffer.alloc(size, piece & 0xff));
  }
  await closeStore(chunks);
  return metadata;
}

const bytesOf = async (budget: StorageBudget, film: TorrentMetadata) => {
  const { items } = await budget.survey();
  return items.find(({ infoHash }) => infoHash === film.infoHash)?.bytes ?? 0;
};
const hashOf = ({ infoHash }: TorrentMetadata) => infoHash;

describe('the storage budget', () => {
  test('counts what is on the disk, per file, and neither follows nor counts links', async () => {
    const film = await store('a', 3 * MB);
    const elsewhere = path.join(root, 'elsewhere');
    await mkdir(elsewhere);
    await writeFile(path.join(elsewhere, '1.bin'), Buffer.alloc(MB));
    await symlink(elsewhere, path.join(root, 'b'.repeat(40)));
    await symlink(path.join(elsewhere, '1.bin'), path.join(root, hashOf(film), '7.bin'));
    const { items, totalBytes } = await openBudget().survey();
    expect(items).toHaveLength(1);
    expect(items[0]?.files.map(({ index }) => index)).toEqual([0, 1]);
    expect(totalBytes).toBeGreaterThan(3 * MB);
    expect(totalBytes).toBeLessThan(3.2 * MB);
  });

  test('holds after a start: the least recently watched is trimmed to head and tail first, and those still read', async () => {
    const old = await store('old', 20 * MB);
    const recent = await store('recent', 20 * MB);
    const budget = openBudget({ limitBytes: 32 * MB });
    budget.start();
    await budget.stop();
    expect(await bytesOf(budget, recent)).toBeGreaterThan(20 * MB);
    expect(await bytesOf(budget, old)).toBeLessThan(9 * MB);
    const { infoHash, pieceLength, length, files } = old;
    const chunks = stores.create({ infoHash, chunkLength: pieceLength, length, files });
    expect((await getChunk(chunks, 3))[0]).toBe(3);
    const last = Math.ceil(length / pieceLength) - 1;
    expect((await getChunk(chunks, last))[0]).toBe(last & 0xff);
    await expect(getChunk(chunks, Math.floor(last / 2))).rejects.toThrow('not here');
    await closeStore(chunks);
  });

  test('what was watched until just now goes last, whenever its play began', async () => {
    const long = await store('long', 20 * MB);
    const merelyLookedAt = await store('looked', 20 * MB);
    const budget = openBudget();
    await budget.enter(hashOf(merelyLookedAt));
    await budget.enter(hashOf(long));
    await budget.reserve(hashOf(long), 20 * MB);
    const short = await store('short', 20 * MB);
    budget.leave(hashOf(long));
    budget.leave(hashOf(merelyLookedAt));
    budget.useLimits({ limitBytes: 52 * MB, minFreeBytes: MB });
    await budget.enforce();
    expect(await bytesOf(budget, merelyLookedAt)).toBeLessThan(9 * MB);
    expect(await bytesOf(budget, short)).toBeGreaterThan(20 * MB);
    budget.useLimits({ limitBytes: 40 * MB, minFreeBytes: MB });
    await budget.enforce();
    expect(await bytesOf(budget, long)).toBeGreaterThan(20 * MB);
    expect(await bytesOf(budget, short)).toBeLessThan(9 * MB);
  });

  test('never touches what plays or is pinned, however full it is', async () => {
    const [playing, pinned, other] = [
      await store('p', 5 * MB),
      await store('q', 5 * MB),
      await store('r', 5 * MB),
    ];
    await storedTorrents.setPinned(hashOf(pinned), true);
    const budget = openBudget({ limitBytes: MB });
    await budget.enter(hashOf(playing));
    await budget.enforce();
    expect(await bytesOf(budget, playing)).toBeGreaterThan(5 * MB);
    expect(await bytesOf(budget, pinned)).toBeGreaterThan(5 * MB);
    expect(await bytesOf(budget, other)).toBe(0);
    expect(engine.removed).toEqual([hashOf(other)]);
  });

  test('T21 a play that cannot fit is refused with storage-full, and nothing is removed for it', async () => {
    const film = await store('a', 5 * MB);
    const budget = openBudget({ limitBytes: 50 * MB });
    await expect(budget.reserve('c'.repeat(40), 51 * MB)).rejects.toMatchObject({
      code: 'storage-full',
    });
    expect(await bytesOf(budget, film)).toBeGreaterThan(5 * MB);
    expect(await budget.reserve('c'.repeat(40), 49 * MB)).toBe(true);
    expect(await bytesOf(budget, film)).toBe(0);
  });

  test('T21 a film larger than all the room plays through a part of itself, and what nobody watches of it goes', async () => {
    const GB = 1_000 * MB;
    const film = await store('a', 20 * MB);
    const other = await store('b', 5 * MB);
    const asked: [string, number][] = [];
    engine.forgetPieces = (infoHash, { bytes }) => {
      asked.push([infoHash, bytes]);
      return Promise.resolve(bytes);
    };
    const budget = openBudget({ limitBytes: 450 * MB });
    await budget.enter(hashOf(film));
    expect(await budget.reserve(hashOf(film), 10 * GB)).toBe(false);
    // A second one finds no room of its own beside it.
    await expect(budget.reserve('c'.repeat(40), 10 * GB)).rejects.toMatchObject({ code: 'storage-full' });
    budget.useLimits({ limitBytes: 15 * MB, minFreeBytes: MB });
    await budget.enforce();
    expect(await bytesOf(budget, other)).toBe(0);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.every(([infoHash]) => infoHash === hashOf(film))).toBe(true);
    expect(asked[0]?.[1]).toBeGreaterThan(5 * MB);
  });

  test('never takes pieces of a title that is pinned, and refuses large films where single pieces cannot go', async () => {
    const film = await store('a', 20 * MB);
    await storedTorrents.setPinned(hashOf(film), true);
    const forgotten: string[] = [];
    engine.forgetPieces = (infoHash) => {
      forgotten.push(infoHash);
      return Promise.resolve(0);
    };
    const whole = { ...stores, canEvict: () => Promise.resolve(false) };
    const budget = openBudget({ limitBytes: 10 * MB, stores: whole });
    await budget.enter(hashOf(film));
    await budget.enforce();
    expect(forgotten).toEqual([]);
    const roomy = openBudget({ limitBytes: 1_000 * MB, stores: whole });
    await expect(roomy.reserve('c'.repeat(40), 10_000 * MB)).rejects.toMatchObject({ code: 'storage-full' });
    const moving = openBudget({ limitBytes: 1_000 * MB });
    await moving.reserve('c'.repeat(40), 10_000 * MB);
  });

  test('T21 keeps the floor of free space: the disk counts as well as the limit', async () => {
    const budget = openBudget({ minFreeBytes: 1_000 * MB, freeBytes: () => Promise.resolve(1_010 * MB) });
    await expect(budget.reserve('c'.repeat(40), 11 * MB)).rejects.toMatchObject({ code: 'storage-full' });
    await budget.reserve('c'.repeat(40), 9 * MB);
  });

  test('two plays at the same moment do not count on the same room, and one that ends gives it back', async () => {
    const budget = openBudget({ limitBytes: 50 * MB });
    const [a, b] = ['a'.repeat(40), 'b'.repeat(40)];
    await Promise.all([budget.enter(a), budget.enter(b)]);
    const outcomes = await Promise.allSettled([budget.reserve(a, 30 * MB), budget.reserve(b, 30 * MB)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    budget.leave(a);
    await budget.reserve(b, 30 * MB);
  });

  test('what is there already of the film counts: the second play of a large film needs no more room', async () => {
    const film = await store('a', 8 * MB);
    const budget = openBudget({ limitBytes: 9 * MB });
    await budget.enter(hashOf(film));
    await budget.reserve(hashOf(film), 8 * MB);
  });

  test('F24 while something plays it is looked after by itself, and when nobody does nothing runs', async () => {
    const film = await store('a', 5 * MB);
    let free = 1_000 * MB;
    const budget = openBudget({ freeBytes: () => Promise.resolve(free), sweepMs: 5 });
    await budget.enter('c'.repeat(40));
    free = 0;
    while ((await bytesOf(budget, film)) > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(budget.isWatching).toBe(true);
    budget.leave('c'.repeat(40));
    await budget.enforce();
    expect(budget.isWatching).toBe(false);
  });

  test('who wants to play what is just being removed waits until that is done', async () => {
    const film = await store('a', 5 * MB);
    let release: () => void = () => undefined;
    const removing = new Promise<void>((begun) => {
      engine.remove = async () => {
        begun();
        await new Promise<void>((resolve) => (release = resolve));
      };
    });
    const budget = openBudget({ limitBytes: MB });
    const enforced = budget.enforce();
    await removing;
    const order: string[] = [];
    const entered = budget.enter(hashOf(film)).then(() => order.push('entered'));
    void enforced.then(() => order.push('removed'));
    release();
    await Promise.all([entered, enforced]);
    expect(await bytesOf(budget, film)).toBe(0);
  });

  test('a folder that nobody knows of goes first, and an engine that fails stops nothing else', async () => {
    await mkdir(path.join(root, 'd'.repeat(40)));
    await writeFile(path.join(root, 'd'.repeat(40), '0.bin'), Buffer.alloc(2 * MB));
    const stuck = await store('a', 5 * MB);
    const fine = await store('b', 5 * MB);
    engine.remove = (infoHash) =>
      infoHash === hashOf(stuck) ? Promise.reject(new Error('engine gone')) : Promise.resolve();
    await openBudget({ limitBytes: 11 * MB }).enforce();
    expect((await readdir(root)).sort()).toEqual([hashOf(stuck), hashOf(fine)].sort());
    await openBudget({ limitBytes: 6 * MB }).enforce();
    expect(await readdir(root)).toEqual([hashOf(stuck)]);
    expect((await stat(path.join(root, hashOf(stuck)))).isDirectory()).toBe(true);
  });

  test('T21 sees a disk that is really nearly full, also below a folder that is not there yet', async () => {
    const disk = await crampedDisk(5 * MB);
    if (!disk) return;
    try {
      const nowhere = path.join(disk.directory, 'not', 'yet');
      const before = await freeDiskBytes(nowhere);
      expect(before).toBeGreaterThan(4 * MB);
      expect(before).toBeLessThanOrEqual(5.3 * MB);
      const budget = openBudget({ freeBytes: () => freeDiskBytes(nowhere), minFreeBytes: 2 * MB });
      await expect(budget.reserve('c'.repeat(40), 4 * MB)).rejects.toMatchObject({ code: 'storage-full' });
      await budget.reserve('c'.repeat(40), 2 * MB);
    } finally {
      await disk.dispose();
    }
  });
});
