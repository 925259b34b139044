import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Database } from '../../database/database.js';
import { TextSealer } from '../../encryption/sealed-text.js';
import { HttpCaller } from '../../http-client/http-caller.js';
import { silentLogger } from '../../logging/logger.js';
import { LeaseRepository } from '../../repositories/lease.repository.js';
import { RatingRepository } from '../../repositories/rating.repository.js';
import { TraktOutboxRepository, TraktRepository } from '../../repositories/trakt.repository.js';
import { WatchRepository } from '../../repositories/watch.repository.js';
import { origin } from '../../test-support/auth.js';
import { type KinoraApi, openKinoraApi } from '../../test-support/kinora-api.js';
import { startTrakt, type TestTrakt } from '../../test-support/trakt-upstream.js';
import { LeaseKeeper } from '../leases/lease-keeper.js';
import { createTrakt } from './create-trakt.js';
import type { TraktService } from './trakt.service.js';
import { outboxEntry } from './trakt-export.js';

let remote: TestTrakt;
let kinora: KinoraApi;
/** A second server on the same database. */
let other: { trakt: TraktService; stop: () => Promise<void> };
let ada: { userId: string; username: string; ageLimit: null };
let mediaId: string;

const minute = 60_000;

beforeEach(async () => {
  remote = await startTrakt();
  kinora = await openKinoraApi({ traktConfig: remote.config });
  remote.now = () => kinora.clock.now;
  const { user } = await kinora.signIn('ada', 'correct horse');
  ada = { userId: user.id, username: 'ada', ageLimit: null };
  mediaId = (await kinora.media.getHome()).rows[0]?.items[0]?.id ?? '';
  other = await openOther();
  await kinora.trakt.startLink(ada);
  expect(await kinora.trakt.pollLink(ada, origin)).toBe('linked');
  await kinora.trakt.sync(ada.userId);
});

afterEach(async () => {
  await other.stop();
  await kinora.dispose();
  await remote.stop();
});

async function openOther(): Promise<{ trakt: TraktService; stop: () => Promise<void> }> {
  const database = await Database.open(kinora.file);
  const http = new HttpCaller({ provider: 'Trakt', userAgent: 'Kinora/test', timeoutMs: 5_000 });
  const now = () => kinora.clock.now;
  const leases = new LeaseRepository(database);
  const { trakt } = createTrakt({
    http,
    config: () => remote.config,
    accounts: new TraktRepository(database),
    outboxEntries: new TraktOutboxRepository(database),
    watches: new WatchRepository(database),
    ratings: new RatingRepository(database),
    ...{ titles: kinora.titles, lists: kinora.catalogue.lists, mirrors: kinora.catalogue.mirrors },
    ...{ home: kinora.catalogue.home, describe: kinora.catalogue.describe, cache: kinora.cache },
    leases: new LeaseKeeper({ leases, owner: 'other', logger: silentLogger(), now }),
    onShowsMet: () => Promise.resolve(),
    ...{ audit: kinora.audit, sealer: new TextSealer(Buffer.alloc(32, 7)), logger: silentLogger(), now },
    ...{ sleep: () => setImmediate(), schedule: () => () => undefined, betweenWritesMs: 0 },
  });
  const stop = async () => {
    await trakt.stop();
    await http.close();
    await database.close();
  };
  return { trakt, stop };
}

/** So many plays to be told, a day apart. */
async function queue(count: number): Promise<string[]> {
  const moments = Array.from(
    { length: count },
    (_, day) => new Date(kinora.clock.now - day * 24 * 60 * minute),
  );
  const title = { titleKey: mediaId, mediaId, season: null, episode: null };
  const task = { task: 'history-add', action: null, progress: null, reference: null } as const;
  await kinora.traktOutbox.add(
    moments.map((at) => outboxEntry(ada.userId, title, { ...task, at }, kinora.clock.now)),
  );
  return moments.map((at) => at.toISOString());
}
const told = () =>
  remote.bodies
    .filter(({ path }) => path === '/sync/history')
    .flatMap(({ body }) => (body['movies'] as { watched_at: string }[]).map(({ watched_at: at }) => at));

test('two servers on one database tell each thing once, whoever is first', async () => {
  const moments = await queue(170);
  for (let round = 0; told().length < moments.length && round < 50; round += 1)
    await Promise.all([kinora.trakt.tell(ada.userId), other.trakt.tell(ada.userId)]);
  expect(told().toSorted()).toEqual(moments.toSorted());
  expect((await kinora.trakt.getStatus(ada)).waiting.total).toBe(0);
});

test('two servers read the history once', async () => {
  for (let day = 1; day <= 250; day += 1) {
    const movie = { title: 'Sintel', year: 2010, ids: { trakt: 970_000_002, tmdb: 45_745 } };
    remote.add({ movie }, new Date(kinora.clock.now - day * 24 * 60 * minute).toISOString());
  }
  const since = remote.calls.length;
  await Promise.all([kinora.trakt.sync(ada.userId), other.trakt.sync(ada.userId)]);
  const asked = remote.calls.slice(since).filter((call) => call.includes('page=2'));
  expect(asked).toHaveLength(1);
});

test('a refresh token is used by one of the two', async () => {
  await queue(1);
  remote.expireTokens();
  remote.stamp += 1;
  await Promise.all([kinora.trakt.sync(ada.userId), other.trakt.tell(ada.userId)]);
  await other.trakt.tell(ada.userId);
  expect(remote.refreshes).toBe(1);
  // It may have been sent a first time with the token that was refused.
  expect(remote.history).toHaveLength(1);
  expect(await other.trakt.getStatus(ada)).toMatchObject({ status: 'linked', trouble: null });
});

test('while one is silent the other waits until its time is over, and then goes on', async () => {
  await queue(3);
  const leases = new LeaseRepository(kinora.database);
  const name = `trakt-outbox:${ada.userId}`;
  const now = new Date(kinora.clock.now);
  expect(await leases.take(name, 'dead', now, new Date(kinora.clock.now + 2 * minute))).toBe(true);
  await kinora.trakt.tell(ada.userId);
  await other.trakt.tell(ada.userId);
  expect(told()).toEqual([]);
  kinora.clock.now += 3 * minute;
  await other.trakt.tell(ada.userId);
  expect(told()).toHaveLength(3);
  expect(await leases.isTaken(name, new Date(kinora.clock.now))).toBe(false);
});

test('a server that stood still in the middle finds that another has taken over, and sends nothing more', async () => {
  const moments = await queue(120);
  const leases = new LeaseRepository(kinora.database);
  const name = `trakt-outbox:${ada.userId}`;
  let taken: Promise<boolean> | undefined;
  remote.onCall = () => {
    if (taken || remote.calls.at(-1) !== 'POST /sync/history') return;
    // While its first batch is under way nothing is heard of it for a while.
    kinora.clock.now += 10 * minute;
    const until = new Date(kinora.clock.now + 2 * minute);
    taken = leases.take(name, 'third', new Date(kinora.clock.now), until);
  };
  await expect(kinora.trakt.tell(ada.userId)).rejects.toThrow('taken over');
  expect(await taken).toBe(true);
  expect(told()).toHaveLength(50);
  kinora.clock.now += 3 * minute;
  await other.trakt.tell(ada.userId);
  expect(told().toSorted()).toEqual(moments.toSorted());
});
