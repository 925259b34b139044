import type { TorrentMetadata } from './torrent-engine.port.js';

/** A torrent as WebTorrent takes it, in place of what its own parser would make of the bytes. */
export interface LibraryTorrent {
  infoHash: string;
  name: string;
  announce: string[];
  urlList: string[];
  /** Only that it is there counts: the library then asks no peer for it. */
  info: object;
  files: { path: string; name: string; length: number; offset: number }[];
  length: number;
  pieceLength: number;
  /** Bytes of the last piece. */
  lastPieceLength: number;
  /** SHA-1 sums in hex, one a piece. */
  pieces: string[];
  private: boolean;
}

/**
 * Describes a checked torrent for the library. The library's own parser is never given a file from outside: it throws at
 * keys of an unexpected type, which nothing needs.
 * @param hashes SHA-1 sums of the pieces, 20 bytes each
 */
export function libraryTorrent(metadata: TorrentMetadata, hashes: Uint8Array): LibraryTorrent {
  const { infoHash, name, length, pieceLength, files, isPrivate } = metadata;
  const bytes = Buffer.from(hashes.buffer, hashes.byteOffset, hashes.byteLength);
  return {
    ...{ infoHash, name, length, pieceLength, private: isPrivate, info: {}, announce: [], urlList: [] },
    files: files.map((file) => ({
      path: file.path,
      name: file.name,
      length: file.length,
      offset: file.offset,
    })),
    lastPieceLength: length % pieceLength || pieceLength,
    pieces: Array.from({ length: bytes.length / 20 }, (_, at) =>
      bytes.toString('hex', at * 20, at * 20 + 20),
    ),
  };
}
