import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { closeStore, putChunk } from '../../chunk-stores/chunk-store.js';
import { type ChunkStores, openChunkStores } from '../../chunk-stores/chunk-stores.js';
import { silentLogger } from '../../logging/logger.js';
import { StoredTorrentRepository } from '../../repositories/stored-torrent.repository.js';
import { TorrentUseRepository } from '../../repositories/torrent-use.repository.js';
import { openTestDatabase } from '../../test-support/database.js';
import { MemoryTorrentEngine } from '../../test-support/memory-torrent-engine.js';
import { SmallS3Server } from '../../test-support/s3-server.js';
import { parseTorrentFile } from '../torrent/torrent-file.js';
import { SharedStorage } from './shared-storage.js';
import { StorageService } from './storage.service.js';
import { StorageBudget } from './storage-budget.js';

const pieceLength = 16_384;
const actor = {
  userId: 'u',
  username: 'ada',
  role: 'admin' as const,
  sessionId: 's',
  securityVersion: 0,
  authenticatedAt: null,
  ageLimit: null,
  language: null,
};
const origin = { address: null, requestId: null, userAgent: null };

describe('the bucket that servers share', () => {
  let root: string;
  let s3: SmallS3Server;
  let stores: ChunkStores;
  let storedTorrents: StoredTorrentRepository;
  let budget: StorageBudget;
  let service: (shared: SharedStorage) => StorageService;
  let dispose: () => Promise<void>;
  let clock = 0;
  const playing = new Set<string>();

  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'kinora-shared-'));
    s3 = await new SmallS3Server().start();
    stores = await openChunkStores({ kind: 'tiered', root, memoryBytes: 100_000, s3: s3.settings });
    const { database, dispose: close } = await openTestDatabase();
    dispose = close;
    // Later than what the small server says of its objects.
    clock = Date.parse('2026-06-01T00:00:00Z');
    storedTorrents = new StoredTorrentRepository(database, () => new Date((clock += 60_000)));
    const logger = silentLogger();
    budget = new StorageBudget({
      ...{ root, stores, storedTorrents, logger, engine: new MemoryTorrentEngine([]) },
      ...{ limitBytes: 1e9, minFreeBytes: 0 },
    });
    service = (shared) =>
      new StorageService({
        ...{ budget, shared, storedTorrents, logger },
        uses: new TorrentUseRepository(database),
        audit: { record: () => Promise.resolve() },
      });
    playing.clear();
  });

  afterEach(async () => {
    await budget.stop();
    await dispose();
    await s3.stop();
    await rm(root, { recursive: true, force: true });
  });

  function open(limitBytes: number | null = null): SharedStorage {
    const { shared } = stores;
    if (!shared) throw new Error('no bucket');
    return new SharedStorage({
      ...{ shared, storedTorrents, limitBytes, logger: silentLogger() },
      listHere: async () =>
        (await budget.survey()).items.map(({ infoHash, bytes }) => ({
          infoHash: infoHash ?? '',
          version: String(bytes),
        })),
      isPlaying: (infoHash) => playing.has(infoHash),
      // Each look is a fresh one.
      now: () => (clock += 60_000),
    });
  }

  /** A film of three pieces that was fetched here; answers its info-hash. */
  async function fetchFilm(seed: number, length = 3 * pieceLength - 100): Promise<string> {
    const pieces = [0, 1, 2].map((at) =>
      Buffer.alloc(Math.min(pieceLength, length - at * pieceLength), seed * 16 + at),
    );
    const sums = Buffer.concat(pieces.map((piece) => createHash('sha1').update(piece).digest()));
    const torrentFile = Buffer.concat([
      Buffer.from(`d4:infod6:lengthi${length}e4:name8:film.mp412:piece lengthi${pieceLength}e6:pieces60:`),
      sums,
      Buffer.from('ee'),
    ]);
    const { infoHash, name, files } = parseTorrentFile(torrentFile).metadata;
    await storedTorrents.save({ infoHash, name, length, torrentFile });
    const store = stores.create({ infoHash, chunkLength: pieceLength, length, files });
    // What cannot be uploaded stays on this disk.
    for (const [index, piece] of pieces.entries()) await putChunk(store, index, piece).catch(() => undefined);
    await closeStore(store);
    return infoHash;
  }

  const inBucket = (infoHash: string) =>
    [...s3.objects.keys()].filter((key) => key.includes(infoHash)).length;

  it('is brought what could not be uploaded while it was away, also by a process that knows nothing of it', async () => {
    const infoHash = await fetchFilm(1);
    s3.objects.delete(`kinora/${infoHash}/1`);
    s3.objects.set(`kinora/${infoHash}/2`, Buffer.alloc(10));
    const shared = open();
    await shared.lookAfter();
    expect(inBucket(infoHash)).toBe(3);
    expect(s3.objects.get(`kinora/${infoHash}/2`)?.length).toBe(pieceLength - 100);
    // Nothing is asked about what is complete and has not changed.
    const { length } = s3.answered;
    await shared.lookAfter();
    expect(s3.answered).toHaveLength(length);
  });

  it('T12 is not brought what is damaged here', async () => {
    const infoHash = await fetchFilm(1);
    s3.objects.clear();
    const store = (await openChunkStores({ kind: 'file', root })).create({
      ...{ infoHash, chunkLength: pieceLength, length: 3 * pieceLength - 100 },
      files: [{ offset: 0, length: 3 * pieceLength - 100 }],
    });
    await putChunk(store, 0, Buffer.alloc(pieceLength, 99));
    await closeStore(store);
    await open().lookAfter();
    expect(s3.objects.has(`kinora/${infoHash}/0`)).toBe(false);
    expect(inBucket(infoHash)).toBe(2);
  });

  it('keeps its limit: the least recently used goes, never what plays or is pinned, and is not brought back', async () => {
    const [oldest, pinned, plays, latest] = [
      await fetchFilm(1),
      await fetchFilm(2),
      await fetchFilm(3),
      await fetchFilm(4),
    ];
    await storedTorrents.setPinned(pinned, true);
    playing.add(plays);
    const shared = open(3 * 3 * pieceLength);
    await shared.lookAfter();
    expect([oldest, pinned, plays, latest].map(inBucket)).toEqual([0, 3, 3, 3]);
    await open(3 * 3 * pieceLength).lookAfter();
    expect(inBucket(oldest)).toBe(0);
    await open(1).lookAfter();
    expect([pinned, plays, latest].map(inBucket)).toEqual([3, 3, 0]);
  });

  it('is listed for administrators, also what lies there alone, and what they delete goes there too', async () => {
    const [here, there] = [await fetchFilm(1), await fetchFilm(2)];
    await stores.release(there);
    const shared = open(1e6);
    const storage = service(shared);
    const overview = await storage.getOverview();
    const bytes = 3 * pieceLength - 100;
    expect(overview.bucket).toEqual({ isReachable: true, totalBytes: 2 * bytes, limitBytes: 1e6 });
    expect(overview.items.find(({ id }) => id === there)).toMatchObject({
      ...{ title: 'film.mp4', bytes: 0, bucketBytes: bytes, nextToGo: false },
    });
    expect(overview.items.find(({ id }) => id === here)).toMatchObject({ bucketBytes: bytes });
    await storage.delete(there, actor, origin);
    await storage.delete(here, actor, origin);
    expect(s3.objects.size).toBe(0);
    expect((await storage.getOverview()).items).toEqual([]);
  });

  it('says so when it does not answer', async () => {
    await fetchFilm(1);
    await s3.stop();
    const overview = await service(open()).getOverview();
    expect(overview.bucket).toMatchObject({ isReachable: false, totalBytes: 0 });
    expect(overview.items).toHaveLength(1);
    s3 = await new SmallS3Server().start();
  }, 30_000);
});
