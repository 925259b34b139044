import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Episode } from '../../entities/episode.entity.js';
import type { Movie } from '../../entities/movie.entity.js';
import { SourceSearch } from '../../entities/source-search.entity.js';
import { User } from '../../entities/user.entity.js';
import { EpisodeRepository } from '../../repositories/episode.repository.js';
import { MediaListRepository } from '../../repositories/media-list.repository.js';
import { MovieRepository } from '../../repositories/movie.repository.js';
import { ShowRepository } from '../../repositories/show.repository.js';
import { SourceRepository } from '../../repositories/source.repository.js';
import { SourceSearchRepository } from '../../repositories/source-search.repository.js';
import { aUser } from '../../test-support/builders.js';
import { openTestDatabase, type TestDatabase } from '../../test-support/database.js';
import { aRelease } from '../../test-support/releases.js';
import { createTestSources } from '../../test-support/test-sources.js';
import { createSourceJobs, type SourceJobsNeeds } from './source.jobs.js';

const day = 24 * 3_600_000;
const unknownOfEpisode = {
  ...{
    tmdbId: null,
    title: '',
    overview: '',
    runtimeSeconds: null,
    stillPath: null,
    rating: null,
    kind: null,
  },
};

describe('the jobs of sources', () => {
  let test: TestDatabase;
  let searches: SourceSearchRepository;
  let movies: Movie[];
  let now: number;
  let searched: string[];

  beforeAll(async () => {
    test = await openTestDatabase();
    searches = new SourceSearchRepository(test.database);
  });
  afterAll(() => test.dispose());
  beforeEach(async () => {
    now = Date.parse('2026-06-15T12:00:00Z');
    searched = [];
    await test.database.write(async (manager) => {
      await manager.query('DELETE FROM movies');
      await manager.query('DELETE FROM source_searches');
    });
    movies = await new MovieRepository(test.database).upsertMany(
      Array.from({ length: 14 }, (_, at) => ({ title: `Film ${at}`, year: 2010, imdbId: `tt000010${at}` })),
    );
  });

  const jobs = (changes: Partial<SourceJobsNeeds> = {}) =>
    createSourceJobs({
      sources: {
        refresh: ({ title }) => {
          searched.push(title);
          return Promise.resolve();
        },
      },
      sourceRows: new SourceRepository(test.database, () => new Date(now)),
      searches,
      counts: { count: () => Promise.resolve() },
      findTitle: ({ titleId }) => new MovieRepository(test.database).findById(titleId),
      now: () => new Date(now),
      pauseMs: 0,
      ...changes,
    });
  const run = (name: string, changes: Partial<SourceJobsNeeds> = {}, signal = new AbortController().signal) =>
    jobs(changes)
      .find((job) => job.name === name)
      ?.run({ signal });
  const note = (movie: Movie | undefined, dueInDays: number, viewedDaysAgo: number | null) =>
    searches.save(
      Object.assign(new SourceSearch(), {
        titleId: movie?.id ?? 'gone',
        kind: 'movie',
        searchedAt: new Date(now - 3 * day),
        dueAt: new Date(now + dueInDays * day),
        viewedAt: viewedDaysAgo === null ? null : new Date(now - viewedDaysAgo * day),
        found: 1,
      }),
    );

  it('searches what is due and was looked at in two months, the longest due first, ten at most', async () => {
    await note(movies[0], -1, 1);
    await note(movies[1], -2, 59);
    await note(movies[2], 1, 1);
    await note(movies[3], -9, 61);
    await note(movies[4], -9, null);
    await note(undefined, -3, 1);
    await run('search-sources');
    expect(searched).toEqual(['Film 1', 'Film 0']);
    for (const movie of movies) await note(movie, -1, 1);
    searched = [];
    await run('search-sources');
    expect(searched.length).toBeGreaterThanOrEqual(9);
    expect(searched.length).toBeLessThanOrEqual(10);
  });

  it('searches what people keep in their lists with the room that is left', async () => {
    await note(movies[0], -1, 1);
    let room = 0;
    const listWanted = (limit: number) => {
      room = limit;
      return Promise.resolve(movies.slice(5, 7).map(({ id }) => ({ kind: 'movie' as const, titleId: id })));
    };
    await run('search-sources', { listWanted });
    expect(room).toBe(9);
    expect(searched).toEqual(['Film 0', 'Film 5', 'Film 6']);
  });

  it('knows which films of lists were never searched or are due', async () => {
    const lists = new MediaListRepository(test.database, () => new Date(now));
    const user = aUser();
    await test.database.write((manager) => manager.insert(User, user));
    const list = await lists.create({ ownerId: user.id, kind: 'own', key: null, name: 'Later' });
    for (const movie of movies.slice(0, 4)) await lists.putItem(list.id, movie.id, {});
    await note(movies[0], -1, null);
    await note(movies[1], 1, null);
    const wanted = await lists.listMoviesToSearch(new Date(now), 10);
    expect(wanted.slice(0, 2).sort()).toEqual([movies[2]?.id, movies[3]?.id].sort());
    expect(wanted.slice(2)).toEqual([movies[0]?.id]);
    expect(await lists.listMoviesToSearch(new Date(now), 1)).toHaveLength(1);
  });

  it('knows the first and the latest broadcast episode of series on lists, and what is on any list', async () => {
    const lists = new MediaListRepository(test.database, () => new Date(now));
    const user = aUser({ username: 'bea' });
    await test.database.write((manager) => manager.insert(User, user));
    const [show] = await new ShowRepository(test.database).upsertMany([
      { title: 'Open Reel Stories', tmdbId: 7 },
    ]);
    if (!show) throw new Error('not stored');
    const known = new EpisodeRepository(test.database);
    const ids = new Map<string, string>();
    for (const [seasonNumber, number, airDate] of [
      [0, 1, '2026-06-14'],
      [1, 1, '2025-01-01'],
      [1, 2, '2025-01-08'],
      [2, 1, '2026-06-10'],
      [2, 2, '2026-06-20'],
    ] as const) {
      const facts = { number, airDate, ...unknownOfEpisode };
      await known.upsertEpisodes(show.id, seasonNumber, [facts], new Date(now));
      const rows = await test.database.reader.findBy(Episode, { showId: show.id, seasonNumber, number });
      ids.set(`${seasonNumber}x${number}`, rows[0]?.id ?? '');
    }
    const id = (place: string) => ids.get(place) ?? '';
    expect(await lists.listEpisodesToSearch(new Date(now), 10)).toEqual([]);
    expect(await lists.isOnAnyList(id('1x2'))).toBe(false);
    const list = await lists.create({ ownerId: user.id, kind: 'own', key: null, name: 'Series' });
    await lists.putItem(list.id, show.id, {});
    expect((await lists.listEpisodesToSearch(new Date(now), 10)).sort()).toEqual(
      [id('1x1'), id('2x1')].sort(),
    );
    expect(await lists.listEpisodesToSearch(new Date(now), 1)).toHaveLength(1);
    await searches.save(
      Object.assign(new SourceSearch(), {
        titleId: id('1x1'),
        kind: 'episode',
        searchedAt: new Date(now),
        dueAt: new Date(now + day),
        viewedAt: null,
        found: 1,
      }),
    );
    expect(await lists.listEpisodesToSearch(new Date(now), 10)).toEqual([id('2x1')]);
    expect(await lists.isOnAnyList(id('1x2'))).toBe(true);
    expect(await lists.isOnAnyList(movies[3]?.id ?? '')).toBe(false);
  });

  it('ends between two titles when it is told to, also in a pause', async () => {
    for (const movie of movies.slice(0, 3)) await note(movie, -1, 1);
    const stop = new AbortController();
    const running = run(
      'search-sources',
      {
        pauseMs: day,
        sources: {
          refresh: ({ title }) => {
            searched.push(title);
            setImmediate(() => stop.abort());
            return Promise.resolve();
          },
        },
      },
      stop.signal,
    );
    await running;
    expect(searched).toHaveLength(1);
  });

  it('hands its end to the counting of swarms', async () => {
    const stop = new AbortController();
    let given: AbortSignal | null = null;
    const count = (signal: AbortSignal) => {
      given = signal;
      return Promise.resolve();
    };
    await run('count-swarms', { counts: { count } }, stop.signal);
    expect(given).toBe(stop.signal);
  });

  it('forgets what no indexer has shown for a month, and what nobody has looked at for half a year', async () => {
    const releases = Array.from({ length: 3 }, (_, at) =>
      aRelease({ infoHash: String(at).repeat(40), title: 'Film 0 (2010) 1080p' }),
    );
    const indexer = {
      name: 'A',
      search: () => Promise.resolve(releases),
      test: () => Promise.resolve('Answers'),
      download: () => Promise.resolve(null),
    };
    const [movie] = movies;
    if (!movie) throw new Error('not stored');
    await createTestSources(test.database, [indexer], { now: () => new Date(now) }).service.list(movie);
    await note(movies[1], 1, 179);
    await note(movies[2], 1, 181);
    const rows = new SourceRepository(test.database);
    now += 29 * day;
    await run('forget-sources');
    expect(await rows.listFor({ kind: 'movie', id: movie.id })).toHaveLength(3);
    now += 2 * day;
    await run('forget-sources');
    expect(await rows.listFor({ kind: 'movie', id: movie.id })).toEqual([]);
    expect(await searches.find(movies[2]?.id ?? '')).toBeNull();
  });
});
