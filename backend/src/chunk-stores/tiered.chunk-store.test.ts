import { mkdtemp, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { crampedDisk } from '../test-support/cramped-disk.js';
import { describeChunkStore, patterned } from './chunk-store.contract.js';
import { ChunkMissingError, ChunkStoreFullError } from './chunk-store.errors.js';
import { type ChunkStore, closeStore, getChunk, putChunk } from './chunk-store.js';
import { FileChunkStore } from './file.chunk-store.js';
import { MemoryChunkStore } from './memory.chunk-store.js';
import { MemoryPool } from './memory-pool.js';
import { TieredChunkStore, type TieredChunkStoreOptions } from './tiered.chunk-store.js';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'kinora-tiers-'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

const file = (place: string, chunkLength: number, layout: { length?: number } = {}) =>
  new FileChunkStore(chunkLength, { directory: path.join(root, place), ...layout });
const memory = (maxBytes: number, chunkLength: number, layout: { length?: number } = {}) =>
  new MemoryChunkStore(chunkLength, { pool: new MemoryPool(maxBytes), ...layout });

describeChunkStore('TieredChunkStore, little memory over a disk', {
  begin: () => Promise.resolve(() => Promise.resolve()),
  open: (place, { chunkLength, ...layout }) =>
    new TieredChunkStore(chunkLength, {
      upper: memory(2_500, chunkLength, layout),
      lower: file(place, chunkLength, layout),
      ...layout,
    }),
  lasts: true,
  noticesFlippedBits: false,
  cutShort: async (place) => {
    const stored = path.join(root, place, '0.bin');
    await truncate(stored, Math.floor((await stat(stored)).size / 2));
  },
  openCramped: async () => {
    const disk = await crampedDisk(100_000);
    if (!disk) return null;
    const directory = path.join(disk.directory, 'torrent');
    const lower = new FileChunkStore(16_384, { directory, maxPendingBytes: 0 });
    return { ...disk, store: new TieredChunkStore(16_384, { upper: memory(1 << 20, 16_384), lower }) };
  },
});

describeChunkStore('TieredChunkStore, a disk over another that may lag', {
  begin: () => Promise.resolve(() => Promise.resolve()),
  open: (place, { chunkLength, ...layout }) =>
    new TieredChunkStore(chunkLength, {
      upper: file(`${place}-upper`, chunkLength, layout),
      lower: file(`${place}-lower`, chunkLength, layout),
      mayLag: true,
      ...layout,
    }),
  lasts: true,
  noticesFlippedBits: false,
});

/** A store whose answers the test lets through one by one. */
class SlowStore extends MemoryChunkStore {
  readonly held: (() => void)[] = [];
  gets = 0;
  failure: Error | null = null;

  override put(...[index, chunk, callback]: Parameters<ChunkStore['put']>): void {
    this.held.push(() => {
      if (this.failure) callback?.(this.failure);
      else super.put(index, chunk, callback);
    });
  }

  override get(...args: Parameters<ChunkStore['get']>): void {
    this.gets += 1;
    super.get(...args);
  }

  release(): void {
    for (const go of this.held.splice(0)) go();
  }
}

describe('TieredChunkStore', () => {
  const tiers = (options: Partial<TieredChunkStoreOptions> = {}) => {
    const lower = new SlowStore(1_000, { pool: new MemoryPool(1 << 20) });
    const upper = memory(1 << 20, 1_000);
    return { upper, lower, store: new TieredChunkStore(1_000, { upper, lower, ...options }) };
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  it('fails a put that the lower store refuses, and forgets it above, unless that may lag', async () => {
    const { lower, store } = tiers();
    lower.failure = new ChunkStoreFullError();
    const refused = putChunk(store, 0, patterned(0));
    lower.release();
    await expect(refused).rejects.toBeInstanceOf(ChunkStoreFullError);
    await expect(getChunk(store, 0)).rejects.toBeInstanceOf(ChunkMissingError);
    await closeStore(store);
  });

  it('keeps above what the lower store refuses or loses, offers it again, and tells when it is lost above too', async () => {
    const lost: number[] = [];
    const { lower, upper, store } = tiers({
      mayLag: true,
      offerAgainMs: 1,
      onLost: (index) => lost.push(index),
    });
    lower.failure = new ChunkStoreFullError();
    const written = [0, 1, 2].map((index) => putChunk(store, index, patterned(index)));
    while (lower.held.length < 3) await turn();
    lower.release();
    await Promise.all(written);
    // Refused again, one at a time.
    while (lower.held.length === 0) await turn();
    expect(lower.held).toHaveLength(1);
    lower.release();
    await upper.forget(1);
    store.lostAbove(1);
    expect(lost).toEqual([1]);
    lower.failure = null;
    while ((await lower.storedChunks(3)).bits[0] !== 0b1010_0000) {
      lower.release();
      await turn();
    }
    // Both are below now: that memory gives them up loses nothing.
    await upper.forget(0);
    store.lostAbove(0);
    expect(Buffer.from(await getChunk(store, 0))).toEqual(patterned(0));
    // What was taken and is lost after all, where memory has it and where it has not.
    await lower.forget(2);
    store.lostBelow(2);
    await upper.forget(0);
    await lower.forget(0);
    store.lostBelow(0);
    while (lost.length < 2) await turn();
    expect(lost).toEqual([1, 0]);
    while ((await lower.storedChunks(3)).bits[0] !== 0b0010_0000) {
      lower.release();
      await turn();
    }
    await closeStore(store);
  });

  it('tells of nothing and offers nothing once it is closed', async () => {
    const { lower, store } = tiers({ mayLag: true, offerAgainMs: 1 });
    lower.failure = new ChunkStoreFullError();
    const written = putChunk(store, 0, patterned(0));
    lower.release();
    await written;
    await closeStore(store);
    for (let round = 0; round < 20; round += 1) await turn();
    expect(lower.held).toHaveLength(0);
  });

  it('reads a chunk once from the lower store for all who ask, and never again', async () => {
    const { lower, upper, store } = tiers({ readWhole: 'always' });
    const written = putChunk(store, 0, patterned(0));
    lower.release();
    await written;
    await upper.forget(0);
    const parts = await Promise.all(
      Array.from({ length: 50 }, (_, at) => getChunk(store, 0, { offset: at * 10, length: 10 })),
    );
    expect(Buffer.concat(parts)).toEqual(patterned(0).subarray(0, 500));
    await turn();
    await getChunk(store, 0);
    expect(lower.gets).toBe(1);
    await closeStore(store);
  });

  it('takes into the upper store what is read in order, not what is read here and there', async () => {
    const { lower, upper, store } = tiers();
    const written = putChunk(store, 0, patterned(0));
    lower.release();
    await written;
    await upper.forget(0);
    for (const offset of [500, 100, 900, 300]) await getChunk(store, 0, { offset, length: 10 });
    expect((await upper.storedChunks(1)).bits).toEqual(Uint8Array.of(0));
    expect(Buffer.from(await getChunk(store, 0, { offset: 310, length: 10 }))).toEqual(
      patterned(0).subarray(310, 320),
    );
    await turn();
    expect((await upper.storedChunks(1)).bits).toEqual(Uint8Array.of(0b1000_0000));
    await closeStore(store);
  });
});
