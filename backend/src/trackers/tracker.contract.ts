import { describe, expect, it } from '@jest/globals';
import type { Tracker, WantedMovie } from '../services/source/tracker.port.js';

export interface TrackerUnderTest {
  tracker: Tracker;
  /** A film it has releases of. */
  known: WantedMovie;
  /** A film it has none of. */
  unknown: WantedMovie;
}

/** What every indexer adapter promises; its own test calls this with a way to make one. */
export function describeTrackerContract(name: string, make: () => TrackerUnderTest): void {
  const signal = new AbortController().signal;

  describe(`${name} keeps the promises of an indexer`, () => {
    it('has a short name', () => {
      expect(make().tracker.name).toMatch(/^.{1,64}$/);
    });

    it('finds releases whose every field is known or null, and none twice', async () => {
      const { tracker, known } = make();
      const releases = await tracker.search(known, { signal });
      expect(releases.length).toBeGreaterThan(0);
      for (const release of releases) {
        expect(release.infoHash).toMatch(/^[0-9a-f]{40}$/);
        expect(release.title.length).toBeGreaterThan(0);
        expect(release.title.length).toBeLessThanOrEqual(300);
        for (const count of [release.sizeBytes, release.seeders, release.leechers])
          expect(isCountOrNull(count)).toBe(true);
        for (const text of [
          release.resolution,
          release.videoCodec,
          release.audioCodec,
          release.releaseType,
        ]) {
          expect(text).not.toBe('');
          expect((text ?? '').length).toBeLessThanOrEqual(16);
        }
        if (release.torrentUrl !== null) expect(new URL(release.torrentUrl).protocol).toMatch(/^https?:$/);
        if (release.uploadedAt !== null) expect(Number.isNaN(release.uploadedAt.getTime())).toBe(false);
      }
      expect(new Set(releases.map(({ infoHash }) => infoHash)).size).toBe(releases.length);
    });

    it('answers the same question the same way', async () => {
      const { tracker, known } = make();
      expect(await tracker.search(known, { signal })).toEqual(await tracker.search(known, { signal }));
    });

    it('has nothing of a film it does not know, and that is no failure', async () => {
      const { tracker, unknown } = make();
      expect(await tracker.search(unknown, { signal })).toEqual([]);
    });

    it('ends with the reason of a caller who has given up', async () => {
      const { tracker, known } = make();
      await expect(tracker.search(known, { signal: AbortSignal.abort(new Error('left')) })).rejects.toThrow(
        'left',
      );
    });
  });
}

function isCountOrNull(value: number | null): boolean {
  return value === null || (Number.isSafeInteger(value) && value >= 0);
}
