import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { fc } from '../../test-support/properties.js';
import { toMovieDetails, toMovieSummary } from './tmdb.mapper.js';
import { movieDetailsSchema, movieListSchema } from './tmdb.schemas.js';

function fixture(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(`./__fixtures__/${name}.json`, import.meta.url), 'utf8')) as Record<
    string,
    unknown
  >;
}

const details = (name: string, change: Record<string, unknown> = {}) =>
  toMovieDetails(movieDetailsSchema.parse({ ...fixture(name), ...change }), 'US');

describe('film details', () => {
  it('become ours', () => {
    expect(details('movie-10378')).toMatchObject({
      tmdbId: 10378,
      imdbId: 'tt1254207',
      openFilmId: null,
      title: 'Big Buck Bunny',
      originalTitle: 'Big Buck Bunny',
      originalLanguage: 'en',
      year: 2008,
      releaseDate: '2008-04-10',
      overview: 'A big, gentle rabbit is bullied by three rodents and works out an elaborate payback.',
      posterPath: '/9d6kSKK6joeyAnfD6SrrP8WqvM3.jpg',
      backdropPath: '/eWEloibSBTIuJzDFRCv7sZcvOcs.jpg',
      rating: 6.4,
      voteCount: 6510,
      tagline: '',
      runtimeSeconds: 480,
      certification: 'G',
      genres: ['Animation', 'Comedy', 'Family'],
      directors: ['Sacha Goedegebure'],
      cast: [],
    });
  });

  it('read every spelling of unknown as unknown', () => {
    expect(details('movie-990000500-sparse')).toMatchObject({
      tmdbId: 990000500,
      imdbId: null,
      openFilmId: null,
      title: 'Untitled Open Film (fixture)',
      originalTitle: 'Untitled Open Film (fixture)',
      originalLanguage: 'en',
      year: null,
      releaseDate: null,
      overview: '',
      posterPath: null,
      backdropPath: null,
      rating: null,
      voteCount: 0,
      tagline: '',
      runtimeSeconds: null,
      certification: null,
      genres: [],
      directors: [],
      cast: [],
    });
  });

  it('list the cast in billing order with their parts', () => {
    expect(details('movie-19').cast.slice(0, 2)).toEqual([
      { name: 'Brigitte Helm', character: 'Maria / The Machine Man' },
      { name: 'Alfred Abel', character: 'Joh Fredersen' },
    ]);
  });

  it('do without the appended blocks', () => {
    expect(details('movie-10378-plain')).toMatchObject({
      imdbId: 'tt1254207',
      cast: [],
      certification: null,
    });
  });

  it('take the age rating of the country asked for, then that of the US', () => {
    const raw = movieDetailsSchema.parse(fixture('movie-10378'));
    expect(toMovieDetails(raw, 'NL').certification).toBe('G');
    const dutch = { results: [{ iso_3166_1: 'NL', release_dates: [{ certification: 'AL' }] }] };
    expect(toMovieDetails({ ...raw, release_dates: dutch }, 'NL').certification).toBe('AL');
  });

  it.each(['/x.svg', 'x.jpg', '/../x.jpg', '/a/b.jpg', '//evil.example/x.jpg', 7])(
    'never take %j for a picture (T29)',
    (path) => {
      expect(details('movie-10378', { poster_path: path }).posterPath).toBeNull();
    },
  );

  it.each(['tt0', 'nm123456', '', 'tt12345678901234567'])('never take %j for an IMDb id', (imdb_id) => {
    expect(details('movie-10378', { imdb_id, external_ids: { imdb_id } }).imdbId).toBeNull();
  });

  it('survive any drift of any key but id and title (F05)', () => {
    const keys = Object.keys(fixture('movie-10378')).filter((key) => key !== 'id' && key !== 'title');
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.anything(), (key, value) => {
        expect(details('movie-10378', { [key]: value }).title).toBe('Big Buck Bunny');
      }),
    );
  });
});

describe('lists', () => {
  it('keep their good rows when others are odd (F05)', () => {
    const popular = fixture('popular') as { results: Record<string, unknown>[] };
    const odd = [
      null,
      {},
      { ...popular.results[0], id: '10378' },
      { ...popular.results[0], title: '  ' },
      { ...popular.results[0], media_type: 'person' },
    ];
    const list = movieListSchema.parse({ ...popular, results: [...odd, ...popular.results] });
    expect(list.results.map(toMovieSummary).map(({ tmdbId }) => tmdbId)).toEqual(
      popular.results.map(({ id }) => id),
    );
  });
});
