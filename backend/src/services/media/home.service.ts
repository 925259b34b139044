import { isProviderFailure } from '../../http-client/http-client.errors.js';
import type { Logger } from '../../logging/logger.js';
import type { GenreRepository } from '../../repositories/genre.repository.js';
import type { HomeLayoutRepository } from '../../repositories/home-layout.repository.js';
import type { MediaListRepository } from '../../repositories/media-list.repository.js';
import type { ShownTitle } from '../../repositories/shown-title.repository.js';
import type {
  TitleFilter,
  TitleRef,
  TitleRepository,
  TitleSort,
} from '../../repositories/title.repository.js';
import type { Cache, Freshness } from '../../utils/cache/cache.js';
import { cacheKeys } from '../../utils/cache/cache-key.js';
import type { HomeRowSource } from './home-rows.port.js';
import { defaultLanguage } from './language.js';
import type { MetadataProvider } from './metadata-provider.port.js';
import type { Reader } from './reader.js';
import type { TitleDetails } from './title-details.js';
import { inOrder, type TitleStore } from './title-store.js';

export interface HomeServiceOptions {
  provider: MetadataProvider;
  store: TitleStore;
  details: TitleDetails;
  titles: TitleRepository;
  genres: GenreRepository;
  lists: MediaListRepository;
  layouts: HomeLayoutRepository;
  cache: Cache;
  logger: Logger;
}

/** Where a row's titles come from. `continue` is filled by the page itself, from what somebody has begun. */
export type RowKind = 'continue' | 'provider' | 'trakt' | 'library' | 'genre' | 'list';

export interface HomeRowInfo {
  id: string;
  title: string;
  kind: RowKind;
  shown: boolean;
}

export interface Home {
  rows: { id: string; title: string; kind: RowKind; items: ShownTitle[] }[];
  catalogue: MetadataProvider['catalogue'];
  /** The provider did not answer; this is what was known before. */
  stale: boolean;
}

interface Outcome {
  refs: TitleRef[];
  stale: boolean;
  /** Nothing is known because of this. */
  error?: unknown;
}

const rowKey = cacheKeys<TitleRef[]>('home');
const hour = 3_600_000;
const rowFreshness: Freshness = { ttlMs: hour, staleMs: 30 * 24 * hour };
const rowLength = 40;
/** Rows of one page; more nobody scrolls through. */
const mostRows = 40;

interface LibraryRow {
  id: string;
  title: string;
  filter: TitleFilter;
  sort: TitleSort;
}

const libraryRows: LibraryRow[] = [
  { id: 'public-domain', title: 'Free to watch', filter: { archived: true }, sort: 'popularity' },
  { id: 'new', title: 'New', filter: {}, sort: 'newest' },
];

/** The home page: rows of titles, in the order and choice of whoever looks. */
export class HomeService {
  private trakt: HomeRowSource | null = null;

  constructor(private readonly options: HomeServiceOptions) {}

  /** More rows to choose from. */
  addTraktRows(rows: HomeRowSource): void {
    this.trakt = rows;
  }

  /** The provider's error only when it fails and nothing at all is known. */
  async getHome(reader: Reader = {}): Promise<Home> {
    const { language = defaultLanguage, ageLimit = null } = reader;
    const rows = (await this.listRows(reader)).filter(({ shown }) => shown).slice(0, mostRows);
    const outcomes = await Promise.all(
      rows.map(async (row) => ({ row, outcome: await this.fill(row, reader) })),
    );
    const isEmpty = outcomes.every(({ outcome }) => outcome.refs.length === 0);
    const failure = outcomes.find(({ outcome }) => outcome.error !== undefined)?.outcome.error;
    if (isEmpty && failure !== undefined) return this.homeFromStore(failure, reader);
    // Rows share many of their titles: all are read at once.
    const { store, details } = this.options;
    const refs = outcomes.flatMap(({ outcome }) => outcome.refs);
    const known = await store.mapShown(refs, language);
    const suitable = new Set(await details.suitable(inOrder(refs, known), ageLimit));
    const filled = outcomes.map(({ row: { id, title, kind }, outcome }) => {
      const items = inOrder(outcome.refs, known).filter((item) => suitable.has(item));
      return { id, title, kind, items };
    });
    return {
      rows: filled.filter(({ items, kind }) => items.length > 0 || kind === 'continue'),
      catalogue: this.options.provider.catalogue,
      stale: outcomes.some(({ outcome }) => outcome.stale),
    };
  }

  /** All rows there are for somebody, in their order; new ones stand at the end of their kind's place. */
  async listRows({ userId = null }: Reader = {}): Promise<HomeRowInfo[]> {
    const available = await this.availableRows(userId);
    const layout = userId === null ? null : await this.options.layouts.find(userId);
    if (!layout) return available;
    const byId = new Map(available.map((row) => [row.id, row]));
    const chosen = layout.rows.flatMap(({ id, shown }) => {
      const row = byId.get(id);
      return row ? [{ ...row, shown }] : [];
    });
    const known = new Set(layout.rows.map(({ id }) => id));
    return [...chosen, ...available.filter(({ id }) => !known.has(id))];
  }

  /** Rows that are not named keep their place at the end. Ids that name nothing are dropped. */
  async setRows(userId: string, rows: readonly { id: string; shown: boolean }[]): Promise<HomeRowInfo[]> {
    const once = [...new Map(rows.map(({ id, shown }) => [id, { id, shown }])).values()];
    const available = new Set((await this.availableRows(userId)).map(({ id }) => id));
    await this.options.layouts.save(
      userId,
      once.filter(({ id }) => available.has(id)),
    );
    return this.listRows({ userId });
  }

  private async availableRows(userId: string | null): Promise<HomeRowInfo[]> {
    const { provider, genres, lists } = this.options;
    const own = userId === null ? [] : await lists.listVisibleNames(userId);
    const genreRows = await genres.listUsedNames('movie');
    const row = (kind: RowKind, shown: boolean) => (given: { id: string; title: string }) => ({
      id: given.id,
      title: given.title,
      kind,
      shown,
    });
    return [
      ...(userId === null ? [] : [{ id: 'continue', title: 'Continue watching' }].map(row('continue', true))),
      ...own.map(({ id, name }) => ({ id: `list:${id}`, title: name })).map(row('list', true)),
      ...provider.rows.map(row('provider', true)),
      ...(this.trakt?.list() ?? []).map((given) => row('trakt', given.shown)(given)),
      ...libraryRows.slice(0, 1).map(row('library', true)),
      ...libraryRows.slice(1).map(row('library', false)),
      ...genreRows.map(({ id, name }) => ({ id: `genre:${id}`, title: name })).map(row('genre', false)),
    ];
  }

  private async fill(row: HomeRowInfo, reader: Reader): Promise<Outcome> {
    const { ageLimit } = reader;
    switch (row.kind) {
      case 'continue':
        return { refs: [], stale: false };
      case 'provider':
        return this.askProvider(row.id, reader.language ?? defaultLanguage);
      case 'trakt':
        return { refs: (await this.trakt?.load(row.id)) ?? [], stale: false };
      case 'genre':
        return this.fromLibrary({ genre: row.id.slice('genre:'.length), ageLimit }, 'popularity');
      case 'list':
        return this.fromList(row.id.slice('list:'.length));
      case 'library': {
        const { filter = {}, sort = 'popularity' } = libraryRows.find(({ id }) => id === row.id) ?? {};
        return this.fromLibrary({ ...filter, ageLimit }, sort);
      }
    }
  }

  private async askProvider(rowId: string, language: string): Promise<Outcome> {
    const { provider, cache, logger, store } = this.options;
    const key = rowKey([provider.catalogue, rowId, language]);
    try {
      const { value, stale } = await cache.wrap(key, rowFreshness, async () =>
        store.keep(await provider.listRow(rowId, { language }), language),
      );
      return { refs: value, stale };
    } catch (error) {
      // One row that fails must not hide the others.
      if (!isProviderFailure(error)) throw error;
      logger.warn({ row: rowId, err: error }, 'a row of the home page is missing');
      return { refs: [], stale: true, error };
    }
  }

  private async fromLibrary(filter: TitleFilter, sort: TitleSort): Promise<Outcome> {
    const window = { page: 1, pageSize: rowLength, countBeyond: 0 };
    const { items } = await this.options.titles.list(filter, { sort, ...window });
    return { refs: items, stale: false };
  }

  private async fromList(listId: string): Promise<Outcome> {
    const items = await this.options.lists.listItems(listId, { skip: 0, take: rowLength });
    // Films and series are told apart when they are loaded.
    const refs = items.flatMap(({ mediaId }): TitleRef[] => [
      { mediaId, type: 'movie' },
      { mediaId, type: 'show' },
    ]);
    return { refs, stale: false };
  }

  private async homeFromStore(failure: unknown, { language, ageLimit = null }: Reader): Promise<Home> {
    const { items } = await this.options.titles.list(
      { ageLimit },
      { sort: 'popularity', page: 1, pageSize: rowLength },
    );
    if (items.length === 0) throw failure;
    const titles = await this.options.store.loadShown(items, language ?? defaultLanguage);
    const row = { id: 'known', title: 'Seen here before', kind: 'library' as const, items: titles };
    return { rows: [row], catalogue: this.options.provider.catalogue, stale: true };
  }
}
