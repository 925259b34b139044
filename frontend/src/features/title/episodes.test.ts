import { describe, expect, it } from '@jest/globals';
import type { Progress, Show } from '../../api/types.js';
import { firstSeason, nextToPlay, upcomingWords, yearsOf } from './episodes.js';

const season = (number: number) => ({
  id: `s${number}`,
  number,
  title: '',
  overview: '',
  airDate: null,
  posterUrl: null,
  episodeCount: 3,
});
const hint = { seasonNumber: 1, number: 3, title: 'Tides', airDate: '2026-12-03' };

function show(change: Partial<Show> = {}): Show {
  return {
    id: 'sh1',
    type: 'show',
    title: 'Caminandes',
    year: 2013,
    posterUrl: null,
    posterColor: null,
    backdropUrl: null,
    rating: null,
    runtimeSeconds: null,
    overview: '',
    originalTitle: '',
    originalLanguage: null,
    tagline: '',
    releaseDate: null,
    certification: null,
    genres: [],
    cast: [],
    credits: { cast: [], crew: [] },
    videos: [],
    listIds: [],
    stale: false,
    status: 'Ended',
    lastAirDate: '2016-02-01',
    creators: [],
    networks: [],
    seasonCount: 2,
    episodeCount: 6,
    lastEpisode: hint,
    nextEpisode: null,
    seasons: [season(0), season(1), season(2)],
    externalIds: { tmdb: null, imdb: null, tvdb: null, trakt: null, archive: null },
    ...change,
  };
}

function progress(next: Progress['next']): Progress {
  return { mediaId: 'sh1', watched: false, plays: 0, watchedAt: null, rating: null, next, episodes: [] };
}

describe('a series', () => {
  it('begins with the first season that is not the specials', () => {
    expect(firstSeason(show().seasons)).toBe(1);
    expect(firstSeason([season(0)])).toBe(0);
    expect(firstSeason([])).toBeNull();
  });

  it('plays its beginning to whoever has not begun', () => {
    expect(nextToPlay(show(), undefined)?.words).toBe('Play S1 E1');
  });

  it('plays on where the user is', () => {
    const at = { season: 2, episode: 3, durationSeconds: 600 };
    expect(nextToPlay(show(), progress({ ...at, resumeAtSeconds: 125 }))?.words).toBe('Resume S2 E3 · 2:05');
    expect(nextToPlay(show(), progress({ ...at, resumeAtSeconds: null }))).toEqual({
      season: 2,
      episode: 3,
      words: 'Play S2 E3',
    });
  });

  it('plays nothing before anything was broadcast', () => {
    expect(nextToPlay(show({ lastEpisode: null }), undefined)).toBeNull();
  });

  it.each([
    [{}, '2013–2016'],
    [{ lastAirDate: '2013-09-01' }, '2013'],
    [{ status: 'Returning Series' }, '2013–'],
    [{ year: null }, ''],
  ])('tells its years, with %j', (change, words) => {
    expect(yearsOf(show(change))).toBe(words);
  });

  it('tells what is to come, by the date of its broadcast wherever one reads it', () => {
    const on = (day: string) => upcomingWords(show({ nextEpisode: hint }), Date.parse(day));
    expect(on('2026-11-22')).toBe('Next: S1 E3 “Tides” on 3 December 2026');
    expect(on('2026-12-04T11:00:00Z')).not.toBeNull();
    expect(on('2026-12-05')).toBeNull();
    expect(upcomingWords(show())).toBeNull();
  });
});
