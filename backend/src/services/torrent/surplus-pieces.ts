import type { TorrentMetadata, UnwatchedPieces } from './torrent-engine.port.js';

export interface PieceFacts {
  /** It is stored, not only in memory. */
  isStored: (piece: number) => boolean;
  /** Somebody watches it or will in a moment. */
  isNear: (start: number, end: number) => boolean;
  /** Bytes until a reader gets there; infinite when none will. */
  distanceTo: (start: number, end: number) => number;
}

/**
 * What a torrent can best do without while it plays: first what no reader will get to, from the beginning on, then what is
 * furthest ahead. Never what somebody is watching, nor the head and tail of its larger files. At least `bytes`, where
 * there is as much.
 */
export function surplusPieces(
  { pieceLength, length, files }: Pick<TorrentMetadata, 'pieceLength' | 'length' | 'files'>,
  { isStored, isNear, distanceTo }: PieceFacts,
  { bytes, headBytes, tailBytes }: UnwatchedPieces,
): number[] {
  const ends = files
    .filter((file) => file.length > headBytes + tailBytes)
    .flatMap(({ offset, length: size }) => [
      { start: offset, end: offset + headBytes },
      { start: offset + size - tailBytes, end: offset + size },
    ]);
  const candidates: { piece: number; distance: number }[] = [];
  for (let piece = 0; piece * pieceLength < length; piece += 1) {
    const start = piece * pieceLength;
    const end = Math.min(length, start + pieceLength);
    if (!isStored(piece) || isNear(start, end)) continue;
    if (ends.some((stretch) => start < stretch.end && end > stretch.start)) continue;
    candidates.push({ piece, distance: distanceTo(start, end) });
  }
  // Sorting is stable: of those nobody gets to the first goes first.
  candidates.sort((a, b) => (a.distance === b.distance ? 0 : b.distance - a.distance));
  return candidates.slice(0, Math.ceil(bytes / pieceLength)).map(({ piece }) => piece);
}
