import { describe, expect, it } from '@jest/globals';
import { judge } from './goals.js';
import { scenarios } from './scenarios.js';

describe('judge', () => {
  it('holds our median against the floor where there is one, and the pace against the ceiling', () => {
    const columns = new Map([
      ['Kinora', [300, 290, 310].map((ms) => ({ 'first byte, magnet, ms': ms, 'sustained, MB/s': 11.94 }))],
      ['peerflix', [{ 'first byte, magnet, ms': 100, 'sustained, MB/s': 9 }]],
    ]);
    expect(judge('B', scenarios.B, columns)).toEqual([
      {
        measure: 'first byte, magnet, ms',
        against: 'the floor',
        ratio: 300 / 285,
        goal: '<= 1.05',
        isReached: false,
      },
      {
        measure: 'sustained, MB/s',
        against: 'the ceiling',
        ratio: 11.94 / 12,
        goal: '>= 0.99',
        isReached: true,
      },
    ]);
  });

  it('without a floor holds it against the best of the others, which the plain server is not', () => {
    const columns = new Map([
      ['Kinora', [{ 'second read, MB/s': 1_650, 'processor, s per GB': 3 }]],
      ['libtorrent', [{ 'second read, MB/s': 2_252, 'processor, s per GB': 1.9 }]],
      ['peerflix', [{ 'second read, MB/s': 2_573, 'processor, s per GB': 1.7 }]],
      ['plain file server', [{ 'second read, MB/s': 1_243 }]],
    ]);
    expect(
      judge('A', scenarios.A, columns).map(({ measure, against, isReached }) => [
        measure,
        against,
        isReached,
      ]),
    ).toEqual([
      ['second read, MB/s', 'peerflix', false],
      ['processor, s per GB', 'peerflix', false],
      ['second read, MB/s', 'plain file server', true],
    ]);
  });

  it('says nothing of what was not measured', () => {
    expect(judge('C', scenarios.C, new Map([['Kinora', [{}]]]))).toEqual([]);
  });
});
