import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { ChunkLayout, ChunkStore } from './chunk-store.js';
import type { ChunkStoreSettings } from './chunk-store-settings.js';
import { EncryptedChunkStore } from './encrypted.chunk-store.js';
import { FileChunkStore } from './file.chunk-store.js';
import { MemoryChunkStore } from './memory.chunk-store.js';
import { MemoryPool } from './memory-pool.js';
import { TitleKeys } from './title-keys.js';

export interface NewChunkStore extends ChunkLayout {
  /** 40 lower-case hex digits. */
  infoHash: string;
  /** The torrent's piece length, bytes. */
  chunkLength: number;
  /** Bytes that may wait for the disk while `put` has called back already; 32 MiB unless given. */
  maxPendingBytes?: number;
  /** A piece that was taken is not here after all (the disk failed, memory was needed): it has to be fetched again. */
  onLost?: (index: number) => void;
  /** Whether a reader waits for the piece or is about to reach it. */
  isWanted?: (index: number) => boolean;
}

/** Makes the chunk store of each torrent, of the kind that was chosen. */
export interface ChunkStores {
  create(wanted: NewChunkStore): ChunkStore;
  /** Where a torrent lies on disk; null for memory. Throws on anything but an info-hash. */
  directoryOf(infoHash: string): string | null;
  /** Whose directory it is, where the name tells; null where names are opaque. */
  infoHashOf(directory: string): string | null;
  /** Deletes what is kept of a torrent that no open store uses. */
  erase(infoHash: string): Promise<void>;
}

/** Errors: `ChunkStoreLockedError` when `encrypted` finds what other master keys have sealed. */
export async function openChunkStores(settings: ChunkStoreSettings): Promise<ChunkStores> {
  switch (settings.kind) {
    case 'file':
      return fileStores(settings.root);
    case 'memory':
      return memoryStores(settings.maxBytes);
    case 'encrypted':
      // A folder of its own: beside it may lie what was stored plain before.
      return encryptedStores(await TitleKeys.open(path.join(settings.root, 'sealed'), settings.masterKeys));
  }
}

function fileStores(root: string): ChunkStores {
  const directoryOf = (infoHash: string) => path.join(root, checked(infoHash));
  return {
    create: ({ infoHash, chunkLength, isWanted: _, ...wanted }) =>
      new FileChunkStore(chunkLength, { directory: directoryOf(infoHash), ...wanted }),
    directoryOf,
    infoHashOf: (directory) => {
      const name = path.basename(directory);
      return isInfoHash(name) && path.join(root, name) === directory ? name : null;
    },
    erase: (infoHash) => rm(directoryOf(infoHash), { recursive: true, force: true }),
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
    directoryOf: () => null,
    infoHashOf: () => null,
    erase: () => Promise.resolve(),
  };
}

function encryptedStores(keys: TitleKeys): ChunkStores {
  const directoryOf = (infoHash: string) => keys.directoryOf(checked(infoHash));
  return {
    create: ({ infoHash, chunkLength, length, files: _files, isWanted: _isWanted, ...wanted }) => {
      const directory = directoryOf(infoHash);
      return new EncryptedChunkStore(chunkLength, {
        ...(length !== undefined && { length }),
        key: {
          find: () => keys.find(directory),
          findOrCreate: () => keys.findOrCreate(directory),
          drop: () => keys.drop(directory),
        },
        inner: (sealedChunkLength, layout) =>
          new FileChunkStore(sealedChunkLength, { directory, ...layout, ...wanted }),
      });
    },
    directoryOf,
    infoHashOf: () => null,
    erase: (infoHash) => keys.erase(directoryOf(infoHash)),
  };
}

/** It becomes a name in the file system. */
function checked(infoHash: string): string {
  if (!isInfoHash(infoHash)) throw new Error('The info-hash is malformed');
  return infoHash;
}

function isInfoHash(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}
