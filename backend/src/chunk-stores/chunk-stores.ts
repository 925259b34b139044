import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { ChunkLayout, ChunkStore } from './chunk-store.js';
import type { ChunkStoreSettings } from './chunk-store-settings.js';
import { EncryptedChunkStore } from './encrypted.chunk-store.js';
import { FileChunkStore } from './file.chunk-store.js';
import { MemoryChunkStore } from './memory.chunk-store.js';
import { MemoryPool } from './memory-pool.js';
import { canPunchHoles } from './punch-holes.js';
import { S3ChunkStore } from './s3.chunk-store.js';
import { S3Bucket, type S3Settings } from './s3-bucket.js';
import { SharedChunks } from './shared-chunks.js';
import { TieredChunkStore } from './tiered.chunk-store.js';
import { sealedFolder, TitleKeys } from './title-keys.js';
import { UploadQueue } from './upload-queue.js';

/** Bytes of all torrents that may wait to be uploaded, in memory. */
const maxUploadBytes = 64 * 1024 * 1024;
/** Milliseconds between tries to upload what only this machine has. */
const offerAgainMs = 15_000;

export interface NewChunkStore extends ChunkLayout {
  /** 40 lower-case hex digits. */
  infoHash: string;
  /** The torrent's piece length, bytes. */
  chunkLength: number;
  /** Bytes that may wait for the disk while `put` has called back already; 32 MiB unless given. */
  maxPendingBytes?: number;
  /** Whether a whole piece has its hash; asked of what others may have written. */
  isIntact?: (index: number, chunk: Uint8Array) => boolean;
  /** A piece that was taken is not here after all (the disk failed, memory was needed): it has to be fetched again. */
  onLost?: (index: number) => void;
  /** Whether a reader waits for the piece or is about to reach it. */
  isWanted?: (index: number) => boolean;
}

/** Makes the chunk store of each torrent, of the kind that was chosen. */
export interface ChunkStores {
  create(wanted: NewChunkStore): ChunkStore;
  /** Where a torrent lies on disk; null where it does not. Throws on anything but an info-hash. */
  directoryOf(infoHash: string): string | null;
  /** Whose directory it is, where the name tells; null where names are opaque. */
  infoHashOf(directory: string): string | null;
  /** Deletes what this machine keeps of a torrent that no open store uses; what is shared with other servers stays. */
  release(infoHash: string): Promise<void>;
  /** Deletes all that is kept of a torrent that no open store uses, also for other servers. */
  erase(infoHash: string): Promise<void>;
  /** The bucket that servers share; null where there is none. */
  readonly shared: SharedChunks | null;
  /** Whether single chunks can be given back, so that a film may be larger than its room. */
  canEvict(): Promise<boolean>;
}

/** Errors: `ChunkStoreLockedError` when `encrypted` finds what other master keys have sealed. */
export async function openChunkStores(settings: ChunkStoreSettings): Promise<ChunkStores> {
  switch (settings.kind) {
    case 'file':
      return fileStores(settings.root);
    case 'memory':
      return memoryStores(settings.maxBytes);
    case 'encrypted':
      return encryptedStores(
        await TitleKeys.open(path.join(settings.root, sealedFolder), settings.masterKeys),
      );
    case 's3':
      return memoryOverShared(settings.memoryBytes, s3Stores(settings.s3, null));
    case 'tiered': {
      const files = fileStores(settings.root);
      return underMemory(
        settings.memoryBytes,
        settings.s3 ? overShared(files, s3Stores(settings.s3, files)) : files,
      );
    }
  }
}

function fileStores(root: string): ChunkStores {
  const directoryOf = (infoHash: string) => path.join(root, checked(infoHash));
  const erase = (infoHash: string) => rm(directoryOf(infoHash), { recursive: true, force: true });
  return {
    create: ({ infoHash, chunkLength, length, files, maxPendingBytes, onLost }) =>
      new FileChunkStore(chunkLength, {
        directory: directoryOf(infoHash),
        ...(length !== undefined && { length }),
        ...(files && { files }),
        ...(maxPendingBytes !== undefined && { maxPendingBytes }),
        ...(onLost && { onLost }),
      }),
    directoryOf,
    infoHashOf: (directory) => {
      const name = path.basename(directory);
      return isInfoHash(name) && path.join(root, name) === directory ? name : null;
    },
    release: erase,
    erase,
    shared: null,
    canEvict: once(() => canPunchHoles(root)),
  };
}

function memoryStores(maxBytes: number): ChunkStores {
  const pool = new MemoryPool(maxBytes);
  return {
    create: ({ chunkLength, length, onLost, isWanted }) =>
      new MemoryChunkStore(chunkLength, {
        pool,
        ...(length !== undefined && { length }),
        ...(onLost && { onEvicted: onLost }),
        ...(isWanted && { isWanted }),
      }),
    ...nowhereOnDisk,
    shared: null,
    erase: () => Promise.resolve(),
  };
}

function encryptedStores(keys: TitleKeys): ChunkStores {
  const directoryOf = (infoHash: string) => keys.directoryOf(checked(infoHash));
  const erase = (infoHash: string) => keys.erase(directoryOf(infoHash));
  return {
    create: ({ infoHash, chunkLength, length, maxPendingBytes, onLost }) => {
      const directory = directoryOf(infoHash);
      return new EncryptedChunkStore(chunkLength, {
        ...(length !== undefined && { length }),
        key: {
          find: () => keys.find(directory),
          findOrCreate: () => keys.findOrCreate(directory),
          drop: () => keys.drop(directory),
        },
        inner: (sealedChunkLength, layout) =>
          new FileChunkStore(sealedChunkLength, {
            directory,
            ...layout,
            ...(maxPendingBytes !== undefined && { maxPendingBytes }),
            ...(onLost && { onLost }),
          }),
      });
    },
    directoryOf,
    infoHashOf: () => null,
    release: erase,
    erase,
    shared: null,
    canEvict: once(() => canPunchHoles(keys.root)),
  };
}

function s3Stores(settings: S3Settings, here: ChunkStores | null): ChunkStores {
  const bucket = new S3Bucket(settings);
  const shared = new SharedChunks(bucket, settings.prefix, here && ((torrent) => here.create(torrent)));
  const uploads = new UploadQueue(maxUploadBytes);
  const prefixOf = (infoHash: string) => `${settings.prefix}/${checked(infoHash)}/`;
  return {
    create: ({ infoHash, chunkLength, length, onLost, isIntact }) =>
      new S3ChunkStore(chunkLength, {
        bucket,
        uploads,
        prefix: prefixOf(infoHash),
        ...(length !== undefined && { length }),
        ...(onLost && { onLost }),
        ...(isIntact && { isIntact }),
      }),
    ...nowhereOnDisk,
    shared,
    erase: async (infoHash) => shared.erase(checked(infoHash)),
  };
}

/** Memory for all torrents together, over what lasts. */
function underMemory(memoryBytes: number, below: ChunkStores): ChunkStores {
  const pool = new MemoryPool(memoryBytes);
  return {
    ...below,
    create: (wanted) => {
      const { chunkLength, isWanted } = wanted;
      const length = wanted.length !== undefined && { length: wanted.length };
      return new TieredChunkStore(chunkLength, {
        upper: new MemoryChunkStore(chunkLength, { pool, ...length, ...(isWanted && { isWanted }) }),
        lower: below.create(wanted),
        readWhole: 'in-order',
        ...length,
      });
    },
  };
}

/** Memory over a bucket alone: while that takes nothing, memory is all there is. */
function memoryOverShared(memoryBytes: number, below: ChunkStores): ChunkStores {
  const pool = new MemoryPool(memoryBytes);
  return {
    ...below,
    create: (wanted) => {
      const { chunkLength, isWanted, onLost } = wanted;
      const length = wanted.length !== undefined && { length: wanted.length };
      const store: TieredChunkStore = new TieredChunkStore(chunkLength, {
        upper: new MemoryChunkStore(chunkLength, {
          pool,
          ...length,
          ...(isWanted && { isWanted }),
          onEvicted: (index) => store.lostAbove(index),
        }),
        lower: below.create({ ...wanted, onLost: (index) => store.lostBelow(index) }),
        mayLag: true,
        offerAgainMs,
        ...(onLost && { onLost }),
        // A call to a bucket costs more than the bytes.
        readWhole: 'always',
        ...length,
      });
      return store;
    },
  };
}

/** Files of this machine over what servers share. */
function overShared(files: ChunkStores, below: ChunkStores): ChunkStores {
  return {
    ...files,
    shared: below.shared,
    create: ({ onLost, ...wanted }) =>
      new TieredChunkStore(wanted.chunkLength, {
        upper: files.create({ ...wanted, ...(onLost && { onLost }) }),
        lower: below.create(wanted),
        readWhole: 'always',
        // What could not be uploaded is on this disk, and is brought there later, at the latest by `SharedChunks.catchUp`.
        mayLag: true,
        offerAgainMs,
        isLowerShared: true,
        ...(wanted.isIntact && { isIntact: wanted.isIntact }),
        ...(wanted.length !== undefined && { length: wanted.length }),
      }),
    erase: async (infoHash) => {
      await files.erase(infoHash);
      await below.erase(infoHash);
    },
  };
}

/** Asks the first time only. */
function once(ask: () => Promise<boolean>): () => Promise<boolean> {
  let answer: Promise<boolean> | null = null;
  return () => (answer ??= ask().catch(() => false));
}

const nowhereOnDisk = {
  directoryOf: (infoHash: string) => {
    checked(infoHash);
    return null;
  },
  infoHashOf: () => null,
  release: () => Promise.resolve(),
  canEvict: () => Promise.resolve(true),
};

/** It becomes a name in the file system. */
function checked(infoHash: string): string {
  if (!isInfoHash(infoHash)) throw new Error('The info-hash is malformed');
  return infoHash;
}

function isInfoHash(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}
