import { mkdtemp, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { crampedDisk } from '../test-support/cramped-disk.js';
import { describeChunkStore, patterned } from './chunk-store.contract.js';
import { ChunkStoreFullError } from './chunk-store.errors.js';
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

describeChunkStore('TieredChunkStore, a disk over another that trails behind', {
  begin: () => Promise.resolve(() => Promise.resolve()),
  open: (place, { chunkLength, ...layout }) =>
    new TieredChunkStore(chunkLength, {
      upper: file(`${place}-upper`, chunkLength, layout),
      lower: file(`${place}-lower`, chunkLength, layout),
      maxBehindBytes: 3_000,
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

  it('answers before the lower store has written, within bounds, and closing waits for it', async () => {
    const { lower, store } = tiers({ maxBehindBytes: 2_000 });
    await putChunk(store, 0, patterned(0));
    await putChunk(store, 1, patterned(1));
    let third = false;
    const waiting = putChunk(store, 2, patterned(2)).then(() => (third = true));
    await turn();
    expect(third).toBe(false);
    expect(Buffer.from(await getChunk(store, 2))).toEqual(patterned(2));
    let closed = false;
    const closing = closeStore(store).then(() => (closed = true));
    await turn();
    expect(closed).toBe(false);
    expect(lower.held).toHaveLength(3);
    lower.release();
    await Promise.all([waiting, closing]);
  });

  it('says which chunk was left behind, and serves it from the upper store', async () => {
    const left: number[] = [];
    const { lower, store } = tiers({ maxBehindBytes: 5_000, onLeftBehind: (index) => left.push(index) });
    lower.failure = new ChunkStoreFullError();
    await putChunk(store, 3, patterned(3));
    lower.release();
    while (left.length === 0) await turn();
    expect(left).toEqual([3]);
    expect(Buffer.from(await getChunk(store, 3))).toEqual(patterned(3));
    await closeStore(store);
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
