import type { Logger } from '../../logging/logger.js';
import type { TitleRef } from '../../repositories/title.repository.js';
import type { Cache, Freshness } from '../../utils/cache/cache.js';
import { cacheKeys } from '../../utils/cache/cache-key.js';
import type { HomeRowSource } from '../media/home-rows.port.js';
import type { Title } from '../media/reader.js';
import { withinPatience } from '../media/within-patience.js';
import type { RemoteNames } from './remote-names.js';
import type { TraktClient } from './trakt.client.js';
import { TraktError } from './trakt.errors.js';

export interface TraktRowsOptions {
  client: TraktClient;
  names: RemoteNames;
  cache: Cache;
  /** The stored titles, with what their pages say as far as that can be read in a moment. */
  describe: (refs: readonly TitleRef[]) => Promise<Title[]>;
  logger: Logger;
  now: () => number;
}

const rows = [
  { id: 'trakt-trending-movies', title: 'Trending films', kind: 'trending', type: 'movie', shown: true },
  { id: 'trakt-trending-shows', title: 'Trending series', kind: 'trending', type: 'show', shown: true },
  {
    id: 'trakt-popular-movies',
    title: 'Popular films at Trakt',
    kind: 'popular',
    type: 'movie',
    shown: false,
  },
  {
    id: 'trakt-popular-shows',
    title: 'Popular series at Trakt',
    kind: 'popular',
    type: 'show',
    shown: false,
  },
] as const;

const rowKey = cacheKeys<TitleRef[]>('trakt-row');

const minute = 60_000;
const freshness: Freshness = { ttlMs: 60 * minute, staleMs: 30 * 24 * 60 * minute };
/** How long the home page waits for Trakt. Milliseconds. */
const patienceMs = 3_000;
/** After a failure it is left alone for so long. Milliseconds. */
const restMs = 5 * minute;
const rowLength = 40;

/** What many watch just now, and what most have watched, as rows of the home page. Needs a client id, and nobody's account. */
export class TraktRows implements HomeRowSource {
  private restUntil = 0;

  constructor(private readonly options: TraktRowsOptions) {}

  /** None while Trakt is not set up. */
  list() {
    return this.options.client.isConfigured ? rows.map(({ id, title, shown }) => ({ id, title, shown })) : [];
  }

  /** Nothing when Trakt does not answer in time: the page is whole without. */
  async load(rowId: string): Promise<TitleRef[]> {
    const row = rows.find(({ id }) => id === rowId);
    if (!row || !this.options.client.isConfigured) return [];
    return (await withinPatience(this.read(row), patienceMs)) ?? [];
  }

  private async read({ id, kind, type }: (typeof rows)[number]): Promise<TitleRef[]> {
    const { client, names, cache, describe, logger, now } = this.options;
    try {
      const { value } = await cache.wrap(rowKey([id]), freshness, async () => {
        if (now() < this.restUntil) throw new TraktError('unavailable');
        const titles = await client.listPublic(kind, type, rowLength);
        const found = await names.adopt(
          titles.map((title) => ({ type, title, season: null, episode: null })),
        );
        const refs = found.flatMap((mediaId) => (mediaId === null ? [] : [{ mediaId, type }]));
        await describe(refs);
        return refs;
      });
      return value;
    } catch (error) {
      if (!(error instanceof TraktError)) throw error;
      if (now() >= this.restUntil) {
        this.restUntil = now() + restMs;
        logger.warn({ row: id, err: error }, 'a row of trakt is missing');
      }
      return [];
    }
  }
}
