import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ProviderTimeoutError } from '../../http-client/http-client.errors.js';
import { silentLogger } from '../../logging/logger.js';
import { MovieRepository } from '../../repositories/movie.repository.js';
import { openTestDatabase, type TestDatabase } from '../../test-support/database.js';
import { Cache } from '../../utils/cache/cache.js';
import { memoryStore } from '../../utils/cache/memory-store.js';
import { createCatalogue } from './catalogue.js';
import type { MediaService } from './media.service.js';
import {
  type ExternalIds,
  type MetadataProvider,
  type MovieDetails,
  type MovieSummary,
  type ProviderQuery,
  UnknowingMetadataProvider,
} from './metadata-provider.port.js';
import { openFilms } from './open-films/open-films.js';
import { OpenFilmsMetadataProvider } from './open-films/open-films.metadata-provider.js';

const day = 24 * 3_600_000;
const films = openFilms.map((film) => ({ ...film, openFilmId: null }));
const down = new ProviderTimeoutError({ provider: 'Films', detail: 'test' });

/** Two rows; each call counted and, when told, failed or translated. */
class FakeProvider extends UnknowingMetadataProvider {
  readonly catalogue = 'tmdb';
  readonly rows = [
    { id: 'first', title: 'First' },
    { id: 'second', title: 'Second' },
  ];
  readonly failing = new Set<string>();
  calls: string[] = [];
  change: Partial<MovieDetails> = {};

  listRow(rowId: string, { language }: ProviderQuery): Promise<MovieSummary[]> {
    const found = rowId === 'first' ? films.slice(0, 2) : films.slice(1);
    return this.#answer(rowId, () => found.map((film) => this.#summary(film, language)));
  }

  search({ text, page, language }: ProviderQuery & { text: string; page: number }) {
    const found = films.filter(({ title }) => title.toLowerCase().includes(text.toLowerCase()));
    const items = found.map((film) => this.#summary(film, language));
    return this.#answer('search', () => ({ items, page, pageSize: 20, total: items.length }));
  }

  findMovie({ tmdbId }: ExternalIds, { language }: ProviderQuery): Promise<MovieDetails | null> {
    const film = films.find((candidate) => candidate.tmdbId === tmdbId);
    return this.#answer('details', () =>
      film ? { ...film, ...this.change, title: this.#title(film, language) } : null,
    );
  }

  /** Rows know less than details. */
  #summary(film: MovieDetails, language: string): MovieSummary {
    const {
      tagline: _t,
      runtimeSeconds: _r,
      certification: _c,
      genres: _g,
      directors: _d,
      cast: _k,
      ...summary
    } = film;
    return { ...summary, imdbId: null, title: this.#title(film, language) };
  }

  #title(film: MovieDetails, language: string): string {
    return language.startsWith('it') ? `${film.title} (it)` : film.title;
  }

  #answer<T>(name: string, answer: () => T): Promise<T> {
    this.calls.push(name);
    return this.failing.has(name) ? Promise.reject(down) : Promise.resolve(answer());
  }
}

describe('MediaService', () => {
  let test: TestDatabase;
  let provider: FakeProvider;
  let movies: MovieRepository;
  let now: number;
  let media: MediaService;

  const make = (source: MetadataProvider = provider) =>
    createCatalogue({
      database: test.database,
      provider: source,
      cache: new Cache({ stores: [memoryStore({ maxEntries: 100 })], now: () => now }),
      logger: silentLogger(),
      now: () => new Date(now),
    }).media;

  afterEach(() => test.dispose());
  beforeEach(async () => {
    test = await openTestDatabase();
    now = Date.now();
    provider = new FakeProvider();
    movies = new MovieRepository(test.database, () => new Date(now));
    media = make();
  });

  const titles = (items: { title: string }[]) => items.map(({ title }) => title);
  const idOf = async (title: string) => (await media.search({ query: title, page: 1 })).items[0]?.id ?? '';

  describe('home', () => {
    it('shows the rows in order, with ids of ours that stay', async () => {
      const home = await media.getHome();
      expect(home).toMatchObject({
        catalogue: 'tmdb',
        stale: false,
        rows: [{ id: 'first', title: 'First' }, { id: 'second' }],
      });
      expect(titles(home.rows[0]?.items ?? [])).toEqual(['Big Buck Bunny', 'Sintel']);
      const again = await make().getHome();
      expect(again.rows.map(({ items }) => items.map(({ id }) => id))).toEqual(
        home.rows.map(({ items }) => items.map(({ id }) => id)),
      );
      expect(home.rows[0]?.items[1]?.id).toBe(home.rows[1]?.items[0]?.id);
    });

    it('asks the provider once an hour, and rewrites nothing that has not changed', async () => {
      const id = (await media.getHome()).rows[0]?.items[0]?.id ?? '';
      const before = await movies.findById(id);
      await media.getHome();
      expect(provider.calls).toHaveLength(2);
      now += 3_600_000;
      await media.getHome();
      expect(provider.calls).toHaveLength(4);
      expect(before?.updatedAt).toBeInstanceOf(Date);
      expect((await movies.findById(id))?.updatedAt).toEqual(before?.updatedAt);
    });

    it('shows the other rows when one fails, and says so (F01)', async () => {
      provider.failing.add('first');
      expect(await media.getHome()).toMatchObject({ stale: true, rows: [{ id: 'second' }] });
    });

    it('shows what was known when all fail, and says so (F01)', async () => {
      await media.getHome();
      provider.failing.add('first').add('second');
      now += 2 * 3_600_000;
      const home = await media.getHome();
      expect(home).toMatchObject({ stale: true, rows: [{ id: 'first' }, { id: 'second' }] });
      // Also after a restart, from what is stored.
      const restarted = await make().getHome();
      expect(restarted).toMatchObject({ stale: true, rows: [{ id: 'known' }] });
      expect(restarted.rows[0]?.items).toHaveLength(4);
    });

    it("passes on the provider's failure when nothing is known", async () => {
      provider.failing.add('first').add('second');
      await expect(media.getHome()).rejects.toBe(down);
    });

    it('shows titles in the language asked for and stores them in one', async () => {
      await media.getHome();
      const italian = await media.getHome({ language: 'it-IT' });
      expect(titles(italian.rows[0]?.items ?? [])).toEqual(['Big Buck Bunny (it)', 'Sintel (it)']);
      expect(titles((await media.getHome()).rows[0]?.items ?? [])).toEqual(['Big Buck Bunny', 'Sintel']);
      expect((await movies.findByTmdbIds([45745]))[0]?.title).toBe('Sintel');
    });
  });

  describe('search', () => {
    it('gives a page of films with ids of ours', async () => {
      const page = await media.search({ query: 'steel', page: 1 });
      expect(page).toMatchObject({ page: 1, pageSize: 20, total: 1 });
      expect((await movies.findById(page.items[0]?.id ?? ''))?.title).toBe('Tears of Steel');
    });

    it('searches what is stored while the provider fails, and fails only when that finds nothing', async () => {
      await media.getHome();
      provider.failing.add('search');
      expect(titles((await media.search({ query: 'bunny', page: 1 })).items)).toEqual(['Big Buck Bunny']);
      await expect(media.search({ query: 'nothing like it', page: 1 })).rejects.toBe(down);
    });
  });

  describe('a film', () => {
    it('is completed when it is opened, and asked for again after a day', async () => {
      const id = await idOf('sintel');
      expect(await media.getMovie(id)).toMatchObject({
        id,
        imdbId: 'tt1727587',
        runtimeSeconds: 888,
        directors: ['Colin Levy'],
        stale: false,
      });
      await media.getMovie(id);
      expect(provider.calls.filter((call) => call === 'details')).toHaveLength(1);
      now += day;
      provider.change = { certification: 'PG' };
      expect((await media.getMovie(id)).certification).toBe('PG');
    });

    it('keeps what was known while the provider fails, marked, and asks again next time', async () => {
      const id = await idOf('sintel');
      provider.failing.add('details');
      expect(await media.getMovie(id)).toMatchObject({ title: 'Sintel', stale: true });
      provider.failing.clear();
      expect(await media.getMovie(id)).toMatchObject({ runtimeSeconds: 888, stale: false });
      provider.failing.add('details');
      now += 2 * day;
      expect(await media.getMovie(id)).toMatchObject({ runtimeSeconds: 888, stale: true });
    });

    it('keeps what was known when the provider has dropped it or suddenly knows less', async () => {
      const id = await idOf('sintel');
      await media.getMovie(id);
      now += 2 * day;
      provider.change = { overview: '', runtimeSeconds: null, cast: [] };
      expect(await media.getMovie(id)).toMatchObject({
        runtimeSeconds: 888,
        cast: [{ name: 'Halina Reijn' }, {}],
        stale: false,
      });
      now += 2 * day;
      provider.findMovie = () => Promise.resolve(null);
      expect(await media.getMovie(id)).toMatchObject({ runtimeSeconds: 888, stale: false });
    });

    it('is shown in the language asked for, with its other facts stored', async () => {
      const id = await idOf('sintel');
      expect(await media.getMovie(id, { language: 'it' })).toMatchObject({
        title: 'Sintel (it)',
        imdbId: 'tt1727587',
        stale: false,
      });
      expect(await movies.findById(id)).toMatchObject({ title: 'Sintel', imdbId: 'tt1727587' });
      expect(await media.getMovie(id)).toMatchObject({ title: 'Sintel', stale: false });
    });

    it('that nobody knows is not found', async () => {
      await expect(media.getMovie('nope')).rejects.toMatchObject({ code: 'not-found' });
    });
  });

  it('has something to show without any key', async () => {
    media = make(new OpenFilmsMetadataProvider());
    const home = await media.getHome();
    expect(home).toMatchObject({ catalogue: 'open-films', stale: false });
    expect(home.rows[0]?.items).toHaveLength(4);
    const found = await media.search({ query: 'TEARS, steel', page: 1 });
    expect(titles(found.items)).toEqual(['Tears of Steel']);
    expect(await media.getMovie(found.items[0]?.id ?? '')).toMatchObject({
      imdbId: 'tt2285752',
      runtimeSeconds: 734,
      stale: false,
    });
  });

  it('meets the same film again when a key is added later', async () => {
    const open = await make(new OpenFilmsMetadataProvider()).getHome();
    const withKey = await media.search({ query: 'sintel', page: 1 });
    expect(open.rows[0]?.items.map(({ id }) => id)).toContain(withKey.items[0]?.id);
  });
});
