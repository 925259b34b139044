import { describe, expect, it } from '@jest/globals';
import { aRelease } from '../../test-support/releases.js';
import { mergeReleases } from './merge-releases.js';

const b = 'b'.repeat(40);

describe('mergeReleases', () => {
  it('makes one of what two indexers know, the first naming it', () => {
    const one = aRelease({
      title: 'From A',
      resolution: null,
      seeders: 5,
      leechers: 1,
      torrentUrl: 'http://a.example/1',
    });
    const other = aRelease({
      title: 'From B',
      seeders: 9,
      leechers: 0,
      torrentUrl: 'http://b.example/1',
      announce: ['udp://t.example:1'],
    });
    const [merged, second, ...rest] = mergeReleases([
      { indexer: 'A', releases: [one] },
      { indexer: 'B', releases: [other, aRelease({ infoHash: b, seeders: null })] },
    ]);
    expect(merged).toMatchObject({
      title: 'From A',
      indexer: 'A',
      indexers: ['A', 'B'],
      resolution: '1080p',
      seeders: 9,
      leechers: 1,
      announce: ['udp://t.example:1'],
      // Only the indexer that gave a link can fetch it.
      links: [
        { indexer: 'A', url: 'http://a.example/1' },
        { indexer: 'B', url: 'http://b.example/1' },
      ],
    });
    expect(second).toMatchObject({ infoHash: b, indexer: 'B', indexers: ['B'], links: [] });
    expect(rest).toEqual([]);
  });

  it('keeps unknown counts unknown', () => {
    const unknown = aRelease({ seeders: null });
    const [merged] = mergeReleases([
      { indexer: 'A', releases: [unknown] },
      { indexer: 'B', releases: [unknown] },
    ]);
    expect(merged?.seeders).toBeNull();
  });
});
