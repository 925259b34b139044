import { describe, expect, it } from '@jest/globals';
import type { WantedEpisode, WantedTitle } from '../indexer.port.js';
import { parseReleaseName } from '../release-name/release-name.js';
import { judgeRelease } from './judge-release.js';

const film: WantedTitle = {
  imdbId: 'tt0056923',
  tmdbId: null,
  title: 'Charade',
  originalTitle: 'Charade',
  aliases: ['Scharade'],
  year: 1963,
  runtimeSeconds: 6_800,
};
const episodeOf = (changes: Partial<WantedEpisode> = {}): WantedTitle => ({
  ...film,
  imdbId: null,
  title: 'Open Reel Stories',
  originalTitle: 'Open Reel Stories',
  aliases: [],
  year: 2020,
  runtimeSeconds: 2_700,
  episode: { season: 2, number: 5, absolute: null, airDate: '2021-03-04', ...changes },
});

interface Known {
  sizeBytes?: number | null;
  imdbId?: string | null;
}

/** Null when it is accepted, otherwise the reason. */
function judge(title: string, wanted: WantedTitle, { sizeBytes = null, imdbId = null }: Known = {}) {
  const verdict = judgeRelease({ title, sizeBytes, imdbId }, parseReleaseName(title), wanted);
  return verdict.accepted ? null : verdict.reason;
}

describe('judgeRelease of a film', () => {
  it.each([
    ['Charade.1963.1080p.BluRay.x264-OPEN', null],
    ['charade (1963) 720p', null],
    ['Scharade.1963.German.1080p', null],
    ['Charade.1080p.BluRay.x264', null],
    ['Charade.1964.1080p.BluRay', null],
    ['Charade.2002.1080p.BluRay', 'of 2002, not of 1963'],
    ['The.Truth.About.Charade.1963.1080p', 'another title by its name'],
    ['Charade.II.1963.1080p', 'another title by its name'],
    ['Charade.S01E02.1080p', 'an episode of a show'],
    ['Charade.2021.03.04.1080p', 'an episode of a show'],
    ['!!!', 'its name tells of no title'],
  ])('%s: %s', (name, reason) => expect(judge(name, film)).toBe(reason));

  it.each([
    ['Charade.1963.1080p.exe', 'a program, not a video'],
    ['Charade.1963.1080p.mkv.scr', 'a program, not a video'],
    ['Charade.1963.1080p.rar', 'an archive, not a video'],
    ['Charade.1963.1080p.r00', 'an archive, not a video'],
    ['Charade.1963.1080p.iso', 'an archive, not a video'],
    ['Charade 1963 1080p [password protected]', 'locked with a password'],
    ['Charade.1963.1080p.sample.mkv', 'only a sample'],
    ['Charade 1963 Soundtrack', 'not the film itself'],
    ['Charade 1963 OST FLAC', 'not the film itself'],
  ])('refuses what nobody can play: %s', (name, reason) => expect(judge(name, film)).toBe(reason));

  it('does not take a word of a title for a mark', () => {
    const named = (title: string): WantedTitle => ({ ...film, title, originalTitle: title, aliases: [] });
    expect(judge('The.Password.1963.1080p', named('The Password'))).toBeNull();
    expect(judge('Sample.People.1963.1080p', named('Sample People'))).toBeNull();
    expect(judge('Trailer.Park.1963.1080p', named('Trailer Park'))).toBeNull();
  });

  it('believes an IMDb id more than a name, and another id not at all', () => {
    expect(judge('Das.Katz.und.Maus.Spiel.1963.1080p', film, { imdbId: 'tt0056923' })).toBeNull();
    expect(judge('Charade.1963.1080p', film, { imdbId: 'tt0000009' })).toBe('another title by its IMDb id');
    expect(judge('Charade.1963.1080p.exe', film, { imdbId: 'tt0056923' })).toBe('a program, not a video');
  });

  it.each<[number | null, string | null]>([
    [null, null],
    [0, null],
    [1_999_999, 'too small to be a video'],
    [50_000_000, 'too small for its length'],
    [700_000_000, null],
    [90_000_000_000, null],
    [600_000_000_000, 'too large for its length'],
  ])('of %d bytes: %s', (sizeBytes, reason) =>
    expect(judge('Charade.1963.1080p', film, { sizeBytes })).toBe(reason),
  );

  it('judges no size by a length that is not known', () => {
    expect(judge('Charade.1963', { ...film, runtimeSeconds: null }, { sizeBytes: 3_000_000 })).toBeNull();
  });
});

describe('judgeRelease of an episode', () => {
  it.each([
    ['Open.Reel.Stories.S02E05.1080p', null],
    ['Open Reel Stories 2x05 720p', null],
    ['Open.Reel.Stories.2020.S02E05.1080p', null],
    ['Open.Reel.Stories.US.S02E05.1080p', null],
    ['Open.Reel.Stories.S02E04E05.1080p', null],
    ['Open.Reel.Stories.S02E04-E06.1080p', null],
    ['Open.Reel.Stories.S02.COMPLETE.720p', null],
    ['Open.Reel.Stories.S01-S03.720p', null],
    ['Open.Reel.Stories.2021.03.04.720p', null],
    ['Open.Reel.Stories.S02E06.1080p', 'episode 6'],
    ['Open.Reel.Stories.S02E01-E03.1080p', 'episode 1 to 3'],
    ['Open.Reel.Stories.S03E05.1080p', 'of season 3'],
    ['Open.Reel.Stories.S03.COMPLETE.720p', 'of season 3'],
    ['Open.Reel.Stories.2021.03.05.720p', 'the episode of 2021-03-05'],
    ['Open.Reel.Stories.1080p.WEB', 'it does not say which episode it holds'],
    ['Open.Shot.Stories.S02E05.1080p', 'another title by its name'],
  ])('%s: %s', (name, reason) => expect(judge(name, episodeOf())).toBe(reason));

  it('counts through where the show is counted so, and in the first season', () => {
    const name = '[OPEN] Open Reel Stories - 17 [1080p].mkv';
    expect(judge(name, episodeOf({ absolute: 17 }))).toBeNull();
    expect(judge(name, episodeOf({ absolute: 18 }))).toBe('episode 17');
    expect(judge(name, episodeOf())).toBe('episode 17');
    expect(judge(name, episodeOf({ season: 1, number: 17 }))).toBeNull();
  });

  it('lets a pack be as large as a season, and one episode not', () => {
    const sizeBytes = 700_000_000_000;
    expect(judge('Open.Reel.Stories.S02.COMPLETE.2160p', episodeOf(), { sizeBytes })).toBeNull();
    expect(judge('Open.Reel.Stories.S02E05.2160p', episodeOf(), { sizeBytes })).toBe(
      'too large for its length',
    );
  });
});
