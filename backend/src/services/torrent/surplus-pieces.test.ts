import { describe, expect, it } from '@jest/globals';
import { ReaderPositions } from './reader-positions.js';
import { surplusPieces } from './surplus-pieces.js';

const MiB = 1024 * 1024;
/** A text of 1 MiB and a film of 199 MiB, in pieces of 1 MiB. */
const torrent = {
  pieceLength: MiB,
  length: 200 * MiB,
  files: [
    { index: 0, name: 'about.txt', path: 'about.txt', length: MiB, offset: 0 },
    { index: 1, name: 'film.mp4', path: 'film.mp4', length: 199 * MiB, offset: MiB },
  ],
};
const keep = { headBytes: 6 * MiB, tailBytes: 2 * MiB };

function surplus(positions: ReaderPositions, megabytes: number, missing: readonly number[] = []): number[] {
  return surplusPieces(
    torrent,
    {
      isStored: (piece) => !missing.includes(piece),
      isNear: (start, end) => positions.isNear(start, end, 32 * MiB),
      distanceTo: (start, end) => positions.distanceTo(start, end),
    },
    { ...keep, bytes: megabytes * MiB },
  );
}

describe('surplusPieces', () => {
  it('gives up what lies behind the viewer first, from the beginning on, but not the head', () => {
    const positions = new ReaderPositions();
    positions.open('a', { position: 100 * MiB, end: 200 * MiB });
    expect(surplus(positions, 5)).toEqual([0, 7, 8, 9, 10]);
    expect(surplus(positions, 3, [0, 7, 9])).toEqual([8, 10, 11]);
  });

  it('then what is furthest ahead, never what is being watched or the tail', () => {
    const positions = new ReaderPositions();
    positions.open('a', { position: 100 * MiB, end: 200 * MiB });
    const all = surplus(positions, 1_000);
    const behind = 1 + (92 - 7);
    expect(all.slice(behind, behind + 3)).toEqual([197, 196, 195]);
    expect(all).toHaveLength(behind + (198 - 132));
    for (const piece of all) {
      expect(piece < 92 || piece >= 132).toBe(true);
      expect(piece).toBeLessThan(198);
    }
  });

  it('leaves alone what each of several viewers watches', () => {
    const positions = new ReaderPositions();
    positions.open('a', { position: 20 * MiB, end: 200 * MiB });
    positions.open('b', { position: 150 * MiB, end: 200 * MiB });
    const all = surplus(positions, 1_000);
    expect(all.filter((piece) => (piece >= 12 && piece < 52) || (piece >= 142 && piece < 182))).toEqual([]);
    expect(all).toContain(60);
  });
});
