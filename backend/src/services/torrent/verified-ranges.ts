import type { ByteRange, TorrentFile } from './torrent-engine.port.js';

/** Verified ranges of a file, relative to it, ascending and merged. */
export function verifiedRanges(
  file: Pick<TorrentFile, 'offset' | 'length'>,
  pieceLength: number,
  isVerified: (piece: number) => boolean,
): ByteRange[] {
  const ranges: ByteRange[] = [];
  const end = file.offset + file.length;
  for (let piece = Math.floor(file.offset / pieceLength); piece * pieceLength < end; piece += 1) {
    if (!isVerified(piece)) continue;
    const from = Math.max(0, piece * pieceLength - file.offset);
    const to = Math.min(file.length, (piece + 1) * pieceLength - file.offset);
    const last = ranges.at(-1);
    if (last?.end === from) last.end = to;
    else ranges.push({ start: from, end: to });
  }
  return ranges;
}
