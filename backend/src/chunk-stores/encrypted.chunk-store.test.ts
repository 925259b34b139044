import {
  mkdtemp,
  open as openFile,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { KeyRing } from '../encryption/secrets.js';
import { crampedDisk } from '../test-support/cramped-disk.js';
import { describeChunkStore, patterned } from './chunk-store.contract.js';
import { ChunkMissingError, ChunkStoreLockedError } from './chunk-store.errors.js';
import { closeStore, destroyStore, getChunk, putChunk } from './chunk-store.js';
import { EncryptedChunkStore } from './encrypted.chunk-store.js';
import { FileChunkStore } from './file.chunk-store.js';
import { blockLength, sealedLength } from './sealed-chunk.js';
import { TitleKeys } from './title-keys.js';

const masterKeys: KeyRing = [{ id: 'm1', key: Buffer.alloc(32, 5) }];
let root: string;
let keys: TitleKeys;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'kinora-sealed-'));
  keys = await TitleKeys.open(path.join(root, 'sealed'), masterKeys);
});

afterEach(() => rm(root, { recursive: true, force: true }));

function open(
  title: string,
  { chunkLength, length, titleKeys = keys, maxPendingBytes = 32 << 20 }: OpenOptions,
): EncryptedChunkStore {
  const directory = titleKeys.directoryOf(title);
  return new EncryptedChunkStore(chunkLength, {
    ...(length !== undefined && { length }),
    key: {
      find: () => titleKeys.find(directory),
      findOrCreate: () => titleKeys.findOrCreate(directory),
      drop: () => titleKeys.drop(directory),
    },
    inner: (sealedChunkLength, layout) =>
      new FileChunkStore(sealedChunkLength, { directory, maxPendingBytes, ...layout }),
  });
}

interface OpenOptions {
  chunkLength: number;
  length?: number;
  titleKeys?: TitleKeys;
  maxPendingBytes?: number;
}

const dataFile = (title: string) => path.join(keys.directoryOf(title), '0.bin');

describeChunkStore('EncryptedChunkStore', {
  begin: () => Promise.resolve(() => Promise.resolve()),
  open,
  lasts: true,
  noticesFlippedBits: true,
  flipBit: (place) => flipBit(dataFile(place), 200),
  cutShort: async (place) => truncate(dataFile(place), Math.floor((await stat(dataFile(place))).size / 2)),
  openCramped: async () => {
    const disk = await crampedDisk(100_000);
    if (!disk) return null;
    const titleKeys = await TitleKeys.open(path.join(disk.directory, 'sealed'), masterKeys);
    return { ...disk, store: open('cramped', { chunkLength: 16_384, titleKeys, maxPendingBytes: 0 }) };
  },
});

describe('EncryptedChunkStore', () => {
  it('T50 never uses a key stream twice: zeros of three titles, one chunk of them twice, repeat no 16 bytes in 64 MiB', async () => {
    const chunkLength = 1 << 20;
    const sealed: Buffer[] = [];
    const zeros = Buffer.alloc(chunkLength);
    for (const title of ['a', 'b', 'c']) {
      const store = open(title, { chunkLength });
      for (let index = 0; index < 21; index += 1) await putChunk(store, index, zeros);
      await closeStore(store);
      sealed.push(await readFile(dataFile(title)));
    }
    const again = open('a', { chunkLength });
    await putChunk(again, 0, zeros);
    await closeStore(again);
    sealed.push((await readFile(dataFile('a'))).subarray(0, sealedLength(chunkLength)));

    const words: BigUint64Array[] = sealed.map((bytes) => halfBlocks(bytes));
    const total = words.reduce((sum, { length }) => sum + length, 0);
    expect(total * 16).toBe(64 << 20);
    const all = new BigUint64Array(total);
    words.reduce((at, part) => (all.set(part, at), at + part.length), 0);
    all.sort();
    // Half of each 16 bytes; among 4 million random ones two equal halves have a chance of one in two million.
    expect(all.findIndex((word, at) => at > 0 && word === all[at - 1])).toBe(-1);
  }, 60_000);

  it('T50 leaves neither content nor info-hash readable on disk', async () => {
    const infoHash = '0123456789abcdef0123456789abcdef01234567';
    const canary = 'the canary sings in the coal mine';
    const store = open(infoHash, { chunkLength: 200_000 });
    await putChunk(store, 0, Buffer.alloc(200_000, canary));
    await closeStore(store);
    const names = await readdir(root, { recursive: true, withFileTypes: true });
    expect(
      names
        .filter((entry) => entry.isFile())
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['0.bin', 'key.bin', 'names.bin', 'pieces.bin']);
    for (const entry of names) {
      expect(entry.name).not.toContain(infoHash);
      if (!entry.isFile()) continue;
      const bytes = await readFile(path.join(entry.parentPath, entry.name));
      expect(bytes.includes(canary.slice(0, 12))).toBe(false);
      expect(bytes.includes(infoHash)).toBe(false);
      expect(bytes.includes(Buffer.from(infoHash, 'hex'))).toBe(false);
    }
  });

  it('does not take a block in the place of another, of its own chunk, another chunk or another title', async () => {
    const chunkLength = 2 * blockLength;
    for (const title of ['a', 'b']) {
      const store = open(title, { chunkLength });
      for (const index of [0, 1]) await putChunk(store, index, patterned(index, chunkLength));
      await closeStore(store);
    }
    const original = await readFile(dataFile('a'));
    const other = await readFile(dataFile('b'));
    const block = sealedLength(blockLength);
    const swaps: [string, Buffer][] = [
      ['its own', original.subarray(block, 2 * block)],
      ['another chunk', original.subarray(2 * block, 3 * block)],
      ['another title', other.subarray(0, block)],
    ];
    for (const [_, foreign] of swaps) {
      await writeFile(dataFile('a'), Buffer.concat([foreign, original.subarray(block)]));
      const store = open('a', { chunkLength });
      await expect(getChunk(store, 0, { offset: 0, length: 10 })).rejects.toBeInstanceOf(ChunkMissingError);
      expect(Buffer.from(await getChunk(store, 1))).toEqual(patterned(1, chunkLength));
      await putChunk(store, 0, patterned(0, chunkLength));
      await closeStore(store);
    }
  });

  it('finds a flipped bit wherever it is', async () => {
    const chunkLength = 300;
    for (let at = 0; at < sealedLength(chunkLength); at += 1) {
      const store = open(`t${at}`, { chunkLength });
      await putChunk(store, 0, patterned(0, chunkLength));
      await closeStore(store);
      await flipBit(dataFile(`t${at}`), at);
      const again = open(`t${at}`, { chunkLength });
      await expect(getChunk(again, 0)).rejects.toBeInstanceOf(ChunkMissingError);
      await closeStore(again);
    }
  });

  it('can read nothing any more once the key is dropped, though every byte is still there', async () => {
    const store = open('a', { chunkLength: 1_000 });
    await putChunk(store, 0, patterned(0));
    await closeStore(store);
    const before = await readFile(dataFile('a'));
    await keys.drop(keys.directoryOf('a'));
    expect(await readFile(dataFile('a'))).toEqual(before);
    const again = open('a', { chunkLength: 1_000 });
    expect((await again.storedChunks(1)).bits).toEqual(Uint8Array.of(0));
    await expect(getChunk(again, 0)).rejects.toBeInstanceOf(ChunkMissingError);
    // The next key starts in an empty directory.
    await putChunk(again, 1, patterned(1));
    await expect(getChunk(again, 0)).rejects.toBeInstanceOf(ChunkMissingError);
    await destroyStore(again);
    expect(await readdir(path.join(root, 'sealed'))).toEqual(['names.bin']);
  });

  it('changes the master key without touching a chunk; afterwards the old one opens nothing', async () => {
    const store = open('a', { chunkLength: 1_000 });
    await putChunk(store, 0, patterned(0));
    await closeStore(store);
    const chunks = await readFile(dataFile('a'));
    const newest: KeyRing = [{ id: 'm2', key: Buffer.alloc(32, 6) }];
    const both = await TitleKeys.open(path.join(root, 'sealed'), [...newest, ...masterKeys]);
    expect(await both.rewrap()).toBe(2);
    const rotated = await TitleKeys.open(path.join(root, 'sealed'), newest);
    expect(rotated.directoryOf('a')).toBe(keys.directoryOf('a'));
    const again = open('a', { chunkLength: 1_000, titleKeys: rotated });
    expect(Buffer.from(await getChunk(again, 0))).toEqual(patterned(0));
    await closeStore(again);
    expect(await readFile(dataFile('a'))).toEqual(chunks);
    await expect(TitleKeys.open(path.join(root, 'sealed'), masterKeys)).rejects.toBeInstanceOf(
      ChunkStoreLockedError,
    );
  });

  it('refuses a wrong master key and keeps what is stored; a damaged title key means an empty title', async () => {
    const store = open('a', { chunkLength: 1_000 });
    await putChunk(store, 0, patterned(0));
    await closeStore(store);
    const stranger: KeyRing = [{ id: 'other', key: Buffer.alloc(32, 7) }];
    await expect(TitleKeys.open(path.join(root, 'sealed'), stranger)).rejects.toThrow('backup');
    expect((await stat(dataFile('a'))).size).toBeGreaterThan(1_000);

    await writeFile(path.join(keys.directoryOf('a'), 'key.bin'), '{"version":1');
    const again = open('a', { chunkLength: 1_000 });
    await expect(getChunk(again, 0)).rejects.toBeInstanceOf(ChunkMissingError);
    await putChunk(again, 0, patterned(4));
    expect(Buffer.from(await getChunk(again, 0))).toEqual(patterned(4));
    await destroyStore(again);
  });
});

async function flipBit(file: string, at: number): Promise<void> {
  const handle = await openFile(file, 'r+');
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, at);
  await handle.write(Buffer.of(byte.readUInt8(0) ^ 0x10), 0, 1, at);
  await handle.close();
}

/** The first half of every 16 bytes of key stream (what zeros became) in sealed chunks. */
function halfBlocks(sealed: Buffer): BigUint64Array {
  const halves: bigint[] = [];
  for (let at = 0; at < sealed.length; at += sealedLength(blockLength)) {
    const block = sealed.subarray(at + 12, at + sealedLength(blockLength) - 16);
    for (let word = 0; word < block.length; word += 16) halves.push(block.readBigUInt64LE(word));
  }
  return BigUint64Array.from(halves);
}
