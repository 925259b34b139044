import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EpisodeRepository } from '../../repositories/episode.repository.js';
import { MovieRepository } from '../../repositories/movie.repository.js';
import { ShowRepository } from '../../repositories/show.repository.js';
import { openTestDatabase, type TestDatabase } from '../../test-support/database.js';
import { LibraryTitles } from './library-titles.js';

describe('LibraryTitles', () => {
  let db: TestDatabase;
  let movies: MovieRepository;
  let shows: ShowRepository;
  let episodes: EpisodeRepository;
  let titles: LibraryTitles;

  beforeEach(async () => {
    db = await openTestDatabase();
    movies = new MovieRepository(db.database);
    shows = new ShowRepository(db.database);
    episodes = new EpisodeRepository(db.database);
    titles = new LibraryTitles(movies, shows, episodes);
  });

  afterEach(() => db.dispose());

  it('knows films and series, and leaves out what nobody knows', async () => {
    const [film] = await movies.upsertMany([{ tmdbId: 1, title: 'Spring', year: 2019 }]);
    const [show] = await shows.upsertMany([{ tmdbId: 1, title: 'Open Reels', imdbId: 'tt0000001' }]);
    const [filmId = '', showId = ''] = [film?.id, show?.id];

    const found = await titles.findTitles([showId, filmId, 'nobody']);

    expect([...found.keys()].sort()).toEqual([filmId, showId].sort());
    expect(found.get(showId)).toMatchObject({ mediaId: showId, type: 'show', title: 'Open Reels' });
    expect((await titles.findIds([showId])).get(showId)).toEqual({
      type: 'show',
      tmdbId: 1,
      imdbId: 'tt0000001',
    });
  });

  it('answers for a film that became another one under the id asked for', async () => {
    const [kept] = await movies.upsertMany([{ tmdbId: 7, title: 'Sintel', year: 2010 }]);
    const [lost] = await movies.upsertMany([{ archiveId: 'sintel-2010', title: 'Sintel', year: 2010 }]);
    const [keptId = '', lostId = ''] = [kept?.id, lost?.id];
    await movies.merge(keptId, lostId);

    const found = await titles.findTitles([lostId, keptId]);

    expect(found.get(lostId)?.mediaId).toBe(keptId);
    expect(found.get(keptId)?.mediaId).toBe(keptId);
    expect((await titles.findIds([lostId])).get(lostId)?.tmdbId).toBe(7);
  });

  it('lists the episodes of a series in the order of broadcast, nameless ones without a name', async () => {
    const [show] = await shows.upsertMany([{ tmdbId: 1, title: 'Open Reels' }]);
    const showId = show?.id ?? '';
    const blank = { tmdbId: null, overview: '', posterPath: null, airDate: null, episodeCount: 1 };
    await episodes.upsertSeasons(
      showId,
      [2, 1].map((number) => ({ ...blank, number, title: `Season ${number}` })),
    );
    const nothing = { tmdbId: null, overview: '', stillPath: null, rating: null, kind: null };
    const episode = { ...nothing, airDate: '2026-01-05' };
    for (const [season, title] of [
      [2, ''],
      [1, 'Pilot'],
    ] as const) {
      const rows = [{ ...episode, number: 1, title, runtimeSeconds: 1_500 }];
      await episodes.upsertEpisodes(showId, season, rows, new Date(0));
    }

    expect(await titles.listEpisodes(showId)).toEqual([
      { season: 1, episode: 1, title: 'Pilot', airDate: '2026-01-05', runtimeSeconds: 1_500 },
      { season: 2, episode: 1, title: null, airDate: '2026-01-05', runtimeSeconds: 1_500 },
    ]);
  });
});
