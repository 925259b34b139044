import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { discoverParameters } from './tmdb.discover.js';
import { toSeasonDetails, toShowDetails, toTitleSummary } from './tmdb.mapper.js';
import {
  changesSchema,
  findingsSchema,
  seasonSchema,
  showDetailsSchema,
  showListSchema,
} from './tmdb.schemas.js';

const read = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(`./__fixtures__/${name}.json`, import.meta.url), 'utf8')) as Record<
    string,
    unknown
  >;
const show = (name: string, change: object = {}) =>
  toShowDetails(showDetailsSchema.parse({ ...read(name), ...change }), 'US');

describe('a series', () => {
  it('becomes ours: ids from the appended block, seasons with the specials, what is next', () => {
    expect(show('tv-990001')).toMatchObject({
      type: 'show',
      title: 'Open Reel Stories',
      imdbId: 'tt99900001',
      tvdbId: 990001,
      certification: 'TV-PG',
      runtimeSeconds: 1_440,
      seasonCount: 2,
      status: 'Returning Series',
      lastEpisode: { seasonNumber: 2, number: 4 },
      nextEpisode: { number: 5, airDate: '2020-03-02' },
    });
    expect(show('tv-990001').seasons.map(({ number }) => number)).toEqual([0, 1, 2]);
    // Of two countries one has said nothing.
    expect(show('tv-990001').certifications).toEqual({ US: 'TV-PG' });
  });

  it('has the countries it is from and all its other names, each once', () => {
    const alternative_titles = {
      results: [
        { iso_3166_1: 'JP', title: 'Hiraita Riiru', type: 'Romaji' },
        { iso_3166_1: 'GB', title: 'Open Reel Stories', type: '' },
        { iso_3166_1: 'IT', title: 'Storie in pellicola libera' },
        { iso_3166_1: 'IT', title: null },
      ],
    };
    const { aliases, originCountries } = show('tv-990001', { alternative_titles });
    expect(aliases).toEqual(['Hiraita Riiru', 'Storie in pellicola libera']);
    expect(originCountries).toEqual(['GB']);
    expect(show('tv-990002-sparse')).toMatchObject({ aliases: [], originCountries: [] });
    expect(show('tv-990001', { origin_country: ['GB', 'nowhere', 7] }).originCountries).toEqual(['GB']);
  });

  it('that nobody knows anything of is still a series', () => {
    expect(show('tv-990002-sparse')).toMatchObject({
      imdbId: null,
      year: null,
      runtimeSeconds: null,
      seasons: [],
      nextEpisode: null,
      cast: [],
    });
  });

  it('takes the later of two dates for its last one, for the first can lag behind', () => {
    const last_episode_to_air = { name: 'X', air_date: '2021-05-01', season_number: 2, episode_number: 9 };
    expect(show('tv-990001', { last_air_date: '2020-02-24', last_episode_to_air }).lastAirDate).toBe(
      '2021-05-01',
    );
    expect(show('tv-990001', { last_air_date: null }).lastAirDate).toBe('2020-02-24');
  });

  it('has the cast of its whole run where that is told, not only of the latest season', () => {
    const person = { id: 5, name: 'Ana', profile_path: null, known_for_department: 'Acting' };
    const aggregate_credits = { cast: [{ ...person, order: 0, roles: [{ character: 'The Keeper' }] }] };
    expect(show('tv-990001', { aggregate_credits }).cast).toEqual([{ name: 'Ana', character: 'The Keeper' }]);
    expect(show('tv-990001').cast[0]?.name).toBe('Fixture Narrator');
  });
});

it('episodes may have no date, no length, no picture, and numbers with gaps', () => {
  const season = toSeasonDetails(seasonSchema.parse(read('season-2')));
  expect(season.episodes.find(({ number }) => number === 5)?.airDate).toBeNull();
  const odd = { episode_number: 40, name: '', overview: '', runtime: null, still_path: null, air_date: '' };
  const parsed = seasonSchema.parse({ ...read('season-2'), episodes: [odd, { name: 'no number' }, null] });
  expect(toSeasonDetails(parsed).episodes).toEqual([
    {
      number: 40,
      tmdbId: null,
      title: '',
      overview: '',
      airDate: null,
      runtimeSeconds: null,
      stillPath: null,
      rating: null,
      kind: null,
    },
  ]);
});

it('a search of everything tells films, series and people apart', () => {
  const { results } = findingsSchema.parse(read('search-multi'));
  const kinds = results.map((row) =>
    'title' in row ? 'movie' : row.media_type === 'person' ? 'person' : 'show',
  );
  expect(new Set(kinds)).toEqual(new Set(['movie', 'show', 'person']));
});

it('rows of discover have no media type, and undated rows no date', () => {
  const row = { id: 7, name: 'Seven', first_air_date: '', genre_ids: [10765, 1] };
  const { results } = showListSchema.parse({ page: 1, total_results: 1, results: [row] });
  expect(results.map(toTitleSummary)).toMatchObject([
    { type: 'show', title: 'Seven', year: null, genres: ['Sci-Fi & Fantasy'] },
  ]);
});

it('changes are ids, whatever stands beside them', () => {
  const odd = [{ id: 1, adult: null }, { id: 2 }, { adult: true }, null, { id: '3' }];
  const changes = changesSchema.parse({ ...read('changes'), results: odd });
  expect(changes.results.map(({ id }) => id)).toEqual([1, 2]);
});

it('films and series are filtered by parameters of other names', () => {
  const given = { genreTmdbId: 35, yearFrom: 1920, yearTo: 1929, sort: 'newest', page: 1 } as const;
  expect(discoverParameters({ ...given, type: 'movie' })).toMatchObject({
    sort_by: 'primary_release_date.desc',
    'primary_release_date.gte': '1920-01-01',
    'primary_release_date.lte': '1929-12-31',
    with_genres: '35',
  });
  expect(discoverParameters({ ...given, type: 'show' })).toMatchObject({
    sort_by: 'first_air_date.desc',
    'first_air_date.gte': '1920-01-01',
  });
});
