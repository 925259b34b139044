import { describe, expect, it, jest } from '@jest/globals';
import { ChunkStoreFullError } from '../../chunk-stores/chunk-store.errors.js';
import { PieceKeeper } from './piece-keeper.js';

/** A store that takes what the test lets it take, and readers at the start of the torrent. */
function aKeeper(maxBytes: number) {
  const store = { failure: null as Error | null, taken: [] as number[] };
  const lost: number[] = [];
  const free: Uint8Array[] = [];
  const keeper = new PieceKeeper({
    maxBytes,
    put: (piece) => {
      if (store.failure) return Promise.reject(store.failure);
      store.taken.push(piece);
      return Promise.resolve();
    },
    distanceTo: (piece) => piece,
    onStored: (stored) => free.push(stored),
    onLost: (piece) => lost.push(piece),
    onChange: () => undefined,
  });
  return { keeper, store, lost, free };
}

const bytes = () => new Uint8Array(100);

describe('PieceKeeper', () => {
  it('holds a piece until it is stored', async () => {
    const { keeper, store } = aKeeper(1_000);
    const { written } = keeper.take(3, bytes());
    expect(keeper.find(3)?.bytes).toHaveLength(100);
    expect(await written).toBe(true);
    expect(keeper.find(3)).toBeUndefined();
    expect(store.taken).toEqual([3]);
    expect(keeper.trouble).toBeNull();
  });

  it('F24 keeps what there is no room for within its bounds, gives up first what is needed last, and stores the rest later', async () => {
    jest.useFakeTimers();
    const { keeper, store, lost } = aKeeper(300);
    store.failure = new ChunkStoreFullError();
    const outcomes = await Promise.all([5, 1, 9, 2].map((piece) => keeper.take(piece, bytes()).written));
    expect(outcomes).toEqual([true, true, true, true]);
    expect(lost).toEqual([9]);
    expect(keeper.trouble).toBe('full');
    expect(keeper.isFull).toBe(true);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(keeper.trouble).toBe('full');
    store.failure = null;
    await jest.advanceTimersByTimeAsync(1_000);
    expect(store.taken).toEqual([5, 1, 2]);
    expect(keeper.trouble).toBeNull();
    expect(keeper.find(5)).toBeUndefined();
    jest.useRealTimers();
  });

  it('tells a broken disk from a full one, and holds nothing once closed', async () => {
    const { keeper, store } = aKeeper(1_000);
    store.failure = new Error('EIO');
    await keeper.take(1, bytes()).written;
    expect(keeper.trouble).toBe('failing');
    keeper.close();
    expect(keeper.find(1)).toBeUndefined();
  });
});
