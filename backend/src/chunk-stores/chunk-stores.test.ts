import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SmallS3Server } from '../test-support/s3-server.js';
import { writtenChunk, writtenTorrent } from '../test-support/written-torrent.js';
import { patterned } from './chunk-store.contract.js';
import { closeStore, getChunk, putChunk } from './chunk-store.js';
import type { ChunkStoreSettings } from './chunk-store-settings.js';
import { openChunkStores } from './chunk-stores.js';

const infoHash = 'ab'.repeat(20);
let root: string;
let s3: SmallS3Server;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'kinora-stores-'));
  s3 = await new SmallS3Server().start();
});

afterEach(async () => {
  await s3.stop();
  await rm(root, { recursive: true, force: true });
});

const kinds: ChunkStoreSettings['kind'][] = ['file', 'memory', 'encrypted', 's3', 'tiered'];

function settings(kind: ChunkStoreSettings['kind']): ChunkStoreSettings {
  if (kind === 'memory') return { kind, maxBytes: 1_000_000 };
  if (kind === 'file') return { kind, root };
  if (kind === 's3') return { kind, memoryBytes: 1_500, s3: s3.settings };
  if (kind === 'tiered') return { kind, root, memoryBytes: 1_500, s3: s3.settings };
  return { kind, root, masterKeys: [{ id: 'm', key: Buffer.alloc(32, 3) }] };
}

describe.each(kinds)('chunk stores of kind %s', (kind) => {
  it('keep a torrent of two files where they say, and erase it', async () => {
    const stores = await openChunkStores(settings(kind));
    const files = [
      { offset: 0, length: 1_500 },
      { offset: 1_500, length: 700 },
    ];
    const wanted = { infoHash, chunkLength: 1_000, length: 2_200, files };
    const store = stores.create(wanted);
    await putChunk(store, 1, patterned(1));
    await putChunk(store, 2, patterned(2, 200));
    expect(Buffer.from(await getChunk(store, 1))).toEqual(patterned(1));
    await closeStore(store);
    const directory = stores.directoryOf(infoHash);
    expect(directory === null).toBe(['memory', 's3'].includes(kind));
    if (kind === 'memory') return;
    if (directory !== null) {
      expect(path.relative(root, directory).startsWith('..')).toBe(false);
      expect(stores.infoHashOf(directory)).toBe(kind === 'encrypted' ? null : infoHash);
    }
    expect(stores.infoHashOf(path.join(root, 'sealed', infoHash))).toBeNull();
    const again = (await openChunkStores(settings(kind))).create(wanted);
    expect(Buffer.from(await getChunk(again, 2))).toEqual(patterned(2, 200));
    await closeStore(again);
    await stores.erase(infoHash);
    if (directory !== null) await expect(readdir(directory)).rejects.toThrow('ENOENT');
    expect(s3.objects.size).toBe(0);
  });

  it('T09 make no path of anything but an info-hash', async () => {
    const stores = await openChunkStores(settings(kind));
    for (const name of ['..', '../../etc', '', `${infoHash}/x`, infoHash.toUpperCase()]) {
      expect(() => stores.directoryOf(name)).toThrow('malformed');
    }
  });
});

describe('servers that share a bucket', () => {
  const wanted = { infoHash, chunkLength: 1_000, length: 8_000 };

  it('find there what another has fetched, also once that one has given it back', async () => {
    const tiered = (place: string): ChunkStoreSettings => ({
      kind: 'tiered',
      root: path.join(root, place),
      memoryBytes: 1_000,
      s3: s3.settings,
    });
    const [one, two] = [await openChunkStores(tiered('one')), await openChunkStores(tiered('two'))];
    const first = one.create(wanted);
    for (const index of [0, 5, 7]) await putChunk(first, index, patterned(index));
    await closeStore(first);
    await one.release(infoHash);
    expect(s3.objects.size).toBe(3);
    const second = two.create(wanted);
    expect((await second.storedChunks(8)).bits).toEqual(Uint8Array.of(0b1000_0101));
    expect(Buffer.from(await getChunk(second, 5, { offset: 3, length: 4 }))).toEqual(
      patterned(5).subarray(3, 7),
    );
    expect(await second.evict([5])).toEqual([]);
    expect(Buffer.from(await getChunk(second, 5))).toEqual(patterned(5));
    await closeStore(second);
    // Read once, it lies on this disk too.
    await s3.stop();
    const alone = two.create(wanted);
    expect(Buffer.from(await getChunk(alone, 5))).toEqual(patterned(5));
    await closeStore(alone);
    s3 = await new SmallS3Server().start();
  });
});

describe('F15 a process killed while it writes', () => {
  const writer = fileURLToPath(new URL('../test-support/chunk-writer.ts', import.meta.url));

  it.each(['file', 'encrypted'] as const)(
    'leaves a store of kind %s that promises no more than it has',
    async (kind) => {
      let promised = 0;
      for (const count of [5, 130, 600]) {
        const child = spawn(process.execPath, ['--import', 'tsx', writer, kind, root], {
          stdio: ['ignore', 'pipe', 'inherit'],
          env: { ...process.env, NODE_OPTIONS: '' },
        });
        const ended = once(child, 'exit');
        let written = 0;
        child.stdout.on('data', (dots: Buffer) => {
          written += dots.length;
          if (written >= count) child.kill('SIGKILL');
        });
        await ended;
        const store = (await openChunkStores(settings(kind))).create(writtenTorrent);
        const { bits } = await store.storedChunks(400);
        for (let index = 0; index < 400; index += 1) {
          if (((bits[index >> 3] ?? 0) & (0x80 >> (index & 7))) === 0) continue;
          promised += 1;
          expect(writtenChunk(index).equals(await getChunk(store, index))).toBe(true);
        }
        await closeStore(store);
      }
      expect(promised).toBeGreaterThan(0);
    },
  );
});
