import { createHash } from 'node:crypto';
import { decodeBencode } from './bencode.js';
import { libraryTorrent } from './library-torrent.js';
import { findStoredPieces, hasHash } from './stored-pieces.js';
import type { SwarmTorrent } from './swarm-shapes.js';
import type { TorrentMetadata } from './torrent-engine.port.js';
import { parseInfoDict, parseTorrentFile, pieceHashesIn, writeTorrentFile } from './torrent-file.js';
import type { TorrentStore } from './torrent-store.js';

export interface FoundMetadata {
  metadata: TorrentMetadata;
  /** SHA-1 sums of the pieces, 20 bytes each. */
  hashes: Uint8Array<ArrayBuffer>;
  /** Bytes of the info dictionary, which peers are sent. */
  infoBytes: Uint8Array;
}

export interface MetadataGateOptions {
  infoHash: string;
  store: TorrentStore;
  /** A .torrent file that `parseTorrentFile` took; it counts, whatever peers send. */
  torrentFile: Uint8Array | undefined;
  /** It was checked, and is about to be the torrent's. */
  onFound: (found: FoundMetadata) => void;
  /** It cannot be read. */
  onFailed: (error: unknown) => void;
  hasFailed: () => boolean;
}

/**
 * Puts itself before the method through which all metadata enters the library, from a .torrent file or from peers: what is not the
 * torrent's is left out, and what of it is stored already is found.
 */
export function guardMetadata(torrent: SwarmTorrent, options: MetadataGateOptions): void {
  const { infoHash, store, torrentFile } = options;
  const onMetadata = torrent._onMetadata.bind(torrent);
  let isTaking = false;
  torrent._onMetadata = async (input) => {
    if (isTaking || torrent.destroyed) return;
    isTaking = true;
    try {
      const found = torrentFile ? readFile(torrentFile) : readFromSwarm(input, infoHash);
      const { metadata, hashes, infoBytes } = found;
      torrent._startupBitfield = await findStoredPieces(store.stores, metadata, hashes);
      if (options.hasFailed()) return;
      store.checkBy((piece, chunk) => hasHash(hashes, piece, chunk));
      options.onFound(found);
      // The library writes a file of its own from what it parsed; ours has the bytes that the info-hash is of.
      Object.defineProperty(torrent, 'torrentFile', {
        get: () => writeTorrentFile(infoBytes, torrent.announce),
        set: () => undefined,
      });
      await onMetadata(libraryTorrent(metadata, hashes));
    } catch (error) {
      if (error instanceof ForeignMetadata) isTaking = false;
      else options.onFailed(error);
    }
  };
}

/** Metadata of another torrent: some peer's fault, not this torrent's. */
class ForeignMetadata extends Error {}

function readFile(bytes: Uint8Array): FoundMetadata {
  const { metadata, infoBytes } = parseTorrentFile(bytes);
  return { metadata, infoBytes, hashes: new Uint8Array(pieceHashesIn(bytes)) };
}

function readFromSwarm(input: unknown, infoHash: string): FoundMetadata {
  if (!(input instanceof Uint8Array)) throw new ForeignMetadata();
  const span = decodeBencode(input).spans.get('info');
  const infoBytes = input.slice(span?.start ?? 0, span?.end ?? 0);
  if (createHash('sha1').update(infoBytes).digest('hex') !== infoHash) throw new ForeignMetadata();
  const hashes = new Uint8Array(pieceHashesIn(input));
  return { metadata: parseInfoDict(infoBytes, infoHash), infoBytes, hashes };
}
