import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { crampedDisk } from '../test-support/cramped-disk.js';
import { describeChunkStore, patterned } from './chunk-store.contract.js';
import { ChunkMissingError, ChunkStoreFullError } from './chunk-store.errors.js';
import { type ChunkPart, closeStore, getChunk, putChunk } from './chunk-store.js';
import { FileChunkStore, type FileChunkStoreOptions } from './file.chunk-store.js';
import { canPunchHoles } from './punch-holes.js';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'kinora-chunks-'));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

describeChunkStore('FileChunkStore', {
  begin: () => Promise.resolve(() => Promise.resolve()),
  open: (place, { chunkLength, ...layout }) =>
    new FileChunkStore(chunkLength, { directory: path.join(root, place), ...layout }),
  lasts: true,
  // Pieces have hashes, which whoever reads them after doubt checks.
  noticesFlippedBits: false,
  cutShort: async (place) => {
    const file = path.join(root, place, '0.bin');
    await truncate(file, Math.floor((await stat(file)).size / 2));
  },
  openCramped: async () => {
    const disk = await crampedDisk(100_000);
    return (
      disk && {
        ...disk,
        store: new FileChunkStore(16_384, {
          directory: path.join(disk.directory, 'torrent'),
          maxPendingBytes: 0,
        }),
      }
    );
  },
});

const twoFiles = [
  { offset: 0, length: 7 },
  { offset: 7, length: 0 },
  { offset: 7, length: 18 },
];

function open(options: Partial<FileChunkStoreOptions> = {}): FileChunkStore {
  return new FileChunkStore(10, {
    directory: path.join(root, 'torrent'),
    files: twoFiles,
    length: 25,
    ...options,
  });
}

const put = (store: FileChunkStore, index: number, text: string) => putChunk(store, index, Buffer.from(text));
const get = async (store: FileChunkStore, index: number, part: ChunkPart = {}) =>
  Buffer.from(await getChunk(store, index, part)).toString();

describe('FileChunkStore', () => {
  it('frees the disk of what is given back, where the file system can, and no more than that', async () => {
    if (!(await canPunchHoles(root))) return;
    const mega = 1 << 20;
    const directory = path.join(root, 'torrent');
    const store = new FileChunkStore(mega, { directory, length: 8 * mega, maxPendingBytes: 0 });
    for (let index = 0; index < 8; index += 1) await putChunk(store, index, patterned(index, mega));
    const blocks = async () => (await stat(path.join(directory, '0.bin'))).blocks * 512;
    const before = await blocks();
    await store.evict([1, 2, 3, 6]);
    expect(before - (await blocks())).toBe(4 * mega);
    await closeStore(store);
    const again = new FileChunkStore(mega, { directory, length: 8 * mega });
    expect((await again.storedChunks(8)).bits).toEqual(Uint8Array.of(0b1000_1101));
    for (const index of [0, 4, 5, 7])
      expect(patterned(index, mega).equals(await getChunk(again, index))).toBe(true);
    await closeStore(again);
  });

  it('spreads chunks over files named by index only, readable by the owner alone (T09, T10)', async () => {
    const store = open();
    await put(store, 0, 'aaaaaaabbb');
    await put(store, 2, 'ccccc');
    expect(await get(store, 0, { offset: 5, length: 4 })).toBe('aabb');
    await closeStore(store);
    const directory = path.join(root, 'torrent');
    expect((await readdir(directory)).sort()).toEqual(['0.bin', '2.bin', 'pieces.bin']);
    expect(await readFile(path.join(directory, '0.bin'), 'utf8')).toBe('aaaaaaa');
    expect((await readFile(path.join(directory, '2.bin'), 'latin1')).replaceAll('\0', '.')).toBe(
      'bbb..........ccccc',
    );
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(path.join(directory, '0.bin'))).mode & 0o777).toBe(0o600);
  });

  it('finds after a restart what was written, and nothing else', async () => {
    const first = open();
    await put(first, 1, '0123456789');
    await closeStore(first);
    const second = open();
    expect(await get(second, 1)).toBe('0123456789');
    await expect(get(second, 0)).rejects.toThrow('not here');
    await closeStore(second);
  });

  it('refuses bytes outside a chunk and the wrong length of the last one', async () => {
    const store = open();
    await put(store, 2, 'ccccc');
    await expect(put(store, 2, 'cccccccccc')).rejects.toThrow('5 bytes');
    await expect(put(store, 3, '')).resolves.toBeUndefined();
    await expect(get(store, 2, { offset: 3, length: 3 })).rejects.toThrow('No such bytes');
    await expect(get(store, 2, { offset: -1, length: 1 })).rejects.toThrow('No such bytes');
    await closeStore(store);
  });

  it('does not follow a link planted as the directory or as a file, nor delete through it (T11)', async () => {
    const victim = path.join(root, 'victim');
    await mkdir(victim);
    await writeFile(path.join(victim, '0.bin'), 'keep');
    await symlink(victim, path.join(root, 'torrent'));
    const linkedDirectory = open({ maxPendingBytes: 0 });
    await expect(put(linkedDirectory, 0, 'aaaaaaabbb')).rejects.toThrow('no directory');
    await new Promise<void>((resolve) => linkedDirectory.destroy(() => resolve()));
    expect(await readFile(path.join(victim, '0.bin'), 'utf8')).toBe('keep');

    await mkdir(path.join(root, 'other'));
    await symlink(path.join(victim, '0.bin'), path.join(root, 'other', '0.bin'));
    const linkedFile = open({ directory: path.join(root, 'other'), maxPendingBytes: 0 });
    await expect(put(linkedFile, 0, 'aaaaaaabbb')).rejects.toThrow('ELOOP');
    await new Promise<void>((resolve) => linkedFile.destroy(() => resolve()));
    expect(await readFile(path.join(victim, '0.bin'), 'utf8')).toBe('keep');
    await expect(lstat(path.join(root, 'other'))).rejects.toThrow('ENOENT');
  });

  it('reports a disk that failed after a chunk was taken with the next chunk', async () => {
    await writeFile(path.join(root, 'torrent'), 'in the way');
    const store = open({ maxPendingBytes: 15 });
    await put(store, 0, 'aaaaaaabbb');
    await expect(put(store, 1, '0123456789')).rejects.toThrow();
    await expect(put(store, 1, '0123456789')).rejects.toThrow();
    await expect(get(store, 0)).rejects.toThrow();
  });

  it('F13 tells of a chunk that was taken and could not be written, and goes on when there is room', async () => {
    const disk = await crampedDisk(16_384);
    if (!disk) return;
    const lost: [number, string][] = [];
    const chunk = (seed: number) => Buffer.alloc(8_192, seed);
    const directory = path.join(disk.directory, 'torrent');
    const onLost = (index: number, error: Error) => lost.push([index, error.name]);
    try {
      const first = new FileChunkStore(8_192, { directory });
      await putChunk(first, 0, chunk(1));
      await closeStore(first);
      const store = new FileChunkStore(8_192, { directory, onLost });
      await putChunk(store, 1, chunk(2));
      while (lost.length === 0) await setImmediate();
      expect(lost).toEqual([[1, 'ChunkStoreFullError']]);
      await expect(getChunk(store, 1)).rejects.toBeInstanceOf(ChunkMissingError);
      await expect(putChunk(store, 3, chunk(4))).rejects.toBeInstanceOf(ChunkStoreFullError);
      expect(await getChunk(store, 0)).toEqual(chunk(1));
      await disk.makeRoom();
      await putChunk(store, 1, chunk(2));
      expect(await getChunk(store, 1)).toEqual(chunk(2));
      await closeStore(store);
      expect(lost).toHaveLength(1);
    } finally {
      await disk.dispose();
    }
  });

  it('keeps few files open however many a torrent has', async () => {
    const files = Array.from({ length: 300 }, (_, index) => ({ offset: index, length: 1 }));
    const store = open({ files, length: 300 });
    for (let index = 0; index < 30; index += 1) await put(store, index, '0123456789');
    for (let index = 0; index < 30; index += 1) expect(await get(store, index)).toBe('0123456789');
    await closeStore(store);
    expect(await readdir(path.join(root, 'torrent'))).toHaveLength(301);
  });
});
