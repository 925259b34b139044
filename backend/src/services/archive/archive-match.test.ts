import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ProviderUnavailableError } from '../../http-client/http-client.errors.js';
import { silentLogger } from '../../logging/logger.js';
import { openTestDatabase, type TestDatabase } from '../../test-support/database.js';
import { fc } from '../../test-support/properties.js';
import { Cache } from '../../utils/cache/cache.js';
import { memoryStore } from '../../utils/cache/memory-store.js';
import { createCatalogue } from '../media/catalogue.js';
import {
  type ExternalIds,
  type MovieDetails,
  type MovieSummary,
  type TitleSummary,
  UnknowingMetadataProvider,
} from '../media/metadata-provider.port.js';

type Told = Pick<MovieDetails, 'title' | 'year' | 'runtimeSeconds'> & Partial<MovieDetails>;

/** A TMDB and an Archive of some films each. */
class TwoCatalogues extends UnknowingMetadataProvider {
  readonly catalogue: 'tmdb' | 'open-films' = 'tmdb';
  readonly rows = [];
  tmdb = new Map<number, Told>();
  archive = new Map<string, Told>();
  searches: string[] = [];
  isDown = false;

  listRow(): Promise<TitleSummary[]> {
    return Promise.resolve([]);
  }
  search({ text }: { text: string }) {
    this.searches.push(text);
    if (this.isDown) return Promise.reject(down);
    const items = [...this.tmdb].map(([tmdbId, told]) => summaryOf(told, { tmdbId }));
    return Promise.resolve({ items, page: 1, pageSize: 20, total: items.length });
  }
  findMovie({ tmdbId, imdbId, archiveId }: ExternalIds): Promise<MovieDetails | null> {
    const known =
      tmdbId === null
        ? [...this.tmdb].find(([, { imdbId: id }]) => imdbId !== null && id === imdbId)
        : undefined;
    const id = tmdbId ?? known?.[0] ?? null;
    const told = id === null ? this.archive.get(archiveId ?? '') : this.tmdb.get(id);
    if (!told) return Promise.resolve(null);
    return Promise.resolve(detailsOf(told, id === null ? { archiveId: archiveId ?? null } : { tmdbId: id }));
  }
}

const down = new ProviderUnavailableError({ provider: 'TMDB', fault: 'server-error', detail: 'test' });
const summaryOf = (told: Told, ids: Partial<ExternalIds>): MovieSummary => ({
  ...{ tmdbId: null, imdbId: null, openFilmId: null, originalTitle: told.title, originalLanguage: null },
  ...{
    releaseDate: null,
    overview: 'Told.',
    posterPath: null,
    backdropPath: null,
    rating: null,
    voteCount: 0,
  },
  ...{ title: told.title, year: told.year },
  ...ids,
});
const detailsOf = (told: Told, ids: Partial<ExternalIds>): MovieDetails => ({
  ...summaryOf(told, {}),
  ...{ tagline: '', certification: null, genres: [], directors: [], cast: [] },
  ...told,
  ...ids,
});

let kept: TestDatabase;
let provider: TwoCatalogues;
let catalogue: ReturnType<typeof createCatalogue>;

beforeEach(async () => {
  kept = await openTestDatabase();
  provider = new TwoCatalogues();
  catalogue = createCatalogue({
    database: kept.database,
    provider,
    cache: new Cache({ stores: [memoryStore({ maxEntries: 100 })] }),
    logger: silentLogger(),
  });
});
afterEach(() => kept.dispose());

/** Stores films of the Archive, as its sync does. */
async function offer(...films: [string, Told][]): Promise<string[]> {
  for (const [archiveId, told] of films) provider.archive.set(archiveId, told);
  const summaries = films.map(([archiveId, told]) => ({ ...summaryOf(told, {}), archiveId }));
  return (await catalogue.store.movies.upsertMany(summaries)).map(({ id }) => id);
}
const match = () => catalogue.archive.match(new AbortController().signal);
const find = async (id = '') => catalogue.store.movies.findById(id);

const charade = { title: 'Charade', year: 1963, runtimeSeconds: 6_780 };

describe('looking the films of the Archive up at TMDB', () => {
  it('joins a film with the one of the same title, year and length', async () => {
    provider.tmdb.set(4_808, { ...charade, runtimeSeconds: 6_800 });
    const [id] = await offer(['charade', charade]);
    await match();
    expect(await find(id)).toMatchObject({ tmdbId: 4_808, archiveId: 'charade', mergedIntoId: null });
    expect((await catalogue.titles.search('charade', { page: 1, pageSize: 20 })).total).toBe(1);
    expect(
      (await catalogue.titles.list({ archived: true }, { sort: 'title', page: 1, pageSize: 9 })).total,
    ).toBe(1);
  });

  it('joins by the IMDb id that the Archive tells, whatever it is called', async () => {
    provider.tmdb.set(4_808, { ...charade, imdbId: 'tt0056923' });
    const [id] = await offer([
      'charade-uk',
      { title: 'Charade (restored)', year: 1960, runtimeSeconds: 9_000, imdbId: 'tt0056923' },
    ]);
    await match();
    expect(await find(id)).toMatchObject({ tmdbId: 4_808 });
  });

  it.each<[string, Partial<Told>]>([
    ['of another length', { runtimeSeconds: 3_000 }],
    ['of another year', { year: 2002 }],
    ['of another name', { title: 'Charade 2' }],
    ['with another IMDb id', { imdbId: 'tt0000001' }],
    ['of unknown length', { runtimeSeconds: null }],
  ])('leaves a film apart from one %s', async (_difference, difference) => {
    provider.tmdb.set(1, { ...charade, imdbId: 'tt0056923', ...difference });
    const [id] = await offer([
      'charade',
      { ...charade, ...('imdbId' in difference && { imdbId: 'tt0056923' }) },
    ]);
    await match();
    expect(await find(id)).toMatchObject({ tmdbId: null, archiveId: 'charade' });
  });

  it('takes forty at a time, goes on where it was, and begins anew after the last', async () => {
    await offer(
      ...Array.from({ length: 45 }, (_, n): [string, Told] => [
        `item-${n}`,
        { ...charade, title: `Film ${n}` },
      ]),
    );
    await match();
    expect(provider.searches).toHaveLength(40);
    await match();
    expect(new Set(provider.searches).size).toBe(45);
    await match();
    expect(provider.searches).toHaveLength(85);
  });

  it('goes on with the film it failed at when TMDB is back, and has lost nothing', async () => {
    provider.tmdb.set(4_808, charade);
    const ids = await offer(['a', { ...charade, title: 'A' }], ['charade', charade]);
    provider.isDown = true;
    await expect(match()).rejects.toBe(down);
    provider.isDown = false;
    await match();
    expect(await find(ids[1])).toMatchObject({ tmdbId: 4_808 });
    expect(await find(ids[0])).toMatchObject({ tmdbId: null, archiveId: 'a' });
  });
});

describe('merging (property)', () => {
  const fact = fc.record({
    tmdbId: fc.option(fc.integer({ min: 1, max: 6 })),
    imdbId: fc.option(fc.integer({ min: 1, max: 6 }).map((n) => `tt000000${n}`)),
    archiveId: fc.option(fc.constantFrom('a', 'b', 'c', 'd')),
    year: fc.option(fc.integer({ min: 1950, max: 1952 })),
  });
  const step = fc.oneof(
    fact.map((row) => ({ kind: 'told' as const, row })),
    fc.tuple(fc.nat(), fc.nat()).map(([a, b]) => ({ kind: 'merge' as const, a, b })),
  );

  it('every id that was ever given means one film for ever, and no external id is lost or held twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const own = await openTestDatabase();
        const { store, merger, titles } = createCatalogue({
          database: own.database,
          provider,
          cache: new Cache({ stores: [memoryStore({ maxEntries: 100 })] }),
          logger: silentLogger(),
        });
        const given = new Set<string>();
        const told = new Set<string>();
        for (const one of steps) {
          const ids = [...given];
          if (one.kind === 'merge') {
            const [a, b] = [ids[one.a % ids.length], ids[one.b % ids.length]];
            const [kept, lost] = [await store.movies.findById(a ?? ''), await store.movies.findById(b ?? '')];
            if (kept && lost) await merger.merge(kept.id, lost.id);
            continue;
          }
          const { tmdbId, imdbId, archiveId } = one.row;
          if (tmdbId === null && imdbId === null && archiveId === null) continue;
          const [film] = await store.movies.upsertMany([{ ...one.row, title: 'A film' }]);
          if (film) given.add(film.id);
          for (const id of [tmdbId, imdbId, archiveId]) if (id !== null) told.add(String(id));
        }
        const films = await store.movies.mapByIds([...given]);
        expect([...films.keys()].sort()).toEqual([...given].sort());
        expect([...films.values()].every(({ mergedIntoId }) => mergedIntoId === null)).toBe(true);
        const living = [...new Map([...films.values()].map((film) => [film.id, film])).values()];
        // What two films that became one each had of a kind cannot both be kept; of the others nothing is held twice.
        const held = living.flatMap(({ tmdbId, imdbId, archiveId }) =>
          [tmdbId, imdbId, archiveId].filter((id) => id !== null).map(String),
        );
        expect(new Set(held).size).toBe(held.length);
        expect(held.every((id) => told.has(id))).toBe(true);
        expect(
          living.every(({ tmdbId, imdbId, archiveId }) => (tmdbId ?? imdbId ?? archiveId) !== null),
        ).toBe(true);
        const found = await titles.list({}, { sort: 'title', page: 1, pageSize: 100 });
        expect(found.items.map(({ mediaId }) => mediaId).sort()).toEqual(living.map(({ id }) => id).sort());
        await own.dispose();
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});
