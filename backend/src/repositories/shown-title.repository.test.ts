import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../test-support/database.js';
import { MovieRepository } from './movie.repository.js';
import { ShowRepository } from './show.repository.js';
import { ShownTitleRepository } from './shown-title.repository.js';

describe('ShownTitleRepository', () => {
  let test: TestDatabase;
  let movies: MovieRepository;
  let shows: ShowRepository;
  let shown: ShownTitleRepository;

  beforeEach(async () => {
    test = await openTestDatabase();
    movies = new MovieRepository(test.database);
    shows = new ShowRepository(test.database);
    shown = new ShownTitleRepository(test.database);
  });
  afterEach(() => test.dispose());

  const facts = {
    year: 2010,
    overview: 'A girl searches for a dragon.',
    runtimeSeconds: 888,
    posterPath: '/poster.jpg',
    backdropPath: null,
    rating: 7.5,
    certification: 'PG-13',
    minimumAge: 12,
  };

  it('reads the same facts as the whole films and series have', async () => {
    const detailsFetchedAt = new Date(1_790_000_000_000);
    const [film, bare] = await movies.upsertMany([
      { tmdbId: 1, title: 'Sintel', ...facts, detailsFetchedAt },
      { tmdbId: 2, title: 'Bare' },
    ]);
    const [series] = await shows.upsertMany([{ tmdbId: 1, title: 'A series', ...facts }]);
    if (!film || !bare || !series) throw new Error('not stored');
    const refs = [film, bare, series].map(({ id, type }) => ({ mediaId: id, type }));
    const found = await shown.mapByIds([...refs, { mediaId: 'none', type: 'movie' }]);
    expect([...found.keys()].sort()).toEqual(refs.map(({ mediaId }) => mediaId).sort());
    for (const whole of [film, bare, series]) {
      const one = found.get(whole.id);
      expect(Object.keys(one ?? {})).toContain('detailsFetchedAt');
      expect(whole).toMatchObject(one ?? {});
    }
    expect(found.get(film.id)?.detailsFetchedAt).toEqual(detailsFetchedAt);
    expect(found.get(bare.id)?.detailsFetchedAt).toBeNull();
  });

  it('tells films from series by the type asked for', async () => {
    const [film] = await movies.upsertMany([{ tmdbId: 1, title: 'Sintel' }]);
    expect((await shown.mapByIds([{ mediaId: film?.id ?? '', type: 'show' }])).size).toBe(0);
  });

  it('answers a film that turned out to be another one as that one, by the id asked for', async () => {
    const [kept] = await movies.upsertMany([{ tmdbId: 1, title: 'Sintel' }]);
    const [lost] = await movies.upsertMany([{ archiveId: 'sintel', title: 'Sintel at the Archive' }]);
    await movies.merge(kept?.id ?? '', lost?.id ?? '');
    const found = await shown.mapByIds([{ mediaId: lost?.id ?? '', type: 'movie' }]);
    expect([...found]).toMatchObject([[lost?.id, { id: kept?.id, title: 'Sintel' }]]);
  });
});
