import type { TraktWatching } from '../../entities/trakt-account.entity.js';
import type { OutboxEntry } from '../../repositories/trakt.repository.js';
import type { NewWatchEvent, TitleChange } from '../../repositories/watch.repository.js';
import { plainEvent } from '../watch/fold-title.js';
import { foldEvents, type Play } from '../watch/watch-fold.js';
import { countsAsFinished } from '../watch/watch-rules.js';

/** What Trakt is to be told of a change. */
export type PlannedTask = Pick<OutboxEntry, 'task' | 'action' | 'progress' | 'at' | 'reference'>;

export interface ExportPlan {
  /** Told if nothing of `instead` could be taken back: what Trakt was not told yet need not be taken back there. */
  steps: { instead: { task: PlannedTask['task']; reference: string }[]; task: PlannedTask | null }[];
  watching: TraktWatching | null;
}

/** Older news of the player is history, not "watching now". Milliseconds. */
export const liveWithinMs = 2 * 60_000;

export const remotePrefix = 'trakt-';

/**
 * From a change of a title to what Trakt has to be told, by what the log came to before and after; an undoing is thus
 * told like any other change. What Trakt told us is never told back. Pure.
 */
export function planExport(change: TitleChange, watching: TraktWatching | null, now: number): ExportPlan {
  if (change.added.every(({ origin }) => origin === 'trakt')) return { steps: [], watching };
  const addedIds = new Set(change.added.map(({ id }) => id));
  const events = change.events.map(plainEvent);
  const before = foldEvents(events.filter(({ id }) => !addedIds.has(id))).plays;
  const after = foldEvents(events).plays;
  const live = change.added.filter((event) => isLive(event, now));
  const scrobble = planScrobble(live, watching);
  const steps = [
    ...before.filter((play) => !after.some((other) => isSame(play, other))).flatMap(planRemoval),
    ...after
      .filter((play) => !before.some((other) => isSame(play, other)))
      .flatMap((play) => planAddition(play, live)),
    ...(scrobble.task ? [{ instead: [], task: scrobble.task }] : []),
  ];
  return { steps, watching: scrobble.watching };
}

function isSame(a: Play, b: Play): boolean {
  return a.told.some((id) => b.told.includes(id));
}

/** Lines of Trakt's history that tell of the play. */
export function remoteIdsOf({ told }: Pick<Play, 'told'>): string[] {
  return told.filter((id) => id.startsWith(remotePrefix)).map((id) => id.slice(remotePrefix.length));
}

function planRemoval(play: Play): ExportPlan['steps'] {
  const remoteIds = remoteIdsOf(play);
  const at = new Date(play.watchedAt);
  const nothing = { action: null, progress: null, at };
  if (remoteIds.length > 0) {
    return remoteIds.map((reference) => ({
      instead: [],
      task: { task: 'history-remove', reference, ...nothing },
    }));
  }
  // Trakt's name of the line is not known (yet): it is looked up when it is sent.
  const instead = play.told.flatMap((reference) => [
    { task: 'history-add' as const, reference },
    { task: 'scrobble' as const, reference },
  ]);
  return [{ instead, task: { task: 'history-remove', reference: play.id, ...nothing } }];
}

function planAddition(play: Play, live: readonly NewWatchEvent[]): ExportPlan['steps'] {
  const at = new Date(play.watchedAt);
  const ending = live.find(({ id, kind }) => kind === 'finished' && play.told.includes(id));
  if (ending) {
    const task = { task: 'scrobble', action: 'stop', progress: 100, at, reference: play.id } as const;
    return [{ instead: [], task }];
  }
  const removals = [...remoteIdsOf(play), ...play.told];
  return [
    {
      instead: removals.map((reference) => ({ task: 'history-remove' as const, reference })),
      task: { task: 'history-add', action: null, progress: null, at, reference: play.id },
    },
  ];
}

function planScrobble(
  live: readonly NewWatchEvent[],
  watching: TraktWatching | null,
): { task: PlannedTask | null; watching: TraktWatching | null } {
  const last = live.at(-1);
  if (!last) return { task: null, watching };
  const { titleKey, changeId: sitting, at } = last;
  if (live.some(({ kind }) => kind === 'finished'))
    return { task: null, watching: { titleKey, sitting, action: 'stop' } };
  // Credits: it has been told that it was watched.
  if (countsAsFinished(last.fraction)) return { task: null, watching };
  const action = last.kind === 'paused' ? 'pause' : 'start';
  const known = watching?.titleKey === titleKey && watching.sitting === sitting ? watching.action : null;
  const progress = (last.fraction ?? 0) * 100;
  // Below one per cent Trakt refuses to keep a place.
  if (known === action || (action === 'pause' && progress < 1)) return { task: null, watching };
  return {
    task: { task: 'scrobble', action, progress, at, reference: null },
    watching: { titleKey, sitting, action },
  };
}

function isLive({ origin, at }: NewWatchEvent, now: number): boolean {
  return origin === 'player' && now - at.getTime() <= liveWithinMs;
}
