import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Logger as SqlLogger } from 'typeorm';
import { User } from '../../entities/user.entity.js';
import { silentLogger } from '../../logging/logger.js';
import { EpisodeRepository } from '../../repositories/episode.repository.js';
import { MovieRepository } from '../../repositories/movie.repository.js';
import { PersonRepository } from '../../repositories/person.repository.js';
import { ShowRepository } from '../../repositories/show.repository.js';
import { type TitleFilter, titleSorts } from '../../repositories/title.repository.js';
import { titlesQuery } from '../../repositories/title-plan.js';
import { TranslationRepository } from '../../repositories/translation.repository.js';
import { aUser } from '../../test-support/builders.js';
import { openTestDatabase, type TestDatabase } from '../../test-support/database.js';
import { Cache } from '../../utils/cache/cache.js';
import { memoryStore } from '../../utils/cache/memory-store.js';
import { createCatalogue } from './catalogue.js';
import { OpenFilmsMetadataProvider } from './open-films/open-films.metadata-provider.js';

// Pages are asked for as a browser does, and every statement that is sent to the database meanwhile is explained: one that
// walks a table grows with the library.

let kept: TestDatabase;
let catalogue: ReturnType<typeof createCatalogue>;
let sent: { sql: string; values: unknown[] }[] = [];
let filmId = '';
let showId = '';
let personId = '';
const userId = 'reader';

beforeAll(async () => {
  kept = await openTestDatabase();
  const { database } = kept;
  catalogue = createCatalogue({
    database,
    provider: new OpenFilmsMetadataProvider(),
    cache: new Cache({ stores: [memoryStore({ maxEntries: 100 })] }),
    logger: silentLogger(),
  });
  const rows = Array.from({ length: 60 }, (_, n) => ({
    tmdbId: n + 1,
    title: `The film ${n}`,
    releaseDate: `19${10 + n}-01-01`,
    year: 1910 + n,
    originalLanguage: n % 2 === 0 ? 'fr' : 'en',
    minimumAge: n % 3 === 0 ? 6 : 18,
    genres: ['Drama', 'War'],
    rating: n % 10,
    voteCount: n,
    detailsFetchedAt: new Date(),
  }));
  const films = await new MovieRepository(database).upsertMany(rows);
  const shows = await new ShowRepository(database).upsertMany(rows);
  filmId = films[0]?.id ?? '';
  showId = shows[0]?.id ?? '';
  const episodes = new EpisodeRepository(database);
  const season = {
    tmdbId: null,
    title: 'One',
    overview: '',
    airDate: null,
    posterPath: null,
    episodeCount: 1,
  };
  await episodes.upsertSeasons(showId, [{ ...season, number: 1 }]);
  const people = new PersonRepository(database);
  await people.replaceCredits(filmId, [{ kind: 'cast', role: 'x', person: { tmdbId: 1, name: 'Somebody' } }]);
  personId = (await people.listCredits(filmId))[0]?.personId ?? '';
  await new TranslationRepository(database).upsertMany([
    { mediaId: filmId, language: 'fr', title: 'Le film' },
  ]);
  await database.write((manager) => manager.insert(User, aUser({ id: userId })));
  const recorder: SqlLogger = {
    logQuery: (sql, values) => {
      if (/^\s*SELECT/i.test(sql)) sent.push({ sql, values: Array.isArray(values) ? values : [] });
    },
    logQueryError: () => undefined,
    logQuerySlow: () => undefined,
    logSchemaBuild: () => undefined,
    logMigration: () => undefined,
    log: () => undefined,
  };
  database.reader.dataSource.setOptions({ logging: ['query'], logger: recorder });
});
afterAll(() => kept.dispose());

/** What the statements of `ask` walk through, other than by an index. */
async function walkedBy(ask: () => Promise<unknown>): Promise<string[]> {
  sent = [];
  await ask();
  const statements = sent;
  expect(statements.length).toBeGreaterThan(0);
  const walked: string[] = [];
  for (const { sql, values } of statements) {
    const rows = await kept.database.reader.query<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${sql}`, values);
    // There are some dozens of genres.
    if (/ FROM "?genres"? /.test(sql)) continue;
    const isBounded = /LIMIT 1000\) m JOIN titles t/.test(sql);
    for (const { detail } of rows) {
      // What a bounded part of the same statement gave.
      if (/^SCAN (m|s|members|counted|bounded)$/.test(detail)) continue;
      // The words asked for.
      if (/^SCAN title_(words|spellings) VIRTUAL TABLE INDEX \d+:M/.test(detail)) continue;
      if (/^SCAN/.test(detail) || (/TEMP B-TREE FOR ORDER BY/.test(detail) && !isBounded))
        walked.push(`${detail}: ${sql}`);
    }
  }
  return walked;
}

const limits: Omit<TitleFilter, 'type'>[] = [
  {},
  { genre: 'drama' },
  { yearFrom: 1920, yearTo: 1922 },
  { yearFrom: 1920, yearTo: 1980 },
  { ratingFrom: 7 },
  { language: 'fr' },
  { archived: true },
  { ageLimit: 12 },
  { genre: 'drama', language: 'fr', yearFrom: 1920, yearTo: 1980, ratingFrom: 5 },
  { genre: 'war', archived: true, ageLimit: 6, releasedBy: '2026-01-01' },
];
const filters = limits.flatMap((limit): TitleFilter[] => [
  { ...limit, type: 'movie' },
  { ...limit, type: 'show' },
  limit,
]);

describe('no page walks through the library', () => {
  test.each(titleSorts)('titles by %s, for each filter', async (sort) => {
    for (const filter of filters) {
      for (const page of [1, 2, 30]) {
        const ask = () => catalogue.titles.list(filter, { sort, page, pageSize: 20 });
        expect({ filter, page, walked: await walkedBy(ask) }).toEqual({ filter, page, walked: [] });
      }
    }
  });

  test.each(['f', 'fi', 'film', 'the film', 'film 7', 'fimls', 'le film'])('search for %j', async (text) => {
    for (const reader of [{}, { type: 'show' as const }, { ageLimit: 8 }, { language: 'fr' }])
      expect(await walkedBy(() => catalogue.media.search({ query: text, page: 1, ...reader }))).toEqual([]);
  });

  test.each<[string, () => Promise<unknown>]>([
    ['home', () => catalogue.home.getHome({ userId })],
    [
      'home with all rows there are',
      async () => {
        const rows = await catalogue.home.listRows({ userId });
        await catalogue.home.setRows(
          userId,
          rows.map(({ id }) => ({ id, shown: true })),
        );
        await catalogue.home.getHome({ userId, ageLimit: 12, language: 'fr' });
      },
    ],
    ['a film', () => catalogue.media.getMovie(filmId, { language: 'fr' })],
    ['who is in a film', () => catalogue.people.listCredits(filmId)],
    ['what is like a film', () => catalogue.media.listSimilar('movie', filmId)],
    ['a series', () => catalogue.shows.getShow(showId)],
    ['a season', () => catalogue.shows.getSeason(showId, 1, { language: 'fr' })],
    ['a person', () => catalogue.people.getPerson(personId)],
    ['genres', () => catalogue.discover.listGenres()],
    ['lists', () => catalogue.lists.list({ userId })],
    [
      'a list',
      async () => {
        const { id } = await catalogue.lists.watchlist(userId);
        await catalogue.lists.putItem(id, filmId, { userId }, {});
        await catalogue.lists.listItems(id, { userId }, { page: 1, pageSize: 20 });
        await catalogue.lists.listsHolding({ userId }, filmId);
      },
    ],
  ])('%s', async (_name, ask) => {
    expect(await walkedBy(ask)).toEqual([]);
  });

  test.each(titleSorts)('a large genre by %s, met among all titles', async (sort) => {
    const filter = { type: 'movie', genre: 'drama', language: 'fr', ageLimit: 12 } as const;
    const { sql, values } = titlesQuery(filter, sort, new Map([['movie', 'all titles']]));
    const walked = await walkedBy(() => kept.database.reader.query(`${sql} LIMIT 20`, values));
    expect(walked).toEqual([]);
  });

  test('one that would is noticed', async () => {
    const walked = await walkedBy(() => kept.database.reader.query(`SELECT * FROM titles WHERE year = 1920`));
    expect(walked).toEqual([expect.stringContaining('SCAN titles')]);
  });
});
