/** Bytes for which a server is worth another request: less is left to the peers, until it is due soon. */
const worthwhileBytes = 2 * 1024 * 1024;

/** Pieces that could be begun at a server, none of them needed soon. */
export interface Stretches {
  /** Ascending. */
  pieces: readonly number[];
  pieceLength: number;
  /** The piece after the last that it was asked for. */
  goesOnAt: number;
  /** The part of all bytes that comes from the others, 0 to 1. */
  othersShare: number;
}

/**
 * Which piece a server is to be asked for next, so that it can send long stretches: what follows its last one, else out of the
 * longest stretch nobody has begun, as far behind its start as the others will have come when both meet. Null when that is not worth a
 * request.
 */
export function pieceOfStretch({ pieces, pieceLength, goesOnAt, othersShare }: Stretches): number | null {
  if (pieces.includes(goesOnAt)) return goesOnAt;
  let longest = { start: 0, count: 0 };
  let start = 0;
  for (let at = 0; at < pieces.length; at += 1) {
    if (at > 0 && pieces[at] !== (pieces[at - 1] ?? 0) + 1) start = at;
    if (at - start + 1 > longest.count) longest = { start, count: at - start + 1 };
  }
  const left = Math.floor(longest.count * othersShare);
  if ((longest.count - left) * pieceLength < worthwhileBytes) return null;
  return pieces[longest.start + left] ?? null;
}
