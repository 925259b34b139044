import { createHash, randomBytes } from 'node:crypto';

/** A torrent that nobody else has. */
export interface StandInFilm {
  infoHash: string;
  bytes: Uint8Array;
  /** The bencoded info dictionary (BEP 3), which the info-hash is of. */
  info: Buffer;
  pieceLength: number;
}

/** Random bytes, so that its info-hash names nothing and nobody can guess it. */
export function standInFilm(pieces = 8, pieceLength = 64 * 1024): StandInFilm {
  const bytes = randomBytes(pieces * pieceLength);
  const hashes = Array.from({ length: pieces }, (_, piece) =>
    sha1(bytes.subarray(piece * pieceLength, (piece + 1) * pieceLength)),
  );
  const info = Buffer.concat([
    Buffer.from(
      `d6:lengthi${bytes.length}e4:name8:film.mp412:piece lengthi${pieceLength}e6:pieces${20 * pieces}:`,
    ),
    ...hashes,
    Buffer.from('e'),
  ]);
  return { infoHash: sha1(info).toString('hex'), bytes, info, pieceLength };
}

function sha1(bytes: Uint8Array): Buffer {
  return createHash('sha1').update(bytes).digest();
}
