import type { Movie } from '../../entities/movie.entity.js';
import type { Person } from '../../entities/person.entity.js';
import type { TitleType } from '../../entities/title.entity.js';
import { isProviderFailure } from '../../http-client/http-client.errors.js';
import type { PersonRepository } from '../../repositories/person.repository.js';
import type { ShownTitle } from '../../repositories/shown-title.repository.js';
import type { TitleRef, TitleRepository } from '../../repositories/title.repository.js';
import type { Cache, Freshness } from '../../utils/cache/cache.js';
import { cacheKeys, titleTag } from '../../utils/cache/cache-key.js';
import type { Home, HomeService } from './home.service.js';
import { defaultLanguage } from './language.js';
import type { MetadataProvider } from './metadata-provider.port.js';
import type { Reader, Title } from './reader.js';
import type { Known, TitleDetails } from './title-details.js';
import type { TitleStore } from './title-store.js';
import { withinPatience } from './within-patience.js';

export type { Reader } from './reader.js';
export type KnownMovie = Known<Movie>;

export interface MediaServiceOptions {
  provider: MetadataProvider;
  store: TitleStore;
  details: TitleDetails;
  titles: TitleRepository;
  people: PersonRepository;
  home: HomeService;
  cache: Cache;
}

export interface MediaPage {
  items: ShownTitle[];
  page: number;
  pageSize: number;
  total: number;
  /** There are more than `total`: counting goes only so far. */
  totalIsLeast: boolean;
  /** The provider did not answer; this is what is known here. */
  stale: boolean;
}

export interface SearchFindings extends MediaPage {
  people: Person[];
}

interface Found {
  refs: TitleRef[];
  people: string[];
  total: number;
}

const similarKey = cacheKeys<TitleRef[]>('similar');
const searchKey = cacheKeys<Found>('search');
const minute = 60_000;
const day = 24 * 60 * minute;
const searchFreshness: Freshness = { ttlMs: 10 * minute, staleMs: day };
const similarFreshness: Freshness = { ttlMs: day, staleMs: 30 * day };
const pageSize = 20;
/** What is known here is added to what the provider found, up to this many. */
const localShown = 20;
const similarShown = 20;
/** A provider that tells as many may have more. */
export const mostFound = 10_000;
/** With something to show, a search waits no longer for the provider. Milliseconds. */
const patienceMs = 1_500;

/** Films and series: found, and shown. What the provider tells is stored, so that it is still there when the provider is not. */
export class MediaService {
  constructor(private readonly options: MediaServiceOptions) {}

  /** The provider's error only when it fails and nothing at all is known. */
  getHome(reader: Reader = {}): Promise<Home> {
    return this.options.home.getHome(reader);
  }

  /**
   * What the provider finds, and on the first page also what is known here, where accents, word order and slips are
   * forgiven. While the provider fails, what is stored; its error only when that is nothing.
   */
  async search(
    query: { query: string; page: number; type?: TitleType | undefined } & Reader,
  ): Promise<SearchFindings> {
    const { query: text, page, type, language = defaultLanguage, ageLimit = null } = query;
    const { store, details, provider } = this.options;
    if (provider.catalogue === 'open-films') return this.searchHere(query);
    const local = await this.options.titles.search(text, { page: 1, pageSize: localShown, type, ageLimit });
    const { found, stale } = await this.ask({ text, page, type, language }, local.items.length > 0);
    const extra = page === 1 ? local.items : [];
    const refs = [...(found?.refs ?? []), ...extra];
    const shown = await details.suitable(await store.loadShown(refs, language), ageLimit);
    const known = new Set(found?.refs.map(({ mediaId }) => mediaId));
    const added = extra.filter(({ mediaId }) => !known.has(mediaId)).length;
    const hidden = known.size + added - shown.length;
    return {
      items: shown,
      people: await this.peopleOf(found),
      page,
      pageSize,
      total: Math.max(0, (found?.total ?? 0) + added - hidden),
      totalIsLeast: (found?.total ?? 0) >= mostFound,
      stale,
    };
  }

  /** All there is is here, once the provider has been asked for what it brings along. */
  private async searchHere({
    query: text,
    page,
    type,
    language = defaultLanguage,
    ageLimit = null,
  }: { query: string; page: number; type?: TitleType | undefined } & Reader): Promise<SearchFindings> {
    const { store, details, titles } = this.options;
    const { found, stale } = await this.ask({ text, page, type, language }, true);
    const local = await titles.search(text, { page, pageSize, type, ageLimit });
    const refs = local.total === 0 ? (found?.refs ?? []) : local.items;
    const items = await details.suitable(await store.loadShown(refs, language), ageLimit);
    const total = local.total === 0 ? items.length : local.total;
    return { items, people: [], page, pageSize, total, totalIsLeast: local.hasMore, stale };
  }

  /**
   * One film, asked of the provider again when what is known is older than a day. Errors: not-found, also for one that
   * is not meant for the reader's age.
   */
  getMovie(id: string, reader: Reader = {}): Promise<KnownMovie> {
    return this.options.details.getMovie(id, reader);
  }

  /** What those like who like this; without a provider that knows, what shares its first genre. Errors: not-found. */
  async listSimilar(type: TitleType, id: string, reader: Reader = {}): Promise<ShownTitle[]> {
    const { details, provider, cache, store } = this.options;
    const { language = defaultLanguage, ageLimit = null } = reader;
    const title = type === 'movie' ? await details.getMovie(id, reader) : await details.getShow(id, reader);
    const { tmdbId } = title;
    let refs: TitleRef[] = [];
    if (tmdbId !== null) {
      try {
        const key = similarKey([provider.catalogue, type, tmdbId, language], [titleTag(title.id)]);
        const { value } = await cache.wrap(key, similarFreshness, async () =>
          store.keep(await provider.listSimilar(type, tmdbId, { language }), language),
        );
        refs = value;
      } catch (error) {
        if (!isProviderFailure(error)) throw error;
      }
    }
    if (refs.length === 0) refs = await this.ofSameGenre(title, ageLimit);
    const shown = await store.loadShown(
      refs.filter(({ mediaId }) => mediaId !== title.id),
      language,
    );
    return (await details.suitable(shown, ageLimit)).slice(0, similarShown);
  }

  private async ofSameGenre({ id, type }: Title, ageLimit: number | null): Promise<TitleRef[]> {
    const stored =
      type === 'movie'
        ? await this.options.store.movies.findById(id)
        : await this.options.store.shows.findById(id);
    const [genre] = stored?.genres ?? [];
    if (genre === undefined) return [];
    const filter = { type, genre: genre.toLowerCase().replaceAll(' ', '-'), ageLimit };
    const { items } = await this.options.titles.list(filter, {
      ...{ sort: 'popularity', page: 1, pageSize: 21, countBeyond: 0 },
    });
    return items;
  }

  private async ask(
    query: { text: string; page: number; type: TitleType | undefined; language: string },
    hasLocal: boolean,
  ): Promise<{ found: Found | null; stale: boolean }> {
    const { provider, cache } = this.options;
    const { text, page, type, language } = query;
    const key = searchKey([provider.catalogue, type ?? 'all', language, page, text.toLowerCase()]);
    const asked = cache.wrap(key, searchFreshness, () => this.askProvider(query));
    try {
      const answer = hasLocal ? await withinPatience(asked, patienceMs) : await asked;
      return { found: answer?.value ?? null, stale: answer === null };
    } catch (error) {
      if (!isProviderFailure(error) || !hasLocal) throw error;
      return { found: null, stale: true };
    } finally {
      // Nobody may be left to hear of a failure that comes after our patience.
      asked.catch(() => undefined);
    }
  }

  private async askProvider({
    text,
    page,
    type,
    language,
  }: {
    text: string;
    page: number;
    type: TitleType | undefined;
    language: string;
  }): Promise<Found> {
    const { provider, store, people } = this.options;
    const query = { text, page, language, ...(type && { type }) };
    const found = await provider.search(query);
    const refs = await store.keep(found.items, language);
    const known = await people.upsertMany(found.people ?? []);
    return { refs, people: known.map(({ id }) => id), total: found.total };
  }

  private async peopleOf(found: Found | null): Promise<Person[]> {
    const people = await Promise.all((found?.people ?? []).map((id) => this.options.people.findById(id)));
    return people.filter((person) => person !== null);
  }
}
