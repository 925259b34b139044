import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../test-support/database.js';
import { MovieRepository } from './movie.repository.js';

let opened: TestDatabase;
let movies: MovieRepository;
let clock: number;

beforeEach(async () => {
  opened = await openTestDatabase();
  clock = Date.UTC(2026, 0, 1);
  movies = new MovieRepository(opened.database, () => new Date(clock));
});

afterEach(() => opened.dispose());

describe('upsertMany', () => {
  test('answers the stored films in the order of the rows, and keeps their ids', async () => {
    const [first] = await movies.upsertMany([{ tmdbId: 10378, title: 'Big Buck Bunny', year: 2008 }]);
    const again = await movies.upsertMany([
      { tmdbId: 45745, title: 'Sintel', year: 2010 },
      { tmdbId: 10378, title: 'Big Buck Bunny', rating: 6.5 },
    ]);
    expect(again.map(({ title }) => title)).toEqual(['Sintel', 'Big Buck Bunny']);
    expect(again[1]).toMatchObject({ id: first?.id, year: 2008, rating: 6.5 });
    expect(await movies.findByTmdbIds([45745, 1, 10378])).toMatchObject([
      { title: 'Sintel' },
      { title: 'Big Buck Bunny' },
    ]);
    expect(await movies.findByIds(again.map(({ id }) => id))).toEqual(again);
  });

  test('a summary never blanks what the details told', async () => {
    const [movie] = await movies.upsertMany([
      {
        tmdbId: 45745,
        title: 'Sintel',
        tagline: 'Alone again',
        runtimeSeconds: 888,
        genres: ['Animation'],
        cast: [{ name: 'Halina Reijn', character: 'Sintel' }],
        detailsFetchedAt: new Date(clock),
      },
    ]);
    await movies.upsertMany([
      {
        tmdbId: 45745,
        title: 'Sintel',
        tagline: '',
        runtimeSeconds: null,
        genres: [],
        overview: 'A search for a dragon.',
      },
    ]);
    expect(await movies.findById(String(movie?.id))).toMatchObject({
      tagline: 'Alone again',
      runtimeSeconds: 888,
      genres: ['Animation'],
      cast: [{ name: 'Halina Reijn', character: 'Sintel' }],
      overview: 'A search for a dragon.',
      detailsFetchedAt: new Date(clock),
    });
  });

  test('a film is found by any external id, and two rows of one batch may mean the same film', async () => {
    const [first] = await movies.upsertMany([{ openFilmId: 'sintel', title: 'Sintel', imdbId: 'tt1727587' }]);
    const [second, third] = await movies.upsertMany([
      { tmdbId: 45745, imdbId: 'tt1727587', title: 'Sintel' },
      { tmdbId: 45745, title: 'Sintel' },
    ]);
    expect([second?.id, third?.id]).toEqual([first?.id, first?.id]);
    expect(await movies.findById(String(first?.id))).toMatchObject({ openFilmId: 'sintel', tmdbId: 45745 });
  });

  test('an external id that another film holds stays there', async () => {
    const [a, b] = await movies.upsertMany([
      { tmdbId: 1, title: 'A' },
      { imdbId: 'tt2', title: 'B' },
    ]);
    const [both] = await movies.upsertMany([{ tmdbId: 1, imdbId: 'tt2', title: 'A' }]);
    expect(both).toMatchObject({ id: a?.id, imdbId: null });
    expect(await movies.findById(String(b?.id))).toMatchObject({ imdbId: 'tt2' });
  });

  test('an unchanged film is not written again', async () => {
    const row = { tmdbId: 1, title: 'A', genres: ['Drama'] };
    await movies.upsertMany([row]);
    clock += 60_000;
    const [same] = await movies.upsertMany([row]);
    expect(same?.updatedAt).toEqual(same?.createdAt);
    const [changed] = await movies.upsertMany([{ ...row, genres: ['Drama', 'Comedy'] }]);
    expect(changed?.updatedAt).toEqual(new Date(clock));
  });

  test('a row without any external id is refused', async () => {
    await expect(movies.upsertMany([{ title: 'Nameless' }])).rejects.toThrow(/external id/);
  });

  test('takes more rows than a statement takes parameters', async () => {
    const rows = Array.from({ length: 1_200 }, (_, i) => ({ tmdbId: i + 1, title: `Film ${i}` }));
    expect(await movies.upsertMany(rows)).toHaveLength(1_200);
    expect(await movies.findByTmdbIds(rows.map(({ tmdbId }) => tmdbId))).toHaveLength(1_200);
  });
});

test('save may erase a fact', async () => {
  const [movie] = await movies.upsertMany([{ tmdbId: 1, title: 'A', tagline: 'wrong' }]);
  if (!movie) throw new Error('Nothing stored.');
  movie.tagline = '';
  await movies.save(movie);
  expect(await movies.findById(movie.id)).toMatchObject({ tagline: '' });
});
