import { parseTorrentFile } from '../services/torrent/torrent-file.js';
import type { SwarmFilm } from './memory-torrent-engine.js';

const pieceLength = 16_384;

/** A film of `length` bytes that are a function of their position, in a torrent with a text file before it. */
export function aSwarmFilm(seed = 'film', length = 200_000, name = 'Film.2008.1080p.mp4'): SwarmFilm {
  const pieces = Math.ceil((length + 10) / pieceLength);
  // Hashes of nothing in particular: whoever reads this torrent gets its bytes from memory, already trusted.
  const info =
    `d5:filesl${fileEntry('about.txt', 10)}${fileEntry(name, length)}e` +
    `4:name4:Film12:piece lengthi${pieceLength}e6:pieces${pieces * 20}:${seed.padEnd(20, '.').slice(0, 20).repeat(pieces)}e`;
  const torrentFile = Buffer.from(`d4:info${info}e`, 'latin1');
  return {
    torrentFile,
    metadata: parseTorrentFile(torrentFile).metadata,
    bytes: Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 0xff),
  };
}

function fileEntry(name: string, length: number): string {
  return `d6:lengthi${length}e4:pathl${name.length}:${name}ee`;
}
