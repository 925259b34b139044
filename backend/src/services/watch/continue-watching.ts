import type { StoredState } from '../../repositories/watch.repository.js';
import type { GuideEpisode } from './title-directory.port.js';

/** Something to go on with. */
export interface ContinueItem {
  mediaId: string;
  season: number | null;
  episode: number | null;
  /** `resume`: from the middle; `next`: the episode after one that was watched. */
  reason: 'resume' | 'next';
  positionSeconds: number | null;
  durationSeconds: number | null;
  /** 0 to 1. */
  fraction: number;
  lastActivityAt: Date;
}

/** What there may be to go on with of one title, before the guide is asked for the next episode. */
export interface Candidate {
  latest: StoredState;
  states: StoredState[];
}

/**
 * The latest of each film and show, in the order of activity. Dismissed ones are left out until there is news of them. So
 * is what an older version saved for a series without its episode, once an episode of the series is known.
 */
export function candidatesOf(states: readonly StoredState[]): Candidate[] {
  const byMedia = new Map<string, Candidate>();
  const series = new Set(states.flatMap(({ mediaId, season }) => (season === null ? [] : [mediaId])));
  const placed = states.filter(({ mediaId, season }) => season !== null || !series.has(mediaId));
  for (const state of placed.toSorted((a, b) => moment(b) - moment(a))) {
    const known = byMedia.get(state.mediaId);
    if (known) known.states.push(state);
    else byMedia.set(state.mediaId, { latest: state, states: [state] });
  }
  return [...byMedia.values()].filter(({ latest }) => !latest.dismissed && latest.lastActivityAt !== null);
}

/**
 * What to offer of a title, or null: a film or an episode from its middle; of a show whose latest episode was watched,
 * the one that follows.
 */
export function continueWith(
  { latest, states }: Candidate,
  guide: readonly GuideEpisode[],
  today: string,
): ContinueItem | null {
  const lastActivityAt = latest.lastActivityAt;
  if (lastActivityAt === null) return null;
  if (latest.inProgress) {
    const { mediaId, season, episode, positionSeconds, durationSeconds, fraction } = latest;
    return {
      ...{ mediaId, season, episode, positionSeconds, durationSeconds, fraction, lastActivityAt },
      reason: 'resume',
    };
  }
  if (latest.season === null || latest.plays === 0) return null;
  const next = nextEpisode(latest, states, guide, today);
  if (!next) return null;
  return {
    mediaId: latest.mediaId,
    season: next.season,
    episode: next.episode,
    reason: 'next',
    positionSeconds: null,
    durationSeconds: next.runtimeSeconds,
    fraction: 0,
    lastActivityAt,
  };
}

/** The first after `from` that was broadcast and not watched. Specials follow only specials. */
export function nextEpisode(
  from: Pick<StoredState, 'season' | 'episode'>,
  states: readonly StoredState[],
  guide: readonly GuideEpisode[],
  today: string,
): GuideEpisode | null {
  const watched = new Set(
    states.filter(({ plays }) => plays > 0).map(({ season, episode }) => `${season}/${episode}`),
  );
  const isSpecial = from.season === 0;
  const order = guide.filter(({ season }) => (season === 0) === isSpecial);
  const place = order.findIndex(({ season, episode }) => season === from.season && episode === from.episode);
  if (place < 0) return null;
  const next = order.slice(place + 1).find(({ season, episode }) => !watched.has(`${season}/${episode}`));
  return next && (next.airDate === null || next.airDate <= today) ? next : null;
}

function moment({ lastActivityAt }: StoredState): number {
  return lastActivityAt?.getTime() ?? 0;
}
