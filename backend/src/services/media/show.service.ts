import type { Episode } from '../../entities/episode.entity.js';
import type { Season } from '../../entities/season.entity.js';
import type { TVShow } from '../../entities/tv-show.entity.js';
import { NotFoundError } from '../../errors/app-error.js';
import { isProviderFailure } from '../../http-client/http-client.errors.js';
import type { Logger } from '../../logging/logger.js';
import type { EpisodeRepository } from '../../repositories/episode.repository.js';
import type { TranslationRepository } from '../../repositories/translation.repository.js';
import type { Cache } from '../../utils/cache/cache.js';
import { cacheKeys } from '../../utils/cache/cache-key.js';
import { absoluteNumber } from './absolute-number.js';
import { defaultLanguage, isStoredLanguage } from './language.js';
import type { MetadataProvider, SeasonDetails } from './metadata-provider.port.js';
import type { Reader } from './reader.js';
import type { Known, TitleDetails } from './title-details.js';
import { withinPatience } from './within-patience.js';

export interface ShowServiceOptions {
  provider: MetadataProvider;
  details: TitleDetails;
  episodes: EpisodeRepository;
  translations: TranslationRepository;
  cache: Cache;
  logger: Logger;
  now?: () => Date;
}

export type KnownShow = Known<TVShow>;

export interface ShowPage {
  show: KnownShow;
  /** By number; the specials (0) first. */
  seasons: Season[];
}

/** An episode with its series and where it stands among all episodes. */
export interface EpisodePage {
  show: KnownShow;
  episode: Episode;
  /** Counted through from the first episode; null when it cannot be told, and of specials. */
  absolute: number | null;
}

export interface SeasonPage {
  show: KnownShow;
  season: Season;
  /** By number. */
  episodes: Episode[];
  /** Older than it should be because the provider does not answer. */
  stale: boolean;
}

const seasonKey = cacheKeys<true>('seasons');
const day = 24 * 3_600_000;
const patienceMs = { withEpisodes: 400, without: 5_000 };

/** Series, their seasons and episodes. */
export class ShowService {
  private readonly now: () => Date;

  constructor(private readonly options: ShowServiceOptions) {
    this.now = options.now ?? (() => new Date());
  }

  /** Errors: not-found, also for what is not meant for the reader's age. */
  async getShow(id: string, reader: Reader = {}): Promise<ShowPage> {
    const show = await this.options.details.getShow(id, reader);
    const seasons = await this.options.episodes.listSeasons(show.id);
    return { show, seasons: await this.inLanguage(seasons, reader.language) };
  }

  /** Errors: not-found, also for what is not meant for the reader's age. */
  async getSeason(showId: string, number: number, reader: Reader = {}): Promise<SeasonPage> {
    const { episodes } = this.options;
    const { language = defaultLanguage } = reader;
    const show = await this.options.details.getShow(showId, reader);
    const season = await episodes.findSeason(show.id, number);
    if (!season) throw new NotFoundError('Season');
    const isFresh = await this.isFresh(show, season, language);
    const patience = season.episodesFetchedAt ? patienceMs.withEpisodes : patienceMs.without;
    const answered =
      isFresh || (await withinPatience(this.refreshSeason(show, number, language), patience)) === true;
    const known = (await episodes.findSeason(show.id, number)) ?? season;
    const [shown = known] = await this.inLanguage([known], language);
    const list = await this.inLanguage(await episodes.listEpisodes(show.id, number), language);
    return { show, season: shown, episodes: list, stale: !answered };
  }

  /** Errors: not-found, also for what is not meant for the reader's age. */
  async getEpisode(
    showId: string,
    seasonNumber: number,
    number: number,
    reader: Reader = {},
  ): Promise<EpisodePage> {
    const { show, episodes } = await this.getSeason(showId, seasonNumber, reader);
    const episode = episodes.find((one) => one.number === number);
    if (!episode) throw new NotFoundError('Episode');
    return { show, episode, absolute: await this.absoluteOf(episode, episodes) };
  }

  /** The series an episode belongs to, by the episode's id. Errors: not-found, also for what is not for the age. */
  async getEpisodeById(id: string, reader: Reader = {}): Promise<EpisodePage> {
    const episode = await this.options.episodes.findEpisodeById(id);
    if (!episode) throw new NotFoundError('Episode');
    const show = await this.options.details.getShow(episode.showId, reader);
    const [shown = episode] = await this.inLanguage([episode], reader.language);
    const siblings = await this.options.episodes.listEpisodes(show.id, episode.seasonNumber);
    return { show, episode: shown, absolute: await this.absoluteOf(episode, siblings) };
  }

  private async absoluteOf(episode: Episode, siblings: readonly Episode[]): Promise<number | null> {
    const seasons = await this.options.episodes.listSeasons(episode.showId);
    return absoluteNumber(
      episode,
      seasons,
      siblings.map(({ number }) => number),
    );
  }

  /** Asks for a season's episodes again. False when the provider fails, or nobody knows the season there. */
  async refreshSeason(show: TVShow, number: number, language: string = defaultLanguage): Promise<boolean> {
    const { provider, cache, logger } = this.options;
    const { tmdbId } = show;
    if (tmdbId === null) return true;
    try {
      const key = seasonKey([provider.catalogue, show.id, number, language]);
      await cache.wrap(key, { ttlMs: 60_000, staleMs: 0 }, async (): Promise<true> => {
        const season = await provider.findSeason(tmdbId, number, { language });
        await this.keep(show, number, season, language);
        return true;
      });
      return true;
    } catch (error) {
      if (!isProviderFailure(error)) throw error;
      logger.warn({ showId: show.id, season: number, err: error }, 'the provider did not tell the episodes');
      return false;
    }
  }

  private async keep(
    show: TVShow,
    number: number,
    season: SeasonDetails | null,
    language: string,
  ): Promise<void> {
    const { episodes, translations } = this.options;
    // Not known there any more, or an empty answer: what we have stays.
    if (!season || season.episodes.length === 0) {
      await episodes.upsertEpisodes(show.id, number, [], this.now());
      return;
    }
    const { episodes: rows, ...facts } = season;
    if (isStoredLanguage(language)) {
      await episodes.upsertSeasons(show.id, [{ ...facts, number }]);
      await episodes.upsertEpisodes(show.id, number, rows, this.now());
      return;
    }
    const known = new Map(
      (await episodes.listEpisodes(show.id, number)).map((episode) => [episode.number, episode]),
    );
    const isNew = rows.some((row) => !known.has(row.number));
    if (isNew) {
      const untold = rows.map((row) => (known.has(row.number) ? { ...row, title: '', overview: '' } : row));
      await episodes.upsertEpisodes(show.id, number, untold, new Date(0));
    }
    const stored = await episodes.listEpisodes(show.id, number);
    const told = new Map(rows.map((row) => [row.number, row]));
    const stamp = { language, detailsFetchedAt: this.now() };
    await translations.upsertMany(
      stored.flatMap((episode) => {
        const row = told.get(episode.number);
        return row ? [{ mediaId: episode.id, title: row.title, overview: row.overview, language }] : [];
      }),
    );
    const seasonRow = await episodes.findSeason(show.id, number);
    if (seasonRow)
      await translations.upsertMany([
        { mediaId: seasonRow.id, title: season.title, overview: season.overview, ...stamp },
      ]);
  }

  private async isFresh(show: TVShow, season: Season, language: string): Promise<boolean> {
    const readAt = isStoredLanguage(language)
      ? season.episodesFetchedAt
      : ((await this.options.translations.find(season.id, language))?.detailsFetchedAt ?? null);
    if (readAt === null) return false;
    const age = this.now().getTime() - readAt.getTime();
    // What is over changes seldom.
    const isOver = show.status === 'Ended' || show.status === 'Canceled';
    return age >= 0 && age < (isOver ? 14 * day : day);
  }

  private async inLanguage<T extends Season | Episode>(
    rows: readonly T[],
    language: string = defaultLanguage,
  ): Promise<T[]> {
    if (isStoredLanguage(language)) return [...rows];
    const translations = await this.options.translations.findMany(
      rows.map(({ id }) => id),
      language,
    );
    return rows.map((row) => {
      const text = translations.get(row.id);
      if (!text) return row;
      const texts = { title: text.title || row.title, overview: text.overview || row.overview };
      return Object.assign(Object.create(Object.getPrototypeOf(row) as object) as T, row, texts);
    });
  }
}
