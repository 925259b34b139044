import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AuditEvent } from '../../entities/audit-event.entity.js';
import { User } from '../../entities/user.entity.js';
import { WatchEvent } from '../../entities/watch-event.entity.js';
import { WatchPlay } from '../../entities/watch-play.entity.js';
import { WatchState } from '../../entities/watch-state.entity.js';
import { ShowRepository } from '../../repositories/show.repository.js';
import { foldTitle } from '../../services/watch/fold-title.js';
import { aUser } from '../../test-support/builders.js';
import { openTestDatabase, type TestDatabase } from '../../test-support/database.js';
import { addEpisodesToSeriesPlays } from './episodes-of-series-plays.js';

let open: TestDatabase;
let showId: string;
let audited: number;

const evening = Date.UTC(2026, 10, 20, 20);
const minute = 60_000;

beforeEach(async () => {
  open = await openTestDatabase();
  audited = 0;
  await open.database.write((manager) => manager.insert(User, aUser({ id: 'ada' })));
  const [show] = await new ShowRepository(open.database).upsertMany([
    { tmdbId: 990001, title: 'Open Reel Stories', year: 2019 },
  ]);
  showId = show?.id ?? '';
});
afterEach(() => open.dispose());

const started = (title: string, at: number, actorId = 'ada') =>
  open.database.write(async (manager) => {
    audited += 1;
    await manager.insert(AuditEvent, {
      ...{ id: `audit-${audited}`, at: new Date(at), action: 'playback.started', outcome: 'ok', actorId },
      ...{ actorName: actorId, address: null, requestId: null, position: audited, hash: String(audited) },
      detail: { title, infoHash: 'a'.repeat(40) },
    });
  });

const event = (id: string, at: number, facts: Partial<WatchEvent> = {}): WatchEvent =>
  Object.assign(new WatchEvent(), {
    ...{ userId: 'ada', id, titleKey: showId, mediaId: showId, season: null, episode: null },
    ...{ kind: 'position', at: new Date(at), counter: 0, device: 'tv', targetId: null, changeId: 'sitting' },
    ...{
      origin: 'player',
      positionSeconds: 300,
      durationSeconds: 1_500,
      fraction: 0.2,
      receivedAt: new Date(at),
    },
    ...facts,
  });

/** Keeps the events as an older version would have, with the state and plays they come to. */
const recorded = (events: readonly WatchEvent[]) =>
  open.database.write(async (manager) => {
    await manager.insert(WatchEvent, [...events]);
    for (const key of new Set(events.map(({ titleKey }) => titleKey))) {
      const { state, plays } = foldTitle(events.filter(({ titleKey }) => titleKey === key));
      await manager.insert(WatchState, state);
      await manager.insert(WatchPlay, plays);
    }
  });

const mend = () => open.database.write((manager) => addEpisodesToSeriesPlays(manager));

/** What is stored for the user, and what the log comes to: the two must agree. */
async function stored() {
  const { reader } = open.database;
  const events = await reader.find(WatchEvent, { order: { at: 'ASC' } });
  const states = await reader.find(WatchState, { order: { titleKey: 'ASC' } });
  const plays = await reader.find(WatchPlay, { order: { watchedAt: 'ASC' } });
  const keys = [...new Set(events.map(({ titleKey }) => titleKey))].sort();
  const folded = keys.map((key) => foldTitle(events.filter(({ titleKey }) => titleKey === key)));
  // Entities and plain rows alike, as the fields they hold.
  const fieldsOf = (rows: readonly object[]) => rows.map((row) => Object.fromEntries(Object.entries(row)));
  expect(fieldsOf(states)).toEqual(folded.map(({ state }) => state));
  expect(fieldsOf(plays)).toEqual(
    folded.flatMap((one) => one.plays).sort((a, b) => a.watchedAt.getTime() - b.watchedAt.getTime()),
  );
  return { events, states, plays };
}

describe('plays that were saved for a series without their episode', () => {
  test('get the episode that the user had started before them', async () => {
    await started('Open Reel Stories S1 E3', evening);
    await started('Sintel', evening + 30 * minute);
    await started('Open Reel Stories S1 E4', evening + 60 * minute);
    await started('Open Reel Stories S2 E1', evening + 60 * minute, 'grace');
    await recorded([
      event('e1', evening + minute, { kind: 'started', changeId: 'first' }),
      event('e2', evening + 25 * minute, { changeId: 'first', positionSeconds: 1_450, fraction: 0.97 }),
      event('e3', evening + 25 * minute, { kind: 'finished', changeId: 'first', positionSeconds: null }),
      event('e4', evening + 65 * minute, { changeId: 'second', positionSeconds: 250 }),
      event('e5', evening + 70 * minute, { kind: 'dismissed', origin: 'manual', changeId: 'act' }),
    ]);
    await mend();
    const { events, states, plays } = await stored();
    expect(events.map(({ id, season, episode }) => `${id} ${season}/${episode}`)).toEqual([
      ...['e1 1/3', 'e2 1/3', 'e3 1/3', 'e4 1/4', 'e5 1/4'],
    ]);
    expect(plays).toMatchObject([{ id: 'e3', season: 1, episode: 3, titleKey: `${showId}/1/3` }]);
    expect(states).toMatchObject([
      { titleKey: `${showId}/1/3`, plays: 1, inProgress: false },
      { titleKey: `${showId}/1/4`, plays: 0, positionSeconds: 250, inProgress: true, dismissed: true },
    ]);
  });

  test('join what was saved of that episode already, with what was taken back', async () => {
    await started('Open Reel Stories S1 E3', evening);
    const place = { titleKey: `${showId}/1/3`, season: 1, episode: 3 };
    const week = 7 * 24 * 60 * minute;
    await recorded([
      event('old', evening - week, { ...place, kind: 'finished', changeId: 'old', positionSeconds: null }),
      event('e1', evening + 25 * minute, { kind: 'finished', changeId: 'first', positionSeconds: null }),
      event('e2', evening + 40 * minute, {
        ...{ kind: 'removed', origin: 'manual', targetId: 'e1', changeId: 'act', positionSeconds: null },
      }),
      event('e3', evening + 50 * minute, {
        ...{ kind: 'undone', origin: 'manual', targetId: 'e2', changeId: 'undo', positionSeconds: null },
      }),
    ]);
    await mend();
    const { states, plays } = await stored();
    expect(states).toMatchObject([{ ...place, plays: 2 }]);
    expect(plays.map(({ id }) => id)).toEqual(['old', 'e1']);
  });

  test('stay as they are where nothing tells the episode, and are not touched a second time', async () => {
    await started('Open Reel Stories S1 E3', evening - 24 * 60 * minute);
    await started('Another Series S1 E3', evening);
    await recorded([event('e1', evening + minute)]);
    await mend();
    await mend();
    const { events } = await stored();
    expect(events).toMatchObject([{ id: 'e1', titleKey: showId, season: null }]);
  });
});
