import { describe, expect, it } from '@jest/globals';
import { describeChunkStore, patterned } from './chunk-store.contract.js';
import { ChunkMissingError, ChunkStoreFullError } from './chunk-store.errors.js';
import { closeStore, getChunk, putChunk } from './chunk-store.js';
import { MemoryChunkStore } from './memory.chunk-store.js';
import { MemoryPool } from './memory-pool.js';

describeChunkStore('MemoryChunkStore', {
  begin: () => Promise.resolve(() => Promise.resolve()),
  open: (_, { chunkLength, ...layout }) =>
    new MemoryChunkStore(chunkLength, { pool: new MemoryPool(1 << 20), ...layout }),
  lasts: false,
  noticesFlippedBits: false,
  openCramped: () => {
    let wanted = true;
    return Promise.resolve({
      store: new MemoryChunkStore(16_384, {
        pool: new MemoryPool(100_000),
        // Whoever reads the first chunks moves on, and they may go.
        isWanted: () => wanted,
      }),
      makeRoom: () => {
        wanted = false;
        return Promise.resolve();
      },
      dispose: () => Promise.resolve(),
    });
  },
});

describe('MemoryChunkStore', () => {
  it('never holds more than the pool, and evicts what was used longest ago, of any torrent, and says so', async () => {
    const pool = new MemoryPool(3_000);
    const evicted: string[] = [];
    const [a, b] = ['a', 'b'].map(
      (name) => new MemoryChunkStore(1_000, { pool, onEvicted: (index) => evicted.push(`${name}${index}`) }),
    );
    if (!a || !b) throw new Error('no stores');
    await putChunk(a, 0, patterned(0));
    await putChunk(a, 1, patterned(1));
    await putChunk(b, 0, patterned(2));
    await getChunk(a, 0);
    await putChunk(b, 1, patterned(3));
    await putChunk(b, 2, patterned(4));
    expect(evicted).toEqual(['a1', 'b0']);
    expect(pool.bytes).toBe(3_000);
    await expect(getChunk(a, 1)).rejects.toBeInstanceOf(ChunkMissingError);
    expect(Buffer.from(await getChunk(a, 0))).toEqual(patterned(0));
    await closeStore(a);
    expect(pool.bytes).toBe(2_000);
    await closeStore(b);
    expect(pool.bytes).toBe(0);
  });

  it('keeps what is wanted, and when refusing evicts nothing for nothing', async () => {
    const pool = new MemoryPool(3_000);
    const wanted = new Set([0, 1]);
    const store = new MemoryChunkStore(1_000, { pool, isWanted: (index) => wanted.has(index) });
    for (const index of [0, 1, 2, 3]) await putChunk(store, index, patterned(index));
    expect((await store.storedChunks(8)).bits).toEqual(Uint8Array.of(0b1101_0000));
    wanted.add(3);
    await expect(putChunk(store, 4, patterned(4))).rejects.toBeInstanceOf(ChunkStoreFullError);
    expect((await store.storedChunks(8)).bits).toEqual(Uint8Array.of(0b1101_0000));
    const large = new MemoryChunkStore(4_000, { pool });
    await expect(putChunk(large, 0, Buffer.alloc(4_000))).rejects.toBeInstanceOf(ChunkStoreFullError);
  });

  it('counts what it holds: a slice of something larger is copied', async () => {
    const pool = new MemoryPool(10_000);
    const store = new MemoryChunkStore(10, { pool });
    const large = new Uint8Array(1 << 20).fill(7);
    await putChunk(store, 0, large.subarray(0, 10));
    large.fill(9);
    const kept = await getChunk(store, 0);
    expect(kept.buffer.byteLength).toBe(10);
    expect([...kept]).toEqual(Array.from({ length: 10 }, () => 7));
  });
});
