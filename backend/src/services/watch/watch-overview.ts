import { WatchState } from '../../entities/watch-state.entity.js';
import { NotFoundError } from '../../errors/app-error.js';
import type { RatingRepository, StoredRating } from '../../repositories/rating.repository.js';
import type { StoredPlay, StoredState, WatchRepository } from '../../repositories/watch.repository.js';
import { type Candidate, type ContinueItem, candidatesOf, continueWith } from './continue-watching.js';
import type { GuideEpisode, TitleDirectory, WatchTitle } from './title-directory.port.js';
import { isVisible, type Watcher } from './watch.service.js';

/** For whom something is read. */
export type Viewer = Pick<Watcher, 'userId' | 'ageLimit'>;

export type Shown<T> = T & { title: WatchTitle; episodeTitle: string | null };

export interface EpisodeProgress {
  season: number;
  episode: number;
  positionSeconds: number | null;
  durationSeconds: number | null;
  fraction: number;
  watched: boolean;
  watchedAt: Date | null;
  /** The viewer's own, 1 to 10. */
  rating: number | null;
}

/** Where somebody stands with a film or a show. */
export interface MediaProgress {
  mediaId: string;
  watched: boolean;
  plays: number;
  watchedAt: Date | null;
  /** The viewer's own of the film or the whole show, 1 to 10. */
  rating: number | null;
  /** What Play should do: go on here, or play this episode. */
  next: {
    season: number | null;
    episode: number | null;
    resumeAtSeconds: number | null;
    durationSeconds: number | null;
  } | null;
  /** Of a show; those begun or watched, and all others that are known. */
  episodes: EpisodeProgress[];
}

const limits = {
  /** Rows looked at for what to go on with. */
  states: 2_000,
  items: 40,
  /** Shows whose guide is read for one answer. */
  guides: 40,
} as const;

/** Everything that is read of what somebody watched. Titles above the viewer's age are not there. */
export class WatchOverview {
  constructor(
    private readonly watches: WatchRepository,
    private readonly titles: TitleDirectory,
    private readonly ratings: Pick<RatingRepository, 'listOf'>,
    private readonly now: () => number,
  ) {}

  /** Latest activity first, at most 40. */
  async listContinueWatching({ userId, ageLimit }: Viewer): Promise<Shown<ContinueItem>[]> {
    const candidates = candidatesOf(await this.watches.listActive(userId, limits.states)).filter(mayGoOn);
    const titles = await this.titles.findTitles(candidates.map(({ latest }) => latest.mediaId));
    const items: Shown<ContinueItem>[] = [];
    let guides = 0;
    for (const candidate of candidates) {
      const title = titles.get(candidate.latest.mediaId);
      if (!title || !isVisible(title, ageLimit)) continue;
      // A series of which only an older version's place without an episode is known: there is nothing to play.
      if (title.type === 'show' && candidate.latest.season === null) continue;
      const needsGuide = candidate.latest.season !== null;
      if (needsGuide && guides >= limits.guides) continue;
      guides += Number(needsGuide);
      const guide = needsGuide ? await this.titles.listEpisodes(title.mediaId) : [];
      const item = continueWith(candidate, guide, this.today());
      if (item) items.push({ ...withSeconds(item, title, guide), title, episodeTitle: nameOf(item, guide) });
      if (items.length === limits.items) break;
    }
    return items;
  }

  /** What was watched to its end, latest first. */
  async listHistory(
    { userId, ageLimit }: Viewer,
    page: { page: number; pageSize: number },
  ): Promise<{ items: Shown<StoredPlay>[]; total: number }> {
    const { items, total } = await this.watches.listPlays(userId, page);
    const titles = await this.titles.findTitles(items.map(({ mediaId }) => mediaId));
    const guides = new Map<string, GuideEpisode[]>();
    for (const { mediaId, season } of items) {
      if (season !== null && !guides.has(mediaId))
        guides.set(mediaId, await this.titles.listEpisodes(mediaId));
    }
    const shown = items.flatMap((play): Shown<StoredPlay>[] => {
      const title = titles.get(play.mediaId);
      if (!title || !isVisible(title, ageLimit)) return [];
      const { id, watchedAt, origin, userId: owner, titleKey, mediaId, season, episode } = play;
      return [
        {
          ...{ id, watchedAt, origin, userId: owner, titleKey, mediaId, season, episode },
          title,
          episodeTitle: nameOf(play, guides.get(play.mediaId) ?? []),
        },
      ];
    });
    return { items: shown, total: total - (items.length - shown.length) };
  }

  /** Error: not-found, also for a title above the viewer's age. */
  async getProgress({ userId, ageLimit }: Viewer, mediaId: string): Promise<MediaProgress> {
    const title = (await this.titles.findTitles([mediaId])).get(mediaId);
    if (!title || !isVisible(title, ageLimit)) throw new NotFoundError('Title');
    const stored = await this.watches.listStates(userId, title.mediaId);
    const states = title.type === 'show' ? stored.filter(({ season }) => season !== null) : stored;
    const ratings = await this.ratings.listOf(userId, title.mediaId);
    return title.type === 'movie' ? ofFilm(title, states, ratings) : this.ofShow(title, states, ratings);
  }

  /** Where a player of this user begins, in seconds; null for the start. */
  async resumeAt(
    userId: string,
    {
      mediaId,
      season = null,
      episode = null,
    }: { mediaId: string; season?: number | null; episode?: number | null },
  ): Promise<number | null> {
    const title = (await this.titles.findTitles([mediaId])).get(mediaId);
    const states = await this.watches.listStates(userId, title?.mediaId ?? mediaId);
    const state = states.find((one) => one.season === season && one.episode === episode);
    return state?.inProgress ? secondsOf(state, title?.runtimeSeconds ?? null) : null;
  }

  private async ofShow(
    title: WatchTitle,
    states: readonly StoredState[],
    ratings: readonly StoredRating[],
  ): Promise<MediaProgress> {
    const guide = await this.titles.listEpisodes(title.mediaId);
    const known = new Map(states.map((state) => [`${state.season}/${state.episode}`, state]));
    const refs = new Map(
      [...guide, ...states, ...ratings].flatMap(({ season, episode }) =>
        season === null || episode === null ? [] : [[`${season}/${episode}`, { season, episode }] as const],
      ),
    );
    const rated = new Map(ratings.map(({ season, episode, rating }) => [`${season}/${episode}`, rating]));
    const episodes = [...refs].map(([key, ref]) =>
      episodeProgress(ref, known.get(key), rated.get(key) ?? null),
    );
    const aired = guide.filter(({ season, airDate }) => season !== 0 && (airDate ?? '') <= this.today());
    // What was left out of "continue watching" still goes on from its own page.
    const [candidate] = candidatesOf(
      states.map((state) => Object.assign(new WatchState(), state, { dismissed: false })),
    );
    const item = candidate && continueWith(candidate, guide, this.today());
    const first = aired[0];
    const following = item ?? (candidate ? null : (first ?? null));
    return {
      mediaId: title.mediaId,
      watched:
        aired.length > 0 &&
        aired.every(({ season, episode }) => (known.get(`${season}/${episode}`)?.plays ?? 0) > 0),
      plays: states.reduce((sum, { plays }) => sum + plays, 0),
      watchedAt: latestOf(states),
      rating: ratingOfWhole(ratings),
      next: following && {
        season: following.season,
        episode: following.episode,
        resumeAtSeconds: item ? withSeconds(item, title, guide).positionSeconds : null,
        durationSeconds: item?.durationSeconds ?? null,
      },
      episodes,
    };
  }

  /** YYYY-MM-DD. */
  private today(): string {
    return new Date(this.now()).toISOString().slice(0, 10);
  }
}

function mayGoOn({ latest }: Candidate): boolean {
  return latest.inProgress || latest.season !== null;
}

function ofFilm(
  { mediaId, runtimeSeconds }: WatchTitle,
  [state]: readonly StoredState[],
  ratings: readonly StoredRating[],
): MediaProgress {
  return {
    mediaId,
    watched: (state?.plays ?? 0) > 0,
    plays: state?.plays ?? 0,
    watchedAt: state?.watchedAt ?? null,
    rating: ratingOfWhole(ratings),
    next: state?.inProgress
      ? {
          ...{ season: null, episode: null, resumeAtSeconds: secondsOf(state, runtimeSeconds) },
          durationSeconds: state.durationSeconds ?? runtimeSeconds,
        }
      : null,
    episodes: [],
  };
}

function episodeProgress(
  ref: { season: number; episode: number },
  state: StoredState | undefined,
  rating: number | null,
): EpisodeProgress {
  return {
    ...ref,
    positionSeconds: state?.inProgress ? state.positionSeconds : null,
    durationSeconds: state?.durationSeconds ?? null,
    fraction: state?.inProgress ? state.fraction : 0,
    watched: (state?.plays ?? 0) > 0,
    watchedAt: state?.watchedAt ?? null,
    rating,
  };
}

function ratingOfWhole(ratings: readonly StoredRating[]): number | null {
  return ratings.find(({ season }) => season === null)?.rating ?? null;
}

/** Trakt tells a share only; with the length as the catalogue has it that is a second. */
function secondsOf(
  {
    positionSeconds,
    fraction,
    durationSeconds,
  }: Pick<StoredState, 'positionSeconds' | 'fraction' | 'durationSeconds'>,
  runtimeSeconds: number | null,
): number | null {
  if (positionSeconds !== null) return positionSeconds;
  const length = durationSeconds ?? runtimeSeconds;
  return length === null || fraction === 0 ? null : Math.round(fraction * length);
}

function withSeconds(item: ContinueItem, title: WatchTitle, guide: readonly GuideEpisode[]): ContinueItem {
  const runtime =
    item.season === null
      ? title.runtimeSeconds
      : (guide.find(({ season, episode }) => season === item.season && episode === item.episode)
          ?.runtimeSeconds ?? null);
  return {
    ...item,
    positionSeconds: item.reason === 'next' ? null : secondsOf(item, runtime),
    durationSeconds: item.durationSeconds ?? runtime,
  };
}

function nameOf(
  ref: { season: number | null; episode: number | null },
  guide: readonly GuideEpisode[],
): string | null {
  return guide.find(({ season, episode }) => season === ref.season && episode === ref.episode)?.title ?? null;
}

function latestOf(states: readonly StoredState[]): Date | null {
  const moments = states.flatMap(({ watchedAt }) => watchedAt?.getTime() ?? []);
  return moments.length === 0 ? null : new Date(Math.max(...moments));
}
