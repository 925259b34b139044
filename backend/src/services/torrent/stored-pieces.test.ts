import { createHash } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { closeStore, getChunk, putChunk } from '../../chunk-stores/chunk-store.js';
import type { ChunkStoreSettings } from '../../chunk-stores/chunk-store-settings.js';
import { type ChunkStores, openChunkStores } from '../../chunk-stores/chunk-stores.js';
import { SmallS3Server } from '../../test-support/s3-server.js';
import { findStoredPieces, hasHash } from './stored-pieces.js';
import type { TorrentMetadata } from './torrent-engine.port.js';

const infoHash = 'cd'.repeat(20);
const pieceLength = 1_000;
const length = 7_500;
const pieces = Array.from({ length: 8 }, (_, piece) =>
  Buffer.alloc(Math.min(pieceLength, length - piece * pieceLength), piece + 1),
);
const hashes = Buffer.concat(pieces.map((piece) => createHash('sha1').update(piece).digest()));
const files = [{ index: 0, path: 'film.mp4', name: 'film.mp4', offset: 0, length }];
const metadata: TorrentMetadata = { infoHash, name: 'film', pieceLength, length, files, isPrivate: false };

let root: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'kinora-stored-'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

const isIntact = (piece: number, chunk: Uint8Array) => hasHash(hashes, piece, chunk);

async function fill(stores: ChunkStores): Promise<void> {
  const store = stores.create({ infoHash, chunkLength: pieceLength, length, files, isIntact });
  for (const [index, piece] of pieces.entries()) await putChunk(store, index, piece);
  await closeStore(store);
}

async function overwrite(name: string, position: number, bytes: Uint8Array): Promise<void> {
  const file = await open(path.join(root, infoHash, name), 'r+');
  await file.write(bytes, 0, bytes.length, position);
  await file.close();
}

/** As after a power failure: the journal is of an earlier boot of the machine. */
const reboot = () => overwrite('pieces.bin', 0, Buffer.from('another boot'));
const damage = (piece: number) => overwrite('0.bin', piece * pieceLength + 10, Buffer.from('damaged'));
const bitsWithout = (...missing: number[]) =>
  Uint8Array.of(missing.reduce((bits, piece) => bits & ~(0x80 >> piece), 0xff));

describe('F16 what is stored after the end of the machine', () => {
  it('is hashed piece by piece, once, and what the disk lost of it is not counted', async () => {
    const stores = await openChunkStores({ kind: 'file', root });
    await fill(stores);
    await reboot();
    await damage(2);
    expect(await findStoredPieces(stores, metadata, hashes)).toEqual(bitsWithout(2));
    // Now it is known: what is damaged later in this boot is found by the library's sample, not here.
    await damage(5);
    expect(await findStoredPieces(stores, metadata, hashes)).toEqual(bitsWithout(2));
  });

  it('is hashed again when the first time was cut short', async () => {
    const stores = await openChunkStores({ kind: 'file', root });
    await fill(stores);
    await reboot();
    await damage(7);
    const store = stores.create({ infoHash, chunkLength: pieceLength, length, files });
    expect(await store.storedChunks(8)).toEqual({ bits: bitsWithout(), sameBoot: false });
    await closeStore(store);
    expect(await findStoredPieces(stores, metadata, hashes)).toEqual(bitsWithout(7));
  });
});

describe('a piece that is damaged here and whole in the bucket', () => {
  let s3: SmallS3Server;
  let stores: ChunkStores;

  beforeEach(async () => {
    s3 = await new SmallS3Server().start();
    const settings: ChunkStoreSettings = { kind: 'tiered', root, memoryBytes: 2_000, s3: s3.settings };
    stores = await openChunkStores(settings);
    await fill(stores);
    await reboot();
  });

  afterEach(() => s3.stop());

  const objectOf = (piece: number) => `kinora/${infoHash}/${piece}`;

  it('F16 is mended from there, and stays there', async () => {
    await damage(3);
    expect(await findStoredPieces(stores, metadata, hashes)).toEqual(bitsWithout());
    expect(s3.objects.size).toBe(8);
    const here = (await openChunkStores({ kind: 'file', root })).create({
      infoHash,
      ...{ chunkLength: pieceLength, length, files },
    });
    expect(Buffer.from(await getChunk(here, 3))).toEqual(pieces[3]);
    await closeStore(here);
  });

  it('T12 is missing when the bucket’s is damaged too, which then goes for all', async () => {
    await damage(3);
    s3.objects.set(objectOf(3), Buffer.alloc(pieceLength, 99));
    expect(await findStoredPieces(stores, metadata, hashes)).toEqual(bitsWithout(3));
    expect(s3.objects.has(objectOf(3))).toBe(false);
    expect(s3.objects.size).toBe(7);
  });

  it('stays in the bucket when the bucket cannot be asked', async () => {
    await damage(3);
    s3.isUp = false;
    const bits = await findStoredPieces(stores, metadata, hashes);
    expect(bits).toEqual(bitsWithout(3));
    expect(s3.objects.has(objectOf(3))).toBe(true);
  }, 30_000);
});
