// What both databases' migration AddEpisodesToSeriesPlays does. Frozen with it: it keeps its own copy of how a log is
// folded, because a migration must go on doing what it did when it was written.
import type { EntityManager } from 'typeorm';
import { dialectOf, queryRows } from '../dialect.js';

interface EventRow {
  userId: string;
  id: string;
  titleKey: string;
  mediaId: string;
  kind: string;
  at: number | string;
  counter: number | string;
  device: string;
  targetId: string | null;
  changeId: string;
  origin: string;
  positionSeconds: number | null;
  durationSeconds: number | null;
  fraction: number | null;
}

interface Place {
  season: number;
  episode: number;
}

/** A play is recorded in the audit log before its first position is saved; older ones belong to another evening. Milliseconds. */
const sameEveningMs = 12 * 3_600_000;

/**
 * Finds the watch events that an older version saved for a series without its episode (a release chosen by hand), and
 * gives them the episode that the audit log says the user had started before them. What that does not tell stays as it
 * is; pages and Trakt leave it out.
 */
export async function addEpisodesToSeriesPlays(manager: EntityManager): Promise<void> {
  const events = await queryRows<EventRow>(
    manager,
    `SELECT event.* FROM "watch_events" event JOIN "shows" show ON show."id" = event."titleKey"
     WHERE event."season" IS NULL ORDER BY event."at", event."counter", event."device", event."id"`,
    [],
  );
  for (const own of groups(events, ({ userId, mediaId }) => `${userId} ${mediaId}`))
    await mendSeries(manager, own);
}

function groups(events: readonly EventRow[], keyOfEvent: (event: EventRow) => string): EventRow[][] {
  const found = new Map<string, EventRow[]>();
  for (const event of events) {
    const key = keyOfEvent(event);
    const group = found.get(key);
    if (group) group.push(event);
    else found.set(key, [event]);
  }
  return [...found.values()];
}

/** Mends one user's events of one series, given oldest first. */
async function mendSeries(manager: EntityManager, events: readonly EventRow[]): Promise<void> {
  const [first] = events;
  if (!first) return;
  const { userId, mediaId } = first;
  const started = await startedEpisodes(manager, userId, mediaId);
  const ofSitting = new Map<string, Place>();
  for (const event of events) {
    if (event.origin !== 'player' || ofSitting.has(event.changeId)) continue;
    const at = Number(event.at);
    const play = started.findLast((one) => one.at <= at && at - one.at <= sameEveningMs);
    if (play) ofSitting.set(event.changeId, play.place);
  }
  const placed = new Map<string, Place>();
  let latest: Place | undefined;
  for (const event of events) {
    const ofTarget = event.targetId === null ? undefined : placed.get(event.targetId);
    // What is not of the player is about what was played before it.
    const place = event.origin === 'player' ? ofSitting.get(event.changeId) : (ofTarget ?? latest);
    if (event.origin === 'player') latest = place;
    if (place) placed.set(event.id, place);
  }
  if (placed.size === 0) return;
  const keys = new Set([mediaId]);
  for (const [id, place] of placed) {
    const { season, episode } = place;
    const titleKey = keyOf(mediaId, place);
    keys.add(titleKey);
    const values = [titleKey, season, episode, userId, id];
    await queryRows(
      manager,
      `UPDATE "watch_events" SET "titleKey" = ?, "season" = ?, "episode" = ? WHERE "userId" = ? AND "id" = ?`,
      values,
    );
    await queryRows(
      manager,
      `UPDATE "trakt_outbox" SET "titleKey" = ?, "season" = ?, "episode" = ? WHERE "userId" = ? AND "reference" = ?`,
      values,
    );
    if (id.startsWith('trakt-'))
      await queryRows(
        manager,
        `UPDATE "trakt_plays" SET "titleKey" = ? WHERE "userId" = ? AND "remoteId" = ?`,
        [titleKey, userId, id.slice('trakt-'.length)],
      );
  }
  for (const titleKey of keys) await refold(manager, userId, titleKey);
}

/** Episodes of a series that a user started, by the audit log, oldest first. Its lines name them as "Title S1 E2". */
async function startedEpisodes(
  manager: EntityManager,
  userId: string,
  showId: string,
): Promise<{ at: number; place: Place }[]> {
  const plays = await queryRows<{ at: number | string; detail: string }>(
    manager,
    `SELECT "at", "detail" FROM "audit_events" WHERE "actorId" = ? AND "action" = 'playback.started' ORDER BY "position"`,
    [userId],
  );
  const episodes = await queryRows<{ infoHash: string; season: number | string; episode: number | string }>(
    manager,
    `SELECT source."infoHash" AS "infoHash", episode."seasonNumber" AS "season", episode."number" AS "episode"
     FROM "sources" source JOIN "episodes" episode ON episode."id" = source."episodeId" WHERE episode."showId" = ?`,
    [showId],
  );
  const titles = await queryRows<{ title: string }>(manager, `SELECT "title" FROM "shows" WHERE "id" = ?`, [
    showId,
  ]);
  const released = new Set(
    episodes.map(({ infoHash, season, episode }) => `${infoHash} ${season}/${episode}`),
  );
  return plays.flatMap(({ at, detail }) => {
    const { title, infoHash } = playIn(detail);
    const [, name, season, episode] = /^(.*) S(\d+) E(\d+)$/.exec(title) ?? [];
    if (season === undefined || episode === undefined) return [];
    const isOfSeries =
      titles.some((one) => one.title === name) || released.has(`${infoHash} ${season}/${episode}`);
    return isOfSeries
      ? [{ at: Number(at), place: { season: Number(season), episode: Number(episode) } }]
      : [];
  });
}

function playIn(detail: string): { title: string; infoHash: string } {
  try {
    const said: unknown = JSON.parse(detail);
    const text = (name: string) => {
      const value: unknown = typeof said === 'object' && said !== null ? Reflect.get(said, name) : '';
      return typeof value === 'string' ? value : '';
    };
    return { title: text('title'), infoHash: text('infoHash') };
  } catch {
    return { title: '', infoHash: '' };
  }
}

function keyOf(mediaId: string, { season, episode }: Place): string {
  return `${mediaId}/${season}/${episode}`;
}

/** Makes the state and the plays of one title from its events; without any it has neither. */
async function refold(manager: EntityManager, userId: string, titleKey: string): Promise<void> {
  for (const table of ['watch_states', 'watch_plays'])
    await queryRows(manager, `DELETE FROM "${table}" WHERE "userId" = ? AND "titleKey" = ?`, [
      userId,
      titleKey,
    ]);
  const events = await queryRows<EventRow & { season: number | null; episode: number | null }>(
    manager,
    `SELECT * FROM "watch_events" WHERE "userId" = ? AND "titleKey" = ? ORDER BY "at", "counter", "device", "id"`,
    [userId, titleKey],
  );
  const [first] = events;
  if (!first) return;
  const { state, plays } = fold(events);
  const { mediaId, season, episode } = first;
  const last = plays.at(-1);
  const truth = (value: boolean) => (dialectOf(manager) === 'postgres' ? value : Number(value));
  await queryRows(
    manager,
    `INSERT INTO "watch_states" ("userId", "titleKey", "mediaId", "season", "episode", "positionSeconds",
     "durationSeconds", "fraction", "inProgress", "dismissed", "plays", "watchedAt", "lastActivityAt")
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      ...[userId, titleKey, mediaId, season, episode, state.positionSeconds, state.durationSeconds],
      ...[state.fraction, truth(isBegun(state)), truth(state.dismissed), plays.length],
      ...[last ? Number(last.at) : null, state.lastActivityAt],
    ],
  );
  for (const play of plays)
    await queryRows(
      manager,
      `INSERT INTO "watch_plays" ("userId", "id", "titleKey", "mediaId", "season", "episode", "watchedAt", "origin")
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      [userId, play.id, titleKey, mediaId, season, episode, Number(play.at), play.origin],
    );
}

interface Folded {
  positionSeconds: number | null;
  durationSeconds: number | null;
  fraction: number;
  dismissed: boolean;
  lastActivityAt: number | null;
}

function fold(events: readonly EventRow[]): { state: Folded; plays: EventRow[] } {
  const undone = new Set<string>();
  const effective = events
    .toReversed()
    .filter(({ id, kind, targetId }) => {
      if (undone.has(id)) return false;
      if (kind === 'undone' && targetId !== null) undone.add(targetId);
      return kind !== 'undone';
    })
    .reverse();
  const state: Folded = {
    ...{ positionSeconds: null, durationSeconds: null, fraction: 0, dismissed: false, lastActivityAt: null },
  };
  let endings: EventRow[] = [];
  for (const event of effective) {
    const { kind, targetId } = event;
    if (kind === 'started' || kind === 'position' || kind === 'paused') {
      state.positionSeconds = event.positionSeconds;
      state.durationSeconds = event.durationSeconds ?? state.durationSeconds;
      state.fraction = event.fraction ?? 0;
      state.dismissed = false;
      state.lastActivityAt = Number(event.at);
    } else if (kind === 'finished' || kind === 'marked') {
      Object.assign(state, { positionSeconds: null, fraction: 0, dismissed: false });
      state.durationSeconds = event.durationSeconds ?? state.durationSeconds;
      state.lastActivityAt = Number(event.at);
      endings.push(event);
    } else if (kind === 'dismissed') state.dismissed = true;
    else if (kind === 'removed' && targetId !== null) {
      const told = clusters(endings).find((play) => play.some(({ id }) => id === targetId)) ?? [];
      endings = endings.filter((ending) => !told.includes(ending));
    } else {
      Object.assign(state, { positionSeconds: null, fraction: 0 });
      if (kind === 'removed') state.lastActivityAt = null;
      endings = [];
    }
  }
  return { state, plays: clusters(endings).flatMap(([ending]) => ending ?? []) };
}

/** Endings that are one play: told within half the length of the first, one minute to thirty. */
function clusters(endings: readonly EventRow[]): EventRow[][] {
  const plays: EventRow[][] = [];
  for (const event of endings) {
    const play = plays.findLast(([first]) => {
      if (!first) return false;
      const length = first.durationSeconds ?? event.durationSeconds;
      return Number(event.at) - Number(first.at) <= samePlayMs(length);
    });
    if (play && (event.origin !== 'trakt' || play.every(({ origin }) => origin !== 'trakt')))
      play.push(event);
    else plays.push([event]);
  }
  return plays;
}

function samePlayMs(durationSeconds: number | null): number {
  if (durationSeconds === null) return 15 * 60_000;
  return Math.min(30 * 60_000, Math.max(60_000, durationSeconds * 500));
}

/** There is a place to go on from: a minute or a twentieth in, and before the credits. */
function isBegun({ fraction, positionSeconds }: Folded): boolean {
  if (fraction >= 0.9) return false;
  return (positionSeconds !== null && positionSeconds >= 60) || fraction >= 0.05;
}
