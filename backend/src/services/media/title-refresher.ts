import { isProviderFailure } from '../../http-client/http-client.errors.js';
import type { Logger } from '../../logging/logger.js';
import type { EpisodeRepository } from '../../repositories/episode.repository.js';
import type { TitleRefreshRepository, WantedRefresh } from '../../repositories/title-refresh.repository.js';
import { defaultLanguage } from './language.js';
import type { ShowService } from './show.service.js';
import type { TitleDetails } from './title-details.js';
import type { TitleStore } from './title-store.js';

export interface TitleRefresherOptions {
  queue: TitleRefreshRepository;
  store: TitleStore;
  details: TitleDetails;
  shows: ShowService;
  episodes: EpisodeRepository;
  /** The latest seasons in which people are, at most a few. */
  listWatchedSeasons: (showId: string) => Promise<number[]>;
  logger: Logger;
  now: () => Date;
}

/** Smaller goes first. */
export const refreshPriority = { watched: 0, aired: 1, changed: 2, old: 3 } as const;

const hour = 3_600_000;
const batch = 50;
/** So many failures in a row say that the provider is away; the rest waits. */
const patience = 5;

/** Works off the queue of titles to ask for again, one after the other and behind everybody who waits. */
export class TitleRefresher {
  private draining: Promise<void> | null = null;

  constructor(private readonly options: TitleRefresherOptions) {}

  /** Puts titles into the queue, each once. @returns how many were not in it */
  want(titles: readonly WantedRefresh[]): Promise<number> {
    return this.options.queue.add(titles);
  }

  /** Works until nothing is due, the provider is away, or the signal comes. One at a time in this process. */
  drain(signal: AbortSignal): Promise<void> {
    this.draining ??= this.work(signal).finally(() => {
      this.draining = null;
    });
    return this.draining;
  }

  private async work(signal: AbortSignal): Promise<void> {
    const { queue, logger, now } = this.options;
    let failures = 0;
    for (let due = await queue.listDue(batch); due.length > 0; due = await queue.listDue(batch)) {
      for (const { mediaId, type, attempts } of due) {
        signal.throwIfAborted();
        try {
          await this.refresh(mediaId, type);
          await queue.done(mediaId);
          failures = 0;
        } catch (error) {
          if (!isProviderFailure(error)) throw error;
          failures += 1;
          const waitMs = Math.min(24, 2 ** Math.min(attempts, 5)) * hour;
          await queue.postpone(mediaId, new Date(now().getTime() + waitMs));
          if (failures < patience) continue;
          logger.warn({ err: error }, 'titles are not refreshed: the provider is away');
          throw error;
        }
      }
    }
  }

  private async refresh(mediaId: string, type: WantedRefresh['type']): Promise<void> {
    const { store, details, shows, episodes } = this.options;
    const title =
      type === 'movie' ? await store.movies.findById(mediaId) : await store.shows.findById(mediaId);
    if (!title) return;
    await details.ask(title, { language: defaultLanguage, background: true });
    if (title.type !== 'show') return;
    // Episodes that nobody has looked at yet are read when somebody does; of the others the latest season may have news.
    const seasons = await episodes.listSeasons(title.id);
    const read = seasons.filter(({ episodesFetchedAt }) => episodesFetchedAt !== null);
    const latest = read.at(-1);
    if (latest) await shows.refreshSeason(title, latest.number);
    // What comes next for those who watch it is in their season, or begins the one after it.
    const watched = await this.options.listWatchedSeasons(title.id);
    const wanted = new Set(watched.flatMap((number) => [number, number + 1]));
    for (const { number, episodesFetchedAt } of seasons) {
      if (wanted.has(number) && episodesFetchedAt === null) await shows.refreshSeason(title, number);
    }
  }
}
