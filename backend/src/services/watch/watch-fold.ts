import type { WatchEventKind, WatchOrigin } from '../../entities/watch-event.entity.js';
import { countsAsStarted, samePlayWithinMs } from './watch-rules.js';

/** An event of one title, as far as its meaning goes. */
export interface FoldedEvent {
  id: string;
  kind: WatchEventKind;
  /** Milliseconds since 1970; with `counter`, `device` and `id` the total order. */
  at: number;
  counter: number;
  device: string;
  targetId: string | null;
  changeId: string;
  origin: WatchOrigin;
  positionSeconds: number | null;
  durationSeconds: number | null;
  fraction: number | null;
}

export interface Play {
  id: string;
  /** Milliseconds since 1970. */
  watchedAt: number;
  origin: WatchOrigin;
  /** Ids of all events that tell of it, its own among them. */
  told: string[];
}

/** Where somebody stands with a title. */
export interface Progress {
  positionSeconds: number | null;
  durationSeconds: number | null;
  /** 0 to 1. */
  fraction: number;
  inProgress: boolean;
  dismissed: boolean;
  /** Oldest first. */
  plays: Play[];
  lastActivityAt: number | null;
}

/**
 * What a set of events comes to. Pure, and a function of the set alone: in which order events arrived, how often, or
 * from how many devices makes no difference, so that logs which were apart agree as soon as they hold the same events.
 */
export function foldEvents(events: Iterable<FoldedEvent>): Progress {
  const effective = withoutUndone(inOrder(events));
  return { ...foldPosition(effective), plays: foldPlays(effective) };
}

/** Before `b`, after it, or the same event (0). */
export function compareEvents(a: FoldedEvent, b: FoldedEvent): number {
  return a.at - b.at || a.counter - b.counter || compareText(a.device, b.device) || compareText(a.id, b.id);
}

/**
 * Ids of positions that say nothing any more: a later one of the same sitting is there. Without them every fold is the
 * same, now and after whatever else arrives.
 */
export function supersededPositions(events: Iterable<FoldedEvent>): string[] {
  const latest = new Map<string, FoldedEvent>();
  const superseded: string[] = [];
  for (const event of events) {
    if (event.kind !== 'position') continue;
    const key = `${event.changeId} ${event.device}`;
    const known = latest.get(key);
    if (!known) {
      latest.set(key, event);
      continue;
    }
    const order = compareEvents(known, event);
    if (order === 0) continue;
    superseded.push(order < 0 ? known.id : event.id);
    if (order < 0) latest.set(key, event);
  }
  return superseded;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function inOrder(events: Iterable<FoldedEvent>): FoldedEvent[] {
  return [...new Map([...events].map((event) => [event.id, event])).values()].sort(compareEvents);
}

/** An undoing counts for what came before it, and may itself be undone later; so the latest is looked at first. */
function withoutUndone(ordered: readonly FoldedEvent[]): FoldedEvent[] {
  const undone = new Set<string>();
  const kept: FoldedEvent[] = [];
  for (const event of ordered.toReversed()) {
    if (undone.has(event.id)) continue;
    if (event.kind !== 'undone') kept.push(event);
    else if (event.targetId !== null) undone.add(event.targetId);
  }
  return kept.reverse();
}

function foldPosition(ordered: readonly FoldedEvent[]): Omit<Progress, 'plays'> {
  const state: Omit<Progress, 'plays' | 'inProgress'> = {
    positionSeconds: null,
    durationSeconds: null,
    fraction: 0,
    dismissed: false,
    lastActivityAt: null,
  };
  for (const event of ordered) {
    switch (event.kind) {
      case 'started':
      case 'position':
      case 'paused':
        state.positionSeconds = event.positionSeconds;
        state.durationSeconds = event.durationSeconds ?? state.durationSeconds;
        state.fraction = event.fraction ?? 0;
        state.dismissed = false;
        state.lastActivityAt = event.at;
        break;
      case 'finished':
      case 'marked':
        Object.assign(state, { positionSeconds: null, fraction: 0, dismissed: false });
        state.durationSeconds = event.durationSeconds ?? state.durationSeconds;
        state.lastActivityAt = event.at;
        break;
      case 'unmarked':
        Object.assign(state, { positionSeconds: null, fraction: 0 });
        break;
      case 'removed':
        // Of one play: where somebody is in the film meanwhile stays. Of the title: everything goes.
        if (event.targetId === null)
          Object.assign(state, { positionSeconds: null, fraction: 0, lastActivityAt: null });
        break;
      case 'dismissed':
        state.dismissed = true;
        break;
      case 'undone':
        break;
    }
  }
  const share = state.fraction > 0 ? state.fraction : null;
  return { ...state, inProgress: countsAsStarted(share, state.positionSeconds) };
}

interface Ending {
  event: FoldedEvent;
  /** Told more than once: everything that told of this play. */
  told: FoldedEvent[];
}

function foldPlays(ordered: readonly FoldedEvent[]): Play[] {
  const lastClearing = ordered.findLast(
    ({ kind, targetId }) => kind === 'unmarked' || (kind === 'removed' && targetId === null),
  );
  const endings = ordered.filter(
    (event) =>
      (event.kind === 'finished' || event.kind === 'marked') &&
      (!lastClearing || compareEvents(event, lastClearing) > 0),
  );
  const removals = ordered.filter(({ kind, targetId }) => kind === 'removed' && targetId !== null);
  const gone = new Set<string>();
  for (const removal of removals) {
    // The play goes with everything that told of it until then; watching it once more afterwards is another play.
    gone.add(removal.targetId ?? '');
    const play = cluster(endings).find(({ told }) => told.some(({ id }) => id === removal.targetId));
    for (const event of play?.told ?? []) if (compareEvents(event, removal) < 0) gone.add(event.id);
  }
  return cluster(endings.filter(({ id }) => !gone.has(id))).map(({ event, told }) => ({
    id: event.id,
    watchedAt: event.at,
    origin: event.origin,
    told: told.map(({ id }) => id),
  }));
}

/** Lines of Trakt's history at one moment are one play: it was taken out there and put back. Milliseconds. */
const samePlayAtTraktMs = 1_000;

/** The player, an offline queue and Trakt may each tell of the same ending. Two that Trakt lists are two. */
function cluster(endings: readonly FoldedEvent[]): Ending[] {
  const plays: Ending[] = [];
  for (const event of endings) {
    const play = plays.findLast(({ event: first, told }) => {
      if (event.at - first.at > samePlayWithinMs(first.durationSeconds ?? event.durationSeconds))
        return false;
      if (event.origin !== 'trakt') return true;
      return told.every(({ origin, at }) => origin !== 'trakt' || event.at - at <= samePlayAtTraktMs);
    });
    if (play) play.told.push(event);
    else plays.push({ event, told: [event] });
  }
  return plays;
}
