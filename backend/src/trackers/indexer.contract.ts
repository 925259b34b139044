import { describe, expect, it } from '@jest/globals';
import type { Indexer, WantedTitle } from '../services/source/indexer.port.js';

export interface IndexerUnderTest {
  indexer: Indexer;
  /** A title it has releases of. */
  known: WantedTitle;
  /** A title it has none of. */
  unknown: WantedTitle;
  /** Everything it keeps secret: none of it may stand in what it tells. */
  secrets?: readonly string[];
}

/** What every indexer adapter promises; its own test calls this with a way to make one. */
export function describeIndexerContract(name: string, make: () => IndexerUnderTest): void {
  const { signal } = new AbortController();

  describe(`${name} keeps the promises of an indexer`, () => {
    it('has a short name', () => {
      expect(make().indexer.name).toMatch(/^.{1,64}$/);
    });

    it('finds releases whose every field is known or null, and none twice', async () => {
      const { indexer, known } = make();
      const releases = await indexer.search(known, { signal });
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
        for (const url of release.webSeeds) expect(new URL(url).protocol).toMatch(/^https?:$/);
        for (const url of release.announce) expect(URL.canParse(url)).toBe(true);
        if (release.uploadedAt !== null) expect(Number.isNaN(release.uploadedAt.getTime())).toBe(false);
        expect(release.imdbId ?? 'tt0000001').toMatch(/^tt\d{7,9}$/);
      }
      expect(new Set(releases.map(({ infoHash }) => infoHash)).size).toBe(releases.length);
    });

    it('tells nothing that is secret', async () => {
      const { indexer, known, secrets = [] } = make();
      const told = JSON.stringify(await indexer.search(known, { signal }));
      for (const secret of secrets) expect(told).not.toContain(secret);
    });

    it('answers the same question the same way', async () => {
      const { indexer, known } = make();
      expect(await indexer.search(known, { signal })).toEqual(await indexer.search(known, { signal }));
    });

    it('has nothing of a title it does not know, and that is no failure', async () => {
      const { indexer, unknown } = make();
      expect(await indexer.search(unknown, { signal })).toEqual([]);
    });

    it('says in a sentence that it answers', async () => {
      expect(await make().indexer.test({ signal })).toMatch(/^[A-Z0-9].{3,200}$/);
    });

    it('ends with the reason of a caller who has given up', async () => {
      const { indexer, known } = make();
      const search = async () => indexer.search(known, { signal: AbortSignal.abort(new Error('left')) });
      await expect(search()).rejects.toThrow('left');
    });
  });
}

function isCountOrNull(value: number | null): boolean {
  return value === null || (Number.isSafeInteger(value) && value >= 0);
}
