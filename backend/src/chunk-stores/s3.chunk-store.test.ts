import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SmallS3Server } from '../test-support/s3-server.js';
import { hasSwift, startSwift } from '../test-support/swift-server.js';
import { describeChunkStore, patterned } from './chunk-store.contract.js';
import { ChunkMissingError } from './chunk-store.errors.js';
import { closeStore, getChunk, putChunk } from './chunk-store.js';
import { MemoryChunkStore } from './memory.chunk-store.js';
import { MemoryPool } from './memory-pool.js';
import { S3ChunkStore, type S3ChunkStoreOptions } from './s3.chunk-store.js';
import { S3Bucket, S3UnavailableError } from './s3-bucket.js';
import { TieredChunkStore } from './tiered.chunk-store.js';
import { UploadQueue } from './upload-queue.js';

const timing = { retries: [10, 20] };
let server: SmallS3Server;
let bucket: S3Bucket;

beforeEach(async () => {
  server = await new SmallS3Server().start();
  bucket = new S3Bucket(server.settings, timing);
});

afterEach(() => server.stop());

function open(
  place: string,
  options: Partial<S3ChunkStoreOptions> & { chunkLength?: number } = {},
): S3ChunkStore {
  const { chunkLength = 1_000, ...rest } = options;
  return new S3ChunkStore(chunkLength, {
    bucket,
    prefix: `kinora/${place}/`,
    uploads: new UploadQueue(1 << 20),
    ...rest,
  });
}

const shared = {
  begin: () => Promise.resolve(() => Promise.resolve()),
  lasts: true,
  isShared: true,
  noticesFlippedBits: false,
};

describeChunkStore('S3ChunkStore', {
  ...shared,
  open,
  cutShort: (place) => {
    for (const [key, bytes] of server.objects)
      if (key === `kinora/${place}/2`) server.objects.set(key, bytes.subarray(0, bytes.length / 2));
    return Promise.resolve();
  },
});

describeChunkStore('TieredChunkStore, little memory over an object store', {
  ...shared,
  open: (place, { chunkLength, ...layout }) =>
    new TieredChunkStore(chunkLength, {
      upper: new MemoryChunkStore(chunkLength, { pool: new MemoryPool(2_500), ...layout }),
      lower: open(place, { chunkLength, ...layout }),
      readWhole: 'always',
      ...layout,
    }),
});

describe('S3ChunkStore', () => {
  it('shares what one server has put with another', async () => {
    const [one, two] = [open('a'), open('a')];
    await putChunk(one, 4, patterned(4));
    await closeStore(one);
    expect((await two.storedChunks(8)).bits).toEqual(Uint8Array.of(0b0000_1000));
    expect(Buffer.from(await getChunk(two, 4))).toEqual(patterned(4));
    await closeStore(two);
  });

  it('answers before the upload, within bounds, and serves from memory until it is done', async () => {
    let release: () => void = () => undefined;
    server.holdPuts = new Promise((resolve) => (release = resolve));
    const store = open('a', { uploads: new UploadQueue(2_000, 4, 60_000) });
    await putChunk(store, 0, patterned(0));
    await putChunk(store, 1, patterned(1));
    let third = false;
    const waiting = putChunk(store, 2, patterned(2)).then(() => (third = true));
    expect(Buffer.from(await getChunk(store, 1))).toEqual(patterned(1));
    expect(third).toBe(false);
    expect(server.objects.size).toBe(0);
    release();
    await waiting;
    await closeStore(store);
    expect(server.objects.size).toBe(3);
  });

  it('tries again while the service is away, then tells what could not be uploaded', async () => {
    const lost: number[] = [];
    const store = open('a', { onLost: (index) => lost.push(index) });
    server.isUp = false;
    await putChunk(store, 1, patterned(1));
    while (lost.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(lost).toEqual([1]);
    expect((await store.storedChunks(8)).bits).toEqual(Uint8Array.of(0));
    await expect(getChunk(store, 1)).rejects.toBeInstanceOf(S3UnavailableError);
    expect(await store.evict([1])).toEqual([1]);
    server.isUp = true;
    await putChunk(store, 1, patterned(1));
    await closeStore(store);
    expect(server.objects.size).toBe(1);
  });

  it('lets nobody wait for long for room, and refuses at once while uploads fail, but for one that tries', async () => {
    let release: () => void = () => undefined;
    server.holdPuts = new Promise((resolve) => (release = resolve));
    const uploads = new UploadQueue(2_000, 4, 20);
    const lost: number[] = [];
    const store = open('a', { uploads, onLost: (index) => lost.push(index) });
    await putChunk(store, 0, patterned(0));
    await putChunk(store, 1, patterned(1));
    await expect(putChunk(store, 2, patterned(2))).rejects.toBeInstanceOf(S3UnavailableError);
    expect(uploads.bytes).toBe(2_000);
    release();
    while (uploads.bytes > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(server.objects.size).toBe(2);
    server.isUp = false;
    await putChunk(store, 2, patterned(2));
    while (lost.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const tries = [3, 4, 5].map((index) => putChunk(store, index, patterned(index)));
    expect((await Promise.allSettled(tries)).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    while (lost.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    server.isUp = true;
    await putChunk(store, 6, patterned(6));
    while (uploads.bytes > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await Promise.all([7, 8].map((index) => putChunk(store, index, patterned(index))));
    await closeStore(store);
    expect(server.objects.size).toBe(5);
  });

  it('F24 tells what a bucket without room did not take, keeps the rest, and goes on when there is room', async () => {
    server.capacity = 2_500;
    const lost: [number, string][] = [];
    const store = open('a', { onLost: (index, { name }) => lost.push([index, name]) });
    for (const index of [0, 1]) await putChunk(store, index, patterned(index));
    while (server.objects.size < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await putChunk(store, 2, patterned(2));
    while (lost.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    // At once: asking a full bucket again changes nothing.
    expect(lost).toEqual([[2, 'ChunkStoreFullError']]);
    expect((await store.storedChunks(3)).bits).toEqual(Uint8Array.of(0b1100_0000));
    await expect(getChunk(store, 2)).rejects.toBeInstanceOf(ChunkMissingError);
    expect(Buffer.from(await getChunk(store, 1))).toEqual(patterned(1));
    server.capacity = Infinity;
    await putChunk(store, 2, patterned(2));
    await closeStore(store);
    expect(server.objects.size).toBe(3);
  });

  it('T12 does not believe what others have put: what is not intact is missing, for all', async () => {
    const first = open('a');
    await putChunk(first, 0, patterned(7));
    await closeStore(first);
    const store = open('a', { isIntact: (index, chunk) => patterned(index).equals(chunk) });
    await expect(getChunk(store, 0)).rejects.toBeInstanceOf(ChunkMissingError);
    expect(server.objects.size).toBe(0);
    await closeStore(store);
  });

  it('is refused with a wrong key, and says nothing of the key', async () => {
    const stranger = new S3Bucket({ ...server.settings, secretAccessKey: 'another secret' }, timing);
    const failure: unknown = await stranger.put('kinora/a/0', patterned(0)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(S3UnavailableError);
    expect(String(failure)).toBe('S3UnavailableError: The object store refused with 403');
    expect(server.objects.size).toBe(0);
  });
});

// Started while the file is loaded: what is to be described depends on whether it starts.
const swift = hasSwift ? await startSwift() : null;
afterAll(() => swift?.stop());
if (!swift)
  it.skip('needs OpenStack Swift for a genuine object store (see scripts/system-packages.mjs), and a file system with extended attributes', () =>
    undefined);

(swift ? describe : describe.skip)('over a genuine object store', () => {
  const settings = swift?.settings ?? new SmallS3Server().settings;
  let genuine: S3Bucket;
  beforeAll(() => {
    genuine = new S3Bucket(settings);
  });
  afterAll(() => genuine.close());

  describeChunkStore('S3ChunkStore', {
    ...shared,
    begin: () => Promise.resolve(async () => genuine.delete((await genuine.list('')).map(({ key }) => key))),
    open: (place, options) => open(place, { ...options, bucket: genuine }),
    cutShort: (place) => genuine.put(`kinora/${place}/2`, patterned(2, 500)),
  });

  it('shares, lists, reads in parts and erases; a wrong key opens nothing', async () => {
    const at = () => open('swift', { bucket: genuine, length: 20_400 });
    const one = at();
    for (let index = 0; index < 21; index += 1)
      await putChunk(one, index, patterned(index, index === 20 ? 400 : 1_000));
    await closeStore(one);
    const two = at();
    expect((await two.storedChunks(21)).bits).toEqual(Uint8Array.of(0xff, 0xff, 0b1111_1000));
    expect(Buffer.from(await getChunk(two, 20))).toEqual(patterned(20, 400));
    expect(Buffer.from(await getChunk(two, 3, { offset: 10, length: 5 }))).toEqual(
      patterned(3).subarray(10, 15),
    );
    await two.forget(3);
    await expect(getChunk(two, 3)).rejects.toBeInstanceOf(ChunkMissingError);
    await new Promise<void>((resolve) => two.destroy(() => resolve()));
    expect(await genuine.list('kinora/')).toEqual([]);
    const stranger = new S3Bucket({ ...settings, secretAccessKey: 'wrong' }, timing);
    await expect(stranger.get('kinora/x/0')).rejects.toThrow('refused with 403');
  }, 60_000);
});
