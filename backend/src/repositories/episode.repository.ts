import { In, IsNull, Not } from 'typeorm';
import type { Store } from '../database/store.js';
import { Episode } from '../entities/episode.entity.js';
import { newId } from '../entities/id.js';
import { Season } from '../entities/season.entity.js';
import { chunks } from './chunks.js';

export type SeasonFacts = Omit<Season, 'id' | 'showId' | 'show' | 'episodesFetchedAt'>;
export type EpisodeFacts = Omit<Episode, 'id' | 'showId' | 'show' | 'seasonNumber'>;

/** Seasons and episodes of series. */
export class EpisodeRepository {
  constructor(private readonly store: Store) {}

  /** By number; the specials (0) first. */
  listSeasons(showId: string): Promise<Season[]> {
    return this.store.reader.find(Season, { where: { showId }, order: { number: 'ASC' } });
  }

  findSeason(showId: string, number: number): Promise<Season | null> {
    return this.store.reader.findOneBy(Season, { showId, number });
  }

  /** By number. */
  listEpisodes(showId: string, seasonNumber: number): Promise<Episode[]> {
    return this.store.reader.find(Episode, { where: { showId, seasonNumber }, order: { number: 'ASC' } });
  }

  /** Of all seasons that were read, in the order of broadcast; the specials (0) first. */
  listAllEpisodes(showId: string): Promise<Episode[]> {
    return this.store.reader.find(Episode, {
      where: { showId },
      order: { seasonNumber: 'ASC', number: 'ASC' },
      take: 5_000,
    });
  }

  findEpisode(showId: string, seasonNumber: number, number: number): Promise<Episode | null> {
    return this.store.reader.findOneBy(Episode, { showId, seasonNumber, number });
  }

  findEpisodeById(id: string): Promise<Episode | null> {
    return this.store.reader.findOneBy(Episode, { id });
  }

  /** In no particular order. */
  async listEpisodesByIds(ids: readonly string[]): Promise<Episode[]> {
    const found: Episode[] = [];
    for (const some of chunks(ids))
      found.push(...(await this.store.reader.findBy(Episode, { id: In(some) })));
    return found;
  }

  /**
   * Takes in the seasons a series has. Ids stay by number. One that is missing this time stays while it has episodes
   * of ours: an answer with a hole in it removes nothing that somebody may have watched.
   */
  upsertSeasons(showId: string, seasons: readonly SeasonFacts[]): Promise<Season[]> {
    return this.store.write(async (manager) => {
      const known = new Map(
        (await manager.findBy(Season, { showId })).map((season) => [season.number, season]),
      );
      for (const facts of byNumber(seasons)) {
        if (facts.tmdbId !== null) {
          const elsewhere = { tmdbId: facts.tmdbId, id: Not(known.get(facts.number)?.id ?? '') };
          await manager.update(Season, elsewhere, { tmdbId: null });
        }
        const old = known.get(facts.number);
        const season = old ?? Object.assign(new Season(), { id: newId(), showId, episodesFetchedAt: null });
        await manager.save(Season, Object.assign(season, keepKnown(old, facts)));
      }
      return manager.find(Season, { where: { showId }, order: { number: 'ASC' } });
    });
  }

  /** Takes in the episodes of a season. Ids stay by number; what is missing this time stays. */
  upsertEpisodes(
    showId: string,
    seasonNumber: number,
    episodes: readonly EpisodeFacts[],
    fetchedAt: Date,
  ): Promise<void> {
    return this.store.write(async (manager) => {
      const known = new Map(
        (await manager.findBy(Episode, { showId, seasonNumber })).map((episode) => [episode.number, episode]),
      );
      const rows = byNumber(episodes);
      // TMDB moves episodes: first let go of the ids that other rows hold, for no two may have the same one.
      const moved = rows.flatMap(({ tmdbId, number }) =>
        tmdbId !== null && known.get(number)?.tmdbId !== tmdbId ? [tmdbId] : [],
      );
      for (const some of chunks(moved)) {
        await manager.update(Episode, { tmdbId: In(some) }, { tmdbId: null });
      }
      for (const episode of known.values())
        if (episode.tmdbId !== null && moved.includes(episode.tmdbId)) episode.tmdbId = null;
      const changed = rows.map((facts) => {
        const old = known.get(facts.number);
        const episode = old ?? Object.assign(new Episode(), { id: newId(), showId, seasonNumber });
        return Object.assign(episode, keepKnown(old, facts));
      });
      await manager.save(Episode, changed, { chunk: 200 });
      await manager.update(Season, { showId, number: seasonNumber }, { episodesFetchedAt: fetchedAt });
    });
  }

  /** So that episodes are asked for again when somebody looks. */
  async forgetSeasonFreshness(showId: string): Promise<void> {
    await this.store.write((manager) =>
      manager.update(
        Season,
        { showId, episodesFetchedAt: Not(IsNull()) },
        { episodesFetchedAt: new Date(0) },
      ),
    );
  }
}

/** Of two with the same number the first counts. */
function byNumber<T extends { number: number }>(rows: readonly T[]): T[] {
  const first = new Map<number, T>();
  for (const row of rows) if (!first.has(row.number)) first.set(row.number, row);
  return [...first.values()];
}

/** The facts without those that are empty where something is known. */
function keepKnown<T extends object>(old: T | undefined, facts: Partial<T>): Partial<T> {
  if (!old) return facts;
  const filled = Object.entries(facts).filter(([, value]) => value !== null && value !== '');
  return Object.fromEntries(filled) as Partial<T>;
}
