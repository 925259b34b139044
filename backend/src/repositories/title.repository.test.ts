import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TitleCard } from '../entities/title.entity.js';
import { openTestDatabase, type TestDatabase } from '../test-support/database.js';
import { fc } from '../test-support/properties.js';
import { editDistance } from './edit-distance.js';
import { MovieRepository } from './movie.repository.js';
import { ShowRepository } from './show.repository.js';
import { type TitleFilter, TitleRepository, type TitleSort } from './title.repository.js';
import { TranslationRepository } from './translation.repository.js';

let kept: TestDatabase;
let titles: TitleRepository;
const names = new Map<string, string>();

const films = [
  {
    tmdbId: 1,
    title: 'Night of the Living Dead',
    year: 1968,
    voteCount: 900,
    rating: 7.6,
    genres: ['Horror'],
  },
  { tmdbId: 2, title: 'The General', year: 1926, voteCount: 500, rating: 7.9, genres: ['Comedy', 'Action'] },
  { tmdbId: 3, title: 'Amélie — an open film', year: 2001, voteCount: 20, rating: 9, genres: ['Comedy'] },
  {
    tmdbId: 4,
    title: 'Sintel',
    year: 2010,
    voteCount: 300,
    rating: 7.3,
    genres: ['Animation'],
    minimumAge: 12,
  },
  {
    tmdbId: 5,
    title: 'Sherlock Jr.',
    year: 1924,
    voteCount: 400,
    rating: 8,
    genres: ['Comedy'],
    minimumAge: 0,
  },
  { tmdbId: 6, title: 'Łódź Ghost', year: 2015, voteCount: 0, rating: null, genres: ['Horror'] },
];

beforeAll(async () => {
  kept = await openTestDatabase();
  titles = new TitleRepository(kept.database);
  const movies = await new MovieRepository(kept.database).upsertMany(
    films.map((film) => ({ ...film, releaseDate: `${film.year}-05-01` })),
  );
  const shows = await new ShowRepository(kept.database).upsertMany([
    { tmdbId: 1, title: 'The General Store', year: 1990, voteCount: 10, genres: ['Comedy'] },
  ]);
  for (const { id, title } of [...movies, ...shows]) names.set(id, title);
  const sintel = movies.find(({ title }) => title === 'Sintel');
  await new TranslationRepository(kept.database).upsertMany([
    { mediaId: sintel?.id ?? '', language: 'fr', title: 'La quête du dragon' },
  ]);
});
afterAll(() => kept.dispose());

const found = async (text: string, more: Partial<Parameters<TitleRepository['search']>[1]> = {}) =>
  (await titles.search(text, { page: 1, pageSize: 20, ...more })).items.map(({ mediaId }) =>
    names.get(mediaId),
  );
const listed = async (filter: TitleFilter, sort: TitleSort = 'popularity') =>
  (await titles.list(filter, { sort, page: 1, pageSize: 20 })).items.map(({ mediaId }) => names.get(mediaId));

describe('search', () => {
  test.each([
    ['night living', 'Night of the Living Dead'],
    ['dead night', 'Night of the Living Dead'],
    ['nig', 'Night of the Living Dead'],
    ['AMELIE', 'Amélie — an open film'],
    ['amélie', 'Amélie — an open film'],
    ['lodz', 'Łódź Ghost'],
    ['sherlock jr', 'Sherlock Jr.'],
    ['sherlok', 'Sherlock Jr.'],
    ['shelrock', 'Sherlock Jr.'],
    ['nigth livng', 'Night of the Living Dead'],
    ['sintle', 'Sintel'],
    ['genral', 'The General'],
    ['quete dragon', 'Sintel'],
    ['general 1926', 'The General'],
  ])('%j finds %s', async (text, title) => {
    expect((await found(text))[0]).toBe(title);
  });

  test('the whole name comes first, then what begins so, then the popular', async () => {
    expect(await found('the general')).toEqual(['The General', 'The General Store']);
    expect(await found('the')).toEqual(['The General', 'The General Store', 'Night of the Living Dead']);
  });

  test('keeps to a type and an age', async () => {
    expect(await found('general', { type: 'show' })).toEqual(['The General Store']);
    expect(await found('s', { ageLimit: 8 })).toEqual(['Sherlock Jr.']);
  });

  test.each(['', '  ', '"', '%', '_', "'; --", 'NEAR(', '*', 'AND', '"general" OR', '-general'])(
    'takes %j as words, never as a query language (T35)',
    async (text) => {
      expect(Array.isArray(await found(text))).toBe(true);
    },
  );

  test('finds every title by any prefix of any of its words', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...films), fc.nat(), fc.nat(), async ({ title, year }, at, length) => {
        const words = `${title} ${year}`.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
        const word = words[at % words.length] ?? '';
        expect(await found(word.slice(0, 1 + (length % word.length)))).toContain(title);
      }),
    );
  });
});

describe('filters', () => {
  test('by genre, years, rating, age, in any order', async () => {
    expect(await listed({ genre: 'comedy' })).toEqual([
      'The General',
      'Sherlock Jr.',
      'Amélie — an open film',
      'The General Store',
    ]);
    expect(await listed({ genre: 'comedy', type: 'movie', yearTo: 1930 }, 'newest')).toEqual([
      'The General',
      'Sherlock Jr.',
    ]);
    expect(await listed({ yearFrom: 2000 }, 'title')).toEqual([
      'Amélie — an open film',
      'Łódź Ghost',
      'Sintel',
    ]);
    expect(await listed({ ratingFrom: 7.5 }, 'rating')).toEqual([
      'Sherlock Jr.',
      'The General',
      'Night of the Living Dead',
    ]);
    expect(await listed({ ageLimit: 11 })).toEqual(['Sherlock Jr.']);
    expect(await listed({ genre: 'none' })).toEqual([]);
  });

  test('pages hold every title once, whatever the size of a page (property)', async () => {
    const sorts: TitleSort[] = ['popularity', 'rating', 'newest', 'title'];
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 9 }), fc.constantFrom(...sorts), async (pageSize, sort) => {
        const seen: string[] = [];
        for (let page = 1; page <= 8; page += 1) {
          const { items, total } = await titles.list({}, { sort, page, pageSize });
          expect(total).toBe(7);
          seen.push(...items.map(({ mediaId }) => mediaId));
        }
        expect(new Set(seen).size).toBe(7);
        expect(seen).toHaveLength(7);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a page of a large library', () => {
  interface Fact {
    id: string;
    type: 'movie' | 'show';
    year: number;
    rating: number;
    language: string;
    minimumAge: number | null;
    genres: string[];
    popularity: number;
    name: string;
  }
  let large: TestDatabase;
  let here: TitleRepository;
  const facts: Fact[] = [];
  const pick = <T>(n: number, ...from: [T, ...T[]]): T => from[n % from.length] ?? from[0];

  beforeAll(async () => {
    large = await openTestDatabase();
    here = new TitleRepository(large.database);
    const rows = Array.from({ length: 2_600 }, (_, n) => {
      const mixed = (n * 7_919) % 2_600;
      return {
        tmdbId: n + 1,
        title: `${pick(mixed, 'Some', 'Any', 'No')} name ${mixed}`,
        year: 1950 + (mixed % 60),
        releaseDate: `${1950 + (mixed % 60)}-01-0${1 + (n % 9)}`,
        rating: 1 + (n % 9),
        voteCount: n % 700,
        // A few in Italian, so that some filters are met by few and others by very many.
        originalLanguage: n % 40 === 0 ? 'it' : pick(n, 'en', 'fr'),
        minimumAge: n % 5 === 0 ? null : pick(n, 0, 6, 12, 18),
        genres: n % 3 === 0 ? ['Drama', 'War'] : n % 50 === 1 ? ['Western'] : ['Drama'],
      };
    });
    const movies = await new MovieRepository(large.database).upsertMany(rows.slice(0, 2_400));
    const shows = await new ShowRepository(large.database).upsertMany(rows.slice(2_400));
    const cards = await large.database.reader.find(TitleCard);
    const byId = new Map(cards.map((card) => [card.mediaId, card]));
    for (const { id, type, year, originalLanguage, minimumAge, genres } of [...movies, ...shows]) {
      const { popularity = 0, rating = 0, name = '' } = byId.get(id) ?? {};
      const language = originalLanguage ?? '';
      facts.push({ id, type, year: year ?? 0, rating, language, minimumAge, genres, popularity, name });
    }
  });
  afterAll(() => large.dispose());

  const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const anyFilter = fc.record({
    type: some(fc.constantFrom('movie' as const, 'show' as const)),
    genre: some(fc.constantFrom('drama', 'war', 'western')),
    yearFrom: some(fc.integer({ min: 1945, max: 2012 })),
    yearTo: some(fc.integer({ min: 1945, max: 2012 })),
    ratingFrom: some(fc.integer({ min: 1, max: 9 })),
    language: some(fc.constantFrom('en', 'fr', 'it', 'de')),
    ageLimit: some(fc.constantFrom(0, 11, 18)),
  });

  test('holds what looking at every title would have found, in the order asked for (property)', async () => {
    const sort = fc.constantFrom<TitleSort>('popularity', 'rating', 'newest', 'title');
    await fc.assert(
      fc.asyncProperty(anyFilter, sort, fc.integer({ min: 1, max: 4 }), async (filter, by, page) => {
        const fits = facts.filter(
          (fact) =>
            (filter.type === undefined || fact.type === filter.type) &&
            (filter.genre === undefined || fact.genres.some((name) => name.toLowerCase() === filter.genre)) &&
            fact.year >= (filter.yearFrom ?? 0) &&
            fact.year <= (filter.yearTo ?? 3_000) &&
            fact.rating >= (filter.ratingFrom ?? 0) &&
            (filter.language === undefined || fact.language === filter.language) &&
            (filter.ageLimit === undefined ||
              (fact.minimumAge !== null && fact.minimumAge <= filter.ageLimit)),
        );
        const { items, total, hasMore } = await here.list(filter, { sort: by, page, pageSize: 20 });
        const byId = new Map(fits.map((fact) => [fact.id, fact]));
        expect(items.every(({ mediaId }) => byId.has(mediaId))).toBe(true);
        expect(items).toHaveLength(Math.max(0, Math.min(20, fits.length - (page - 1) * 20)));
        expect(hasMore).toBe(fits.length > page * 20 + 40);
        if (!hasMore) expect(total).toBe(fits.length);
        const order = { popularity: 'popularity', rating: 'rating', newest: 'year', title: 'name' } as const;
        const keys = items.map(({ mediaId }) => byId.get(mediaId)?.[order[by]] ?? 0);
        const sorted = [...keys].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
        expect(keys).toEqual(by === 'title' ? sorted : sorted.reverse());
        // The first of all is on the first page: nothing was passed over on the way.
        if (page === 1 && fits.length > 0) {
          const all = fits.map((fact) => fact[order[by]]);
          const best = all.reduce((a, b) => ((by === 'title' ? b < a : b > a) ? b : a));
          expect(keys[0]).toBe(best);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('holds every title of a filter once, page after page', async () => {
    for (const filter of [
      { genre: 'drama' },
      { language: 'it' },
      { type: 'movie' as const, ratingFrom: 5 },
    ]) {
      const seen: string[] = [];
      for (let page = 1; page <= 200; page += 1) {
        const { items } = await here.list(filter, { sort: 'popularity', page, pageSize: 20 });
        if (items.length === 0) break;
        seen.push(...items.map(({ mediaId }) => mediaId));
      }
      expect(new Set(seen).size).toBe(seen.length);
      const { total, hasMore } = await here.list(filter, { sort: 'title', page: 200, pageSize: 20 });
      expect({ total, hasMore }).toEqual({ total: seen.length, hasMore: false });
    }
  });

  test('of very many matches the most popular are found', async () => {
    const popular = [...facts].sort((a, b) => b.popularity - a.popularity);
    const { items, hasMore } = await here.search('name', { page: 1, pageSize: 20 });
    expect(hasMore).toBe(true);
    const least = popular[40]?.popularity ?? 0;
    const found = items.map(({ mediaId }) => facts.find(({ id }) => id === mediaId)?.popularity ?? 0);
    expect(Math.min(...found)).toBeGreaterThanOrEqual(least);
    // Series are a tenth: they are found behind more popular films.
    const shows = await here.search('name', { page: 1, pageSize: 20, type: 'show' });
    expect(shows.items).toHaveLength(20);
  });
});

test('the distance between words counts swaps as one and gives up beyond its limit', () => {
  expect(editDistance('sintel', 'sintle', 2)).toBe(1);
  expect(editDistance('kitten', 'sitting', 3)).toBe(3);
  expect(editDistance('kitten', 'sitting', 2)).toBe(3);
  fc.assert(
    fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (a, b) => {
      expect(editDistance(a, b, 9)).toBe(editDistance(b, a, 9));
      expect(editDistance(a, a, 2)).toBe(0);
    }),
  );
});
