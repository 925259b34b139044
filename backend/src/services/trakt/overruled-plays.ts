import type { NewWatchEvent, TitleChange } from '../../repositories/watch.repository.js';
import { plainEvent } from '../watch/fold-title.js';
import { foldEvents } from '../watch/watch-fold.js';
import { samePlayWithinMs } from '../watch/watch-rules.js';

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
      // What was told from here and is not wanted any more is on its way out already.
      if (events.some((other) => isEnding(other) && isSamePlay(other, event))) return [];
      const by = acts.findLast(({ at }) => at >= event.at);
      return by ? [{ event, by }] : [];
    });
  });
}

function isEnding({ kind, origin }: NewWatchEvent): boolean {
  return (kind === 'finished' || kind === 'marked') && origin !== 'trakt';
}

function isSamePlay(a: NewWatchEvent, b: NewWatchEvent): boolean {
  return (
    Math.abs(a.at.getTime() - b.at.getTime()) <= samePlayWithinMs(a.durationSeconds ?? b.durationSeconds)
  );
}
