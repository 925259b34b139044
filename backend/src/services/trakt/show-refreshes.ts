import type { EpisodeRepository } from '../../repositories/episode.repository.js';
import { refreshPriority, type TitleRefresher } from '../media/title-refresher.js';

/** Shows that somebody watches and whose episodes nobody has looked at: without them there is no "next up". */
export class ShowRefreshes {
  constructor(
    private readonly episodes: EpisodeRepository,
    private readonly refresher: Pick<TitleRefresher, 'want'>,
  ) {}

  /** Puts those of the shows into the queue whose episodes are not stored. */
  readonly want = async (showIds: readonly string[]): Promise<void> => {
    const empty: string[] = [];
    for (const showId of showIds) {
      const seasons = await this.episodes.listSeasons(showId);
      if (!seasons.some(({ episodesFetchedAt }) => episodesFetchedAt !== null)) empty.push(showId);
    }
    const wanted = { type: 'show', priority: refreshPriority.watched } as const;
    await this.refresher.want(empty.map((mediaId) => ({ mediaId, ...wanted })));
  };
}
