import { ChunkMissingError } from './chunk-store.errors.js';
import { type ChunkLayout, type ChunkStore, closeStore, getChunk, lengthOfChunk } from './chunk-store.js';
import type { S3Bucket } from './s3-bucket.js';

/** What the bucket holds of one torrent. */
export interface SharedTorrent {
  infoHash: string;
  bytes: number;
  /** When the latest of it was put there, by whichever server; milliseconds since 1970. */
  changedAt: number;
}

/** A torrent of which the sums of its pieces are known. */
export interface KnownTorrent extends ChunkLayout {
  /** 40 lower-case hex digits. */
  infoHash: string;
  /** The torrent's piece length, bytes. */
  chunkLength: number;
  length: number;
  /** Whether a whole piece has its hash. */
  isIntact: (index: number, chunk: Uint8Array) => boolean;
}

/** The bucket that servers share, apart from the stores of single torrents. Errors: `S3UnavailableError`. */
export class SharedChunks {
  /** @param openHere the store of the same torrent on this machine; null when it keeps none */
  constructor(
    private readonly bucket: S3Bucket,
    private readonly prefix: string,
    private readonly openHere: ((torrent: KnownTorrent) => ChunkStore) | null,
  ) {}

  /** Everything in the bucket, by one listing of it. */
  async list(): Promise<SharedTorrent[]> {
    const torrents = new Map<string, SharedTorrent>();
    for (const { key, size, changedAt } of await this.bucket.list(`${this.prefix}/`)) {
      const [, infoHash] = /^([0-9a-f]{40})\/\d+$/.exec(key.slice(this.prefix.length + 1)) ?? [];
      if (infoHash === undefined) continue;
      const torrent = torrents.get(infoHash) ?? { infoHash, bytes: 0, changedAt: 0 };
      torrent.bytes += size;
      torrent.changedAt = Math.max(torrent.changedAt, changedAt);
      torrents.set(infoHash, torrent);
    }
    return [...torrents.values()];
  }

  /** Removes a torrent from the bucket, for all servers; what this machine keeps of it stays. */
  async erase(infoHash: string): Promise<void> {
    const objects = await this.bucket.list(`${this.prefix}/${infoHash}/`);
    await this.bucket.delete(objects.map(({ key }) => key));
  }

  /**
   * Puts there what only this machine has of a torrent: what could not be uploaded when it was fetched. Pieces that are not
   * what they should be are passed over. Answers how many were put.
   */
  async catchUp(torrent: KnownTorrent, signal: AbortSignal): Promise<number> {
    if (!this.openHere) return 0;
    const { infoHash, chunkLength, length, isIntact } = torrent;
    const prefix = `${this.prefix}/${infoHash}/`;
    const sizes = new Map((await this.bucket.list(prefix)).map(({ key, size }) => [key, size]));
    const store = this.openHere(torrent);
    let put = 0;
    try {
      const count = Math.ceil(length / chunkLength);
      const { bits } = await store.storedChunks(count);
      for (let index = 0; index < count && !signal.aborted; index += 1) {
        const isHere = ((bits[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0;
        const key = `${prefix}${index}`;
        if (!isHere || sizes.get(key) === lengthOfChunk(index, chunkLength, length)) continue;
        const chunk = await getChunk(store, index).catch((error: unknown) => {
          // Given back meanwhile.
          if (error instanceof ChunkMissingError) return null;
          throw error;
        });
        if (!chunk || !isIntact(index, chunk)) continue;
        await this.bucket.put(key, chunk);
        put += 1;
      }
    } finally {
      await closeStore(store);
    }
    return put;
  }
}
