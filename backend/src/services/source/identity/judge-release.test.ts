import { describe, expect, it } from '@jest/globals';
import { releaseCorpus, wrongVerdicts } from '../../../test-support/release-corpus.js';
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

  it('F53 counts through where the show is counted so, and in the first season', () => {
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

describe('judgeRelease of titles that are hard to tell apart', () => {
  const series = (changes: Partial<WantedTitle>): WantedTitle => ({ ...episodeOf(), ...changes });

  it('F51 judges every name that was once judged wrongly as it should be', () => {
    const { offers, refusals, offered, refused } = wrongVerdicts(releaseCorpus('reported'));
    expect({ offers, refusals }).toEqual({ offers: [], refusals: [] });
    expect([offered, refused]).toEqual([23, 5]);
  });

  it('F51 offers none of the held-out names wrongly, and refuses few of them wrongly', () => {
    const { offers, refusals, offered, refused } = wrongVerdicts(releaseCorpus('real-shapes'));
    expect(offers.length / refused).toBeLessThanOrEqual(0.02);
    expect(refusals.length / offered).toBeLessThanOrEqual(0.05);
  });

  it.each([
    ['Open.Reel.Stories.US.S02E05.720p', ['GB'], 'the series of another country (US)'],
    ['Open Reel Stories (US) - S02E05', ['GB'], 'the series of another country (US)'],
    ['Open Reel Stories Australia S02E05', ['GB'], 'the series of another country (AU)'],
    ['Open.Reel.Stories.UK.S02E05.720p', ['GB'], null],
    ['Open.Reel.Stories.UK.S02E05.720p', [], null],
    ['Open.Reel.Stories.S02E05.720p', ['GB'], null],
  ])('F51 refuses the mark of another country: %s of %j', (name, originCountries, reason) => {
    expect(judge(name, series({ originCountries }))).toBe(reason);
  });

  it.each([
    ['Open.Reel.Stories.1978.S02E05.720p', 'of 1978, not of 2020'],
    ['Open.Reel.Stories.2023.S02E05.720p', 'of 2023, not of 2020'],
    ['Open.Reel.Stories.2021.S02E05.720p', null],
    ['Open.Reel.Stories.S02E05.2023.720p', null],
    ['Open.Reel.Stories.S02E05.1978.720p', 'of 1978, not of 2020'],
    ['Open Reel Stories (1978) Season 2', 'of 1978, not of 2020'],
  ])('F51 refuses the year of another series: %s', (name, reason) => {
    expect(judge(name, series({}))).toBe(reason);
  });

  it.each([
    ['Open Reel Stories - The Splice - S02E05', series({ title: 'The Splice', originalTitle: 'The Splice' })],
    ['Open Reel Stories - S02E05 - The Splice', series({ title: 'The Splice', originalTitle: 'The Splice' })],
    [
      'Open Reel Stories S02E05 The Splice 720p',
      series({ title: 'The Splice', originalTitle: 'The Splice' }),
    ],
    ['Open.Reel.Stories.Origins.S02E05.720p', series({})],
    ['More.Open.Reel.Stories.S02E05.720p', series({})],
    ['Reopen.Reel.Stories.S02E05.720p', series({})],
  ])('does not find a title within another one: %s', (name, wanted) => {
    expect(judge(name, wanted)).toBe('another title by its name');
  });

  it.each([
    ['Open.Reel.Stories.S02.Extras.720p', 'extras or specials, not the episodes'],
    ['Open Reel Stories S02 (Specials) 720p', 'extras or specials, not the episodes'],
    ['Open.Reel.Stories.S02.OVA.720p', 'extras or specials, not the episodes'],
    ['Open Reel Stories S02 + Extras 720p', null],
    ['Open.Reel.Stories.S02E05.Extras.720p', null],
    ['Open Reel Stories S02 (7) Splice 720p', 'episode 7'],
    ['Open Reel Stories S02 Splice 7 720p', 'it has a number that may mean another episode'],
  ])('F52 takes nothing that is not understood for a whole season: %s', (name, reason) => {
    expect(judge(name, series({}))).toBe(reason);
  });

  it.each([
    ['Charade (1963) + Extras (1080p BluRay)', null],
    ['Charade.1963.Making.Of.1080p', 'not the film itself'],
    ['Charade.1963.Trailer.1080p', 'not the film itself'],
    ['Charade.1963.Featurettes.1080p', 'not the film itself'],
  ])('tells a film from what comes beside it: %s', (name, reason) => {
    expect(judge(name, film)).toBe(reason);
  });

  it('takes three digits for season and episode, unless so many episodes are counted through', () => {
    const name = 'Open.Reel.Stories.205.The.Splice.HDTV';
    expect(judge(name, episodeOf())).toBeNull();
    expect(judge(name, episodeOf({ number: 6 }))).toBe('episode 5');
    expect(judge(name, episodeOf({ absolute: 30, episodeCount: 40 }))).toBeNull();
    expect(judge(name, episodeOf({ absolute: 30, episodeCount: 400 }))).toBe('episode 205');
    expect(judge(name, episodeOf({ season: 9, number: 1, absolute: 205, episodeCount: 400 }))).toBeNull();
  });

  it('reads a part of a series as its episode, and not of a later season', () => {
    const name = 'Open.Reel.Stories.Part.Five.The.Splice.720p';
    expect(judge(name, episodeOf({ season: 1 }))).toBeNull();
    expect(judge(name, episodeOf())).toBe('episode 5');
  });
});
