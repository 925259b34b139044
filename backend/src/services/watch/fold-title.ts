import type { FoldedTitle, FoldTitle, NewWatchEvent } from '../../repositories/watch.repository.js';
import { type FoldedEvent, foldEvents, supersededPositions } from './watch-fold.js';

/** From stored events of one title to its stored state. */
export const foldTitle: FoldTitle = (stored): FoldedTitle => {
  const events: FoldedEvent[] = stored.map(plainEvent);
  const [first] = stored;
  if (!first) throw new Error('A title without events cannot be folded.');
  const { userId, titleKey, mediaId, season, episode } = first;
  const title = { userId, titleKey, mediaId, season, episode };
  const { plays, lastActivityAt, ...progress } = foldEvents(events);
  const last = plays.at(-1);
  return {
    state: {
      ...title,
      ...progress,
      plays: plays.length,
      watchedAt: last ? new Date(last.watchedAt) : null,
      lastActivityAt: lastActivityAt === null ? null : new Date(lastActivityAt),
    },
    plays: plays.map(({ id, watchedAt, origin }) => ({
      ...title,
      id,
      origin,
      watchedAt: new Date(watchedAt),
    })),
    superseded: supersededPositions(events),
  };
};

/** A stored event as the fold takes it. */
export function plainEvent(event: NewWatchEvent): FoldedEvent {
  const { id, kind, at, counter, device, targetId, changeId, origin } = event;
  const { positionSeconds, durationSeconds, fraction } = event;
  return {
    ...{ id, kind, at: at.getTime(), counter, device, targetId, changeId, origin },
    ...{ positionSeconds, durationSeconds, fraction },
  };
}
