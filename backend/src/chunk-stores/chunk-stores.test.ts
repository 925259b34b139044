import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writtenChunk, writtenTorrent } from '../test-support/written-torrent.js';
import { patterned } from './chunk-store.contract.js';
import { closeStore, getChunk, putChunk } from './chunk-store.js';
import type { ChunkStoreSettings } from './chunk-store-settings.js';
import { openChunkStores } from './chunk-stores.js';

const infoHash = 'ab'.repeat(20);
let root: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'kinora-stores-'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

const kinds: ChunkStoreSettings['kind'][] = ['file', 'memory', 'encrypted'];

function settings(kind: ChunkStoreSettings['kind']): ChunkStoreSettings {
  if (kind === 'memory') return { kind, maxBytes: 1_000_000 };
  if (kind === 'file') return { kind, root };
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
    expect(directory === null).toBe(kind === 'memory');
    if (directory === null) return;
    expect(path.relative(root, directory).startsWith('..')).toBe(false);
    expect(stores.infoHashOf(directory)).toBe(kind === 'file' ? infoHash : null);
    expect(stores.infoHashOf(path.join(root, 'sealed', infoHash))).toBeNull();
    const again = (await openChunkStores(settings(kind))).create(wanted);
    expect(Buffer.from(await getChunk(again, 2))).toEqual(patterned(2, 200));
    await closeStore(again);
    await stores.erase(infoHash);
    await expect(readdir(directory)).rejects.toThrow('ENOENT');
  });

  it('T09 make no path of anything but an info-hash', async () => {
    const stores = await openChunkStores(settings(kind));
    for (const name of ['..', '../../etc', '', `${infoHash}/x`, infoHash.toUpperCase()]) {
      if (kind === 'memory') expect(stores.directoryOf(name)).toBeNull();
      else expect(() => stores.directoryOf(name)).toThrow('malformed');
    }
  });
});

describe('F15 a process killed while it writes', () => {
  const writer = fileURLToPath(new URL('../test-support/chunk-writer.ts', import.meta.url));

  it.each(['file', 'encrypted'] as const)(
    'leaves a store of kind %s that promises no more than it has',
    async (kind) => {
      let promised = 0;
      for (const count of [5, 60, 130]) {
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
