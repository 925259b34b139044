import type { NewWatchEvent, TitleChange } from '../../repositories/watch.repository.js';
import { plainEvent } from '../watch/fold-title.js';
import { foldEvents } from '../watch/watch-fold.js';

/** A line of Trakt's history that does not count here, and the act that says so. */
export interface OverruledPlay {
  event: NewWatchEvent;
  by: NewWatchEvent;
}

/** What Trakt has just told of and was marked as not watched, or removed, here at a later moment. Pure. */
export function overruledPlays(changes: readonly TitleChange[]): OverruledPlay[] {
  return changes.flatMap(({ events, added }) => {
    const acts = events.filter(({ kind, origin }) => {
      return (kind === 'unmarked' || kind === 'removed') && origin !== 'trakt';
    });
    if (acts.length === 0) return [];
    const counting = new Set(foldEvents(events.map(plainEvent)).plays.flatMap(({ told }) => told));
    return added.flatMap((event): OverruledPlay[] => {
      if (event.kind !== 'finished' || event.origin !== 'trakt' || counting.has(event.id)) return [];
      const by = acts.findLast(({ at }) => at >= event.at);
      return by ? [{ event, by }] : [];
    });
  });
}
