import { describe, expect, it } from '@jest/globals';
import { aRelease } from '../../test-support/releases.js';
import { mergeReleases } from './merge-releases.js';

describe('mergeReleases', () => {
  it('makes one of what two indexers know, the first naming it', () => {
    const one = aRelease({ title: 'From A', resolution: null, seeders: 3, leechers: null });
    const other = aRelease({ title: 'From B', resolution: '1080p', seeders: 9, leechers: 1 });
    const merged = mergeReleases([
      { indexer: 'A', releases: [one] },
      { indexer: 'B', releases: [other, aRelease({ infoHash: 'b'.repeat(40), seeders: null })] },
    ]);
    expect(merged).toEqual([
      { ...one, indexer: 'A', resolution: '1080p', seeders: 9, leechers: 1 },
      { ...aRelease({ infoHash: 'b'.repeat(40), seeders: null }), indexer: 'B' },
    ]);
  });

  it('keeps unknown counts unknown', () => {
    const unknown = aRelease({ seeders: null });
    const merged = mergeReleases([
      { indexer: 'A', releases: [unknown] },
      { indexer: 'B', releases: [unknown] },
    ]);
    expect(merged).toEqual([{ ...unknown, indexer: 'A' }]);
  });
});
