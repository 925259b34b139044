import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import abstractTests from 'abstract-chunk-store/tests/index.js';
import { ChunkMissingError, ChunkStoreClosedError, ChunkStoreFullError } from './chunk-store.errors.js';
import { type ChunkStore, closeStore, destroyStore, getChunk, putChunk } from './chunk-store.js';
import { tape } from './tape.contract.js';

/** What the suite has to know of a store to try it. */
export interface ChunkStoreHarness {
  /** Makes room for stores of one test; answers what removes it. */
  begin: () => Promise<() => Promise<void>>;
  /** A store over what `place` holds. Stores of different places know nothing of each other. */
  open: (place: string, options: { chunkLength: number; length?: number }) => ChunkStore;
  /** Whether chunks survive closing. */
  lasts: boolean;
  /** Whether others rely on what is kept, so that giving back room leaves it readable. */
  isShared?: boolean;
  /** Whether a flipped bit is noticed by the store itself; if not, whoever reads has to hash. */
  noticesFlippedBits: boolean;
  /** Flips one bit of what is kept at `place`, in the first chunk. The store is closed. */
  flipBit?: (place: string) => Promise<void>;
  /** Cuts what is kept at `place` off after half of it. The store is closed. */
  cutShort?: (place: string) => Promise<void>;
  /**
   * A store of chunks of 16 KiB with room for a few of them, and what makes more room. Where the machine cannot do
   * it, null.
   */
  openCramped?: () => Promise<{
    store: ChunkStore;
    makeRoom: () => Promise<void>;
    dispose: () => Promise<void>;
  } | null>;
}

const chunkLength = 1_000;
/** Three chunks and a short one. */
const length = 3_400;

/** The public suite of `abstract-chunk-store`, and what that one does not ask. */
export function describeChunkStore(name: string, harness: ChunkStoreHarness): void {
  let end: () => Promise<void>;
  beforeEach(async () => {
    end = await harness.begin();
  });
  afterEach(() => end());

  describe(`${name}: the public suite`, () => {
    let count = 0;
    // The suite says `new Store(chunkLength)`; what a constructor returns takes the place of `this`.
    function Store(length: number): ChunkStore {
      count += 1;
      return harness.open(`public-${count}`, { chunkLength: length });
    }
    abstractTests(tape, Store);
  });

  describe(`${name}: the contract`, () => {
    const open = (place = 'a') => harness.open(place, { chunkLength, length });

    it('keeps a short last chunk, and only that length of it', async () => {
      const store = open();
      await putChunk(store, 3, patterned(3, 400));
      expect(await get(store, 3)).toEqual(patterned(3, 400));
      expect(await get(store, 3, { offset: 390, length: 10 })).toEqual(patterned(3, 400).subarray(390));
      await expect(getChunk(store, 3, { offset: 390, length: 11 })).rejects.toThrow('No such bytes');
      await expect(putChunk(store, 3, patterned(3))).rejects.toThrow('400 bytes');
      await expect(putChunk(store, 0, patterned(0, 400))).rejects.toThrow('1000 bytes');
      await destroyStore(store);
    });

    it('answers any part of a chunk, and nothing outside it', async () => {
      const store = harness.open('parts', { chunkLength: 100_000 });
      const whole = patterned(0, 100_000);
      await putChunk(store, 0, whole);
      for (const [offset, size] of [
        [0, 1],
        [0, 100_000],
        [16_383, 2],
        [65_535, 2],
        [65_536, 16_384],
        [99_999, 1],
        [50_000, 0],
      ] as const) {
        expect(await get(store, 0, { offset, length: size })).toEqual(whole.subarray(offset, offset + size));
      }
      expect(await get(store, 0, { offset: 99_000 })).toEqual(whole.subarray(99_000));
      for (const part of [{ offset: -1 }, { offset: 100_001 }, { offset: 99_999, length: 2 }, { length: -1 }])
        await expect(getChunk(store, 0, part)).rejects.toThrow('No such bytes');
      await destroyStore(store);
    });

    it('says that a chunk which was never put is missing', async () => {
      const store = open();
      await expect(getChunk(store, 1)).rejects.toBeInstanceOf(ChunkMissingError);
      await putChunk(store, 0, patterned(0));
      await expect(getChunk(store, 1)).rejects.toBeInstanceOf(ChunkMissingError);
      expect([...(await store.storedChunks(4)).bits].map((byte) => byte & 0x70)).toEqual([0]);
      await destroyStore(store);
    });

    it('serves many readers and writers at once, each its own bytes', async () => {
      const store = harness.open('many', { chunkLength: 5_000 });
      const indexes = Array.from({ length: 60 }, (_, index) => index);
      await Promise.all(
        indexes.map(async (index) => {
          await putChunk(store, index, patterned(index, 5_000));
          const parts = await Promise.all([
            get(store, index),
            get(store, index, { offset: 4_000, length: 1_000 }),
            get(store, index),
          ]);
          expect(parts[0]).toEqual(patterned(index, 5_000));
          expect(parts[1]).toEqual(patterned(index, 5_000).subarray(4_000));
          expect(parts[2]).toEqual(parts[0]);
        }),
      );
      expect(await Promise.all(indexes.map((index) => get(store, index)))).toEqual(
        indexes.map((index) => patterned(index, 5_000)),
      );
      await destroyStore(store);
    });

    it('lets the later of two puts of one chunk win', async () => {
      const store = open();
      await Promise.all(Array.from({ length: 20 }, (_, round) => putChunk(store, 0, patterned(round))));
      expect(await get(store, 0)).toEqual(patterned(19));
      await closeStore(store);
      if (!harness.lasts) return;
      const again = open();
      expect(await get(again, 0)).toEqual(patterned(19));
      await destroyStore(again);
    });

    it('forgets a chunk, also one still being written, and takes it again', async () => {
      const store = open();
      await putChunk(store, 0, patterned(0));
      await store.forget(0);
      await expect(getChunk(store, 0)).rejects.toBeInstanceOf(ChunkMissingError);
      await store.forget(2);
      await putChunk(store, 0, patterned(0));
      expect(await get(store, 0)).toEqual(patterned(0));
      await destroyStore(store);
    });

    it('gives back the room of chunks and leaves their neighbours alone, also while it writes', async () => {
      const store = harness.open('room', { chunkLength: 5_000, length: 48_000 });
      const size = (index: number) => (index === 9 ? 3_000 : 5_000);
      const all = Array.from({ length: 10 }, (_, index) => index);
      for (const index of all) await putChunk(store, index, patterned(index, size(index)));
      const leaving = [2, 3, 5, 9];
      const evicting = store.evict(leaving);
      const gone = await evicting;
      for (const index of all) {
        if (gone.includes(index))
          await expect(getChunk(store, index)).rejects.toBeInstanceOf(ChunkMissingError);
        else expect(await get(store, index)).toEqual(patterned(index, size(index)));
      }
      if (!harness.isShared) expect([...gone].sort()).toEqual(leaving);
      const again = store.evict([2]);
      await putChunk(store, 2, patterned(77, 5_000));
      await again;
      expect(await get(store, 2)).toEqual(patterned(77, 5_000));
      expect(await get(store, 1)).toEqual(patterned(1, 5_000));
      await destroyStore(store);
    });

    it('closes during writes and reads: each call is answered, and nothing afterwards works', async () => {
      const store = open();
      const puts = [0, 1, 2].map((index) => putChunk(store, index, patterned(index)));
      const reads = [0, 1, 2].map((index) => getChunk(store, index));
      const closing = closeStore(store);
      const outcomes = await Promise.allSettled([...puts, ...reads]);
      for (const outcome of outcomes.slice(0, 3)) expect(outcome.status).toBe('fulfilled');
      await closing;
      await expect(putChunk(store, 0, patterned(0))).rejects.toBeInstanceOf(ChunkStoreClosedError);
      await expect(getChunk(store, 0)).rejects.toBeInstanceOf(ChunkStoreClosedError);
      await expect(closeStore(store)).rejects.toBeInstanceOf(ChunkStoreClosedError);
      await expect(destroyStore(store)).rejects.toBeInstanceOf(ChunkStoreClosedError);
      if (!harness.lasts) return;
      const again = open();
      for (const index of [0, 1, 2]) expect(await get(again, index)).toEqual(patterned(index));
      await destroyStore(again);
    });

    it('keeps after reopening exactly what was put, or nothing at all', async () => {
      const first = open();
      for (const [index, size] of [
        [0, 1_000],
        [2, 1_000],
        [3, 400],
      ] as const)
        await putChunk(first, index, patterned(index, size));
      expect(await first.storedChunks(4)).toMatchObject({ bits: Uint8Array.of(0b1011_0000) });
      await first.forget(2);
      await closeStore(first);
      const second = open();
      const expected = harness.lasts ? 0b1001_0000 : 0;
      expect((await second.storedChunks(4)).bits).toEqual(Uint8Array.of(expected));
      if (harness.lasts) expect(await get(second, 3)).toEqual(patterned(3, 400));
      else await expect(getChunk(second, 3)).rejects.toBeInstanceOf(ChunkMissingError);
      await expect(getChunk(second, 2)).rejects.toBeInstanceOf(ChunkMissingError);
      await destroyStore(second);
    });

    it('leaves nothing behind when destroyed, and other places alone', async () => {
      const other = open('b');
      await putChunk(other, 0, patterned(7));
      const first = open();
      await putChunk(first, 0, patterned(0));
      await destroyStore(first);
      const second = open();
      await expect(getChunk(second, 0)).rejects.toBeInstanceOf(ChunkMissingError);
      expect(await get(other, 0)).toEqual(patterned(7));
      await destroyStore(second);
      await destroyStore(other);
    });

    const { flipBit, cutShort, openCramped } = harness;
    if (flipBit && harness.noticesFlippedBits) {
      it('reports a chunk with a flipped bit as missing, and takes it again', async () => {
        const first = open();
        await putChunk(first, 0, patterned(0));
        await putChunk(first, 1, patterned(1));
        await closeStore(first);
        await flipBit('a');
        const second = open();
        await expect(getChunk(second, 0)).rejects.toBeInstanceOf(ChunkMissingError);
        expect(await get(second, 1)).toEqual(patterned(1));
        expect((await second.storedChunks(4)).bits).toEqual(Uint8Array.of(0b0100_0000));
        await putChunk(second, 0, patterned(0));
        expect(await get(second, 0)).toEqual(patterned(0));
        await destroyStore(second);
      });
    }

    if (cutShort) {
      it('reports what was cut off as missing, and takes it again', async () => {
        const first = open();
        for (const index of [0, 1, 2]) await putChunk(first, index, patterned(index));
        await closeStore(first);
        await cutShort('a');
        const second = open();
        await expect(getChunk(second, 2)).rejects.toBeInstanceOf(ChunkMissingError);
        expect(await get(second, 0)).toEqual(patterned(0));
        await putChunk(second, 2, patterned(2));
        expect(await get(second, 2)).toEqual(patterned(2));
        await destroyStore(second);
      });
    }

    if (openCramped) {
      it('F24 refuses with storage-full when there is no room, keeps the rest, and goes on when there is', async () => {
        const cramped = await openCramped();
        if (!cramped) return;
        const { store } = cramped;
        try {
          const size = store.chunkLength;
          let kept = 0;
          let refusal: unknown = null;
          while (refusal === null && kept < 100) {
            try {
              await putChunk(store, kept, patterned(kept, size));
              kept += 1;
            } catch (error) {
              refusal = error;
            }
          }
          expect(refusal).toBeInstanceOf(ChunkStoreFullError);
          expect(refusal).toMatchObject({ code: 'storage-full' });
          expect(kept).toBeGreaterThan(0);
          for (let index = 0; index < kept; index += 1)
            expect(await get(store, index)).toEqual(patterned(index, size));
          await expect(getChunk(store, kept)).rejects.toBeInstanceOf(ChunkMissingError);
          await cramped.makeRoom();
          await putChunk(store, kept, patterned(kept, size));
          expect(await get(store, kept)).toEqual(patterned(kept, size));
          await destroyStore(store);
        } finally {
          await cramped.dispose();
        }
      });
    }
  });
}

/** Bytes that tell chunk and place. */
export function patterned(seed: number, size = chunkLength): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 1) bytes[at] = (seed * 31 + at + (at >> 8)) & 0xff;
  return bytes;
}

async function get(...args: Parameters<typeof getChunk>): Promise<Buffer> {
  return Buffer.from(await getChunk(...args));
}
