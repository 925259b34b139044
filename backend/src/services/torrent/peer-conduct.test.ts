import { describe, expect, it } from '@jest/globals';
import { PeerConduct } from './peer-conduct.js';

describe('PeerConduct', () => {
  it('bans who had a hand in three failed pieces (T12)', () => {
    const conduct = new PeerConduct();
    const banned = [1, 2, 3].map((piece) => {
      conduct.contributed(piece, 'bad');
      return conduct.pieceFailed(piece);
    });
    expect(banned).toEqual([[], [], ['bad']]);
    expect(conduct.isBanned('bad')).toBe(true);
  });

  it('forgives who shared a failed piece and sends good ones', () => {
    const conduct = new PeerConduct();
    for (let piece = 0; piece < 20; piece += 2) {
      conduct.contributed(piece, 'good');
      conduct.pieceFailed(piece);
      conduct.contributed(piece + 1, 'good');
      conduct.pieceVerified(piece + 1);
    }
    expect(conduct.isBanned('good')).toBe(false);
  });
});
