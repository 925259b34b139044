import type { TitleType } from '../../entities/title.entity.js';
import type { MovieRepository } from '../../repositories/movie.repository.js';
import type { ShowRepository } from '../../repositories/show.repository.js';
import type { SyncStateRepository } from '../../repositories/sync-state.repository.js';
import { defaultLanguage } from './language.js';
import type { MetadataProvider } from './metadata-provider.port.js';
import { refreshPriority, type TitleRefresher } from './title-refresher.js';

export interface MediaSyncOptions {
  provider: MetadataProvider;
  movies: MovieRepository;
  shows: ShowRepository;
  syncs: SyncStateRepository;
  refresher: TitleRefresher;
  now: () => Date;
}

const day = 24 * 3_600_000;
/** TMDB tells changes of so many days at once, and no more. */
const windowDays = 14;
/** TMDB wants nothing to be kept for half a year without asking again; most is asked for long before. */
const oldAfterDays = 60;
const oldAtOnce = 300;
const airedAtOnce = 500;

/** Keeps what is stored in step with the provider. Whatever fails or comes empty takes nothing away. */
export class MediaSync {
  constructor(private readonly options: MediaSyncOptions) {}

  /** Puts what changed at the provider since the last time, and is stored here, into the queue. */
  async takeChanges(signal: AbortSignal): Promise<void> {
    for (const type of ['movie', 'show'] as const) await this.takeChangesOf(type, signal);
  }

  /** Puts series into the queue whose next episode was due: there is news of them. */
  async takeAired(): Promise<void> {
    const today = dayOf(this.options.now());
    const shows = await this.options.shows.listAired(today, airedAtOnce);
    await this.options.refresher.want(
      shows.map(({ id }) => ({ mediaId: id, type: 'show' as const, priority: refreshPriority.aired })),
    );
  }

  /** Puts some of what was not asked for in a long time into the queue. */
  async takeOld(): Promise<void> {
    const before = new Date(this.options.now().getTime() - oldAfterDays * day);
    const old = [
      ...(await this.options.movies.listStale(before, oldAtOnce)),
      ...(await this.options.shows.listStale(before, oldAtOnce)),
    ];
    await this.options.refresher.want(
      old.map(({ id, type }) => ({ mediaId: id, type, priority: refreshPriority.old })),
    );
  }

  private async takeChangesOf(type: TitleType, signal: AbortSignal): Promise<void> {
    const { provider, syncs, refresher, now } = this.options;
    const name = `${provider.catalogue}:changes:${type}`;
    const today = now();
    const earliest = dayOf(new Date(today.getTime() - (windowDays - 1) * day));
    const last = (await syncs.find(name))?.cursor ?? dayOf(new Date(today.getTime() - day));
    // What changed before the window is lost to the feed; such titles are old enough to be asked for by age.
    const window = { from: last < earliest ? earliest : last, to: dayOf(today) };
    for (let page = 1, pages = 1; page <= pages; page += 1) {
      signal.throwIfAborted();
      const query = { language: defaultLanguage, background: true, signal };
      const changed = await provider.listChanged(type, { ...window, page }, query);
      if (!changed) return;
      pages = changed.pages;
      const known = await this.knownOf(type, changed.tmdbIds);
      await refresher.want(known.map((id) => ({ mediaId: id, type, priority: refreshPriority.changed })));
    }
    // Only now: after a failure half-way the same days are asked for again, and what waits already is not doubled.
    await syncs.save(name, window.to);
  }

  /** Those of the ids that are stored and have been opened; of others there is nothing to bring up to date. */
  private async knownOf(type: TitleType, tmdbIds: readonly number[]): Promise<string[]> {
    const { movies, shows } = this.options;
    const stored =
      type === 'movie' ? await movies.findByTmdbIds(tmdbIds) : await shows.findByTmdbIds(tmdbIds);
    return stored.filter(({ detailsFetchedAt }) => detailsFetchedAt !== null).map(({ id }) => id);
  }
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
