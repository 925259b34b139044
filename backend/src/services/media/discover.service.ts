import type { Genre } from '../../entities/genre.entity.js';
import type { TitleType } from '../../entities/title.entity.js';
import { isProviderFailure } from '../../http-client/http-client.errors.js';
import type { GenreRepository } from '../../repositories/genre.repository.js';
import type {
  TitleFilter,
  TitleRef,
  TitleRepository,
  TitleSort,
} from '../../repositories/title.repository.js';
import type { Cache, Freshness } from '../../utils/cache/cache.js';
import { cacheKeys } from '../../utils/cache/cache-key.js';
import { defaultLanguage, isStoredLanguage } from './language.js';
import { type MediaPage, mostFound } from './media.service.js';
import type { MetadataProvider } from './metadata-provider.port.js';
import type { Reader } from './reader.js';
import type { TitleStore } from './title-store.js';

export interface DiscoverServiceOptions {
  provider: MetadataProvider;
  store: TitleStore;
  titles: TitleRepository;
  genres: GenreRepository;
  cache: Cache;
}

export interface DiscoverQuery extends Omit<TitleFilter, 'ageLimit' | 'releasedBy'> {
  sort: TitleSort;
  page: number;
}

export interface KnownGenre {
  id: string;
  /** In the reader's language, where the provider has it. */
  name: string;
  types: TitleType[];
}

const discoverKey = cacheKeys<{ refs: TitleRef[]; total: number } | null>('discover');
const genresKey = cacheKeys<true>('genres');
const genreNamesKey = cacheKeys<[string, string][]>('genre-names');
const hour = 3_600_000;
const pageFreshness: Freshness = { ttlMs: 6 * hour, staleMs: 7 * 24 * hour };
const genreFreshness: Freshness = { ttlMs: 7 * 24 * hour, staleMs: 60 * 24 * hour };
const pageSize = 20;

/** Titles by genre, years, rating and language: of the provider where it can, of the own library otherwise. */
export class DiscoverService {
  constructor(private readonly options: DiscoverServiceOptions) {}

  /**
   * Films unless `type` says series. Those with an age limit look through what is rated here: a provider's page does not
   * say for whom its titles are, and a page with holes cannot be paged.
   */
  async discover(
    query: DiscoverQuery,
    { language = defaultLanguage, ageLimit = null }: Reader = {},
  ): Promise<MediaPage> {
    const { store, titles } = this.options;
    const asked = ageLimit === null && query.archived !== true ? await this.ask(query, language) : null;
    if (asked?.found) {
      const items = await store.loadShown(asked.found.refs, language);
      const { total } = asked.found;
      const totalIsLeast = total >= mostFound;
      return { items, page: query.page, pageSize, total, totalIsLeast, stale: asked.stale };
    }
    const { page, sort, ...filter } = query;
    const found = await titles.list({ ...filter, ageLimit }, { sort, page, pageSize });
    const items = await store.loadShown(found.items, language);
    const { total, hasMore } = found;
    return { items, page, pageSize, total, totalIsLeast: hasMore, stale: asked?.stale ?? false };
  }

  /** By name. Genres that nothing here has are left out, unless the provider knows them. */
  async listGenres({ language = defaultLanguage }: Reader = {}): Promise<KnownGenre[]> {
    const { genres } = this.options;
    await this.learnGenres();
    const known = await genres.list();
    const used = { movie: await genres.listUsed('movie'), show: await genres.listUsed('show') };
    const names = await this.genreNames(language);
    return known
      .map((genre) => ({
        id: genre.id,
        name: names.get(genre.id) ?? genre.name,
        types: (['movie', 'show'] as const).filter(
          (type) => used[type].has(genre.id) || numberOf(genre, type) !== null,
        ),
      }))
      .filter(({ types }) => types.length > 0)
      .sort((a, b) => a.name.localeCompare(b.name, language));
  }

  private async ask(
    query: DiscoverQuery,
    language: string,
  ): Promise<{ found: { refs: TitleRef[]; total: number } | null; stale: boolean }> {
    const { provider, cache, store, genres } = this.options;
    const { type = 'movie', genre: genreId, yearFrom, yearTo, ratingFrom, sort, page } = query;
    try {
      let genreTmdbId: number | undefined;
      if (genreId !== undefined) {
        await this.learnGenres();
        const genre = await genres.find(genreId);
        genreTmdbId = (genre && numberOf(genre, type)) ?? undefined;
        // A genre that only we know is found here only.
        if (genreTmdbId === undefined) return { found: null, stale: false };
      }
      const filter = {
        type,
        genreTmdbId,
        yearFrom,
        yearTo,
        ratingFrom,
        language: query.language,
        sort,
        page,
      };
      const key = discoverKey([provider.catalogue, language, JSON.stringify(filter)]);
      const { value, stale } = await cache.wrap(key, pageFreshness, async () => {
        const found = await provider.discover(filter, { language });
        return found && { refs: await store.keep(found.items, language), total: found.total };
      });
      return { found: value, stale };
    } catch (error) {
      if (!isProviderFailure(error)) throw error;
      return { found: null, stale: true };
    }
  }

  /** The provider's numbers for genres; a failure leaves those that are known. */
  private async learnGenres(): Promise<void> {
    const { provider, cache, genres } = this.options;
    try {
      await cache.wrap(genresKey([provider.catalogue]), genreFreshness, async (): Promise<true> => {
        for (const type of ['movie', 'show'] as const) {
          await genres.upsertMany(type, await provider.listGenres(type, { language: defaultLanguage }));
        }
        return true;
      });
    } catch (error) {
      if (!isProviderFailure(error)) throw error;
    }
  }

  private async genreNames(language: string): Promise<Map<string, string>> {
    const { provider, cache, genres } = this.options;
    if (isStoredLanguage(language)) return new Map();
    try {
      const key = genreNamesKey([provider.catalogue, language]);
      const { value } = await cache.wrap(key, genreFreshness, async () => {
        const known = await genres.list();
        const names: [string, string][] = [];
        for (const type of ['movie', 'show'] as const) {
          for (const { tmdbId, name } of await provider.listGenres(type, { language })) {
            const genre = known.find((one) => numberOf(one, type) === tmdbId);
            if (genre) names.push([genre.id, name]);
          }
        }
        return names;
      });
      return new Map(value);
    } catch (error) {
      if (!isProviderFailure(error)) throw error;
      return new Map();
    }
  }
}

function numberOf(genre: Genre, type: TitleType): number | null {
  return type === 'movie' ? genre.tmdbMovieId : genre.tmdbShowId;
}
