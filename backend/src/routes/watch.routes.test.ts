import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Movie } from '../entities/movie.entity.js';
import { type KinoraApi, openKinoraApi } from '../test-support/kinora-api.js';

let kinora: KinoraApi;
let token: string;
let film: Movie;
let other: Movie;

beforeEach(async () => {
  kinora = await openKinoraApi();
  token = (await kinora.signIn('ada', 'correct horse')).token;
  const home = await kinora.media.getHome();
  const items = home.rows[0]?.items ?? [];
  const named = (name: string) =>
    items.find((item): item is Movie => item.type === 'movie' && item.title === name);
  const [first, second] = [named('Sintel'), named('Big Buck Bunny')];
  if (!first || !second) throw new Error('the films are missing');
  [film, other] = [first, second];
});

afterEach(() => kinora.dispose());

const call = async (method: string, path: string, body?: object, as = token) => {
  const answer = await kinora.request(method, path, { token: as, ...(body && { body }) });
  const parsed: unknown = await answer.json();
  return { status: answer.status, body: parsed as Record<string, unknown> };
};
const save = (positionSeconds: number, more: object = {}, id = film.id) =>
  call('PUT', `/api/progress/${id}`, { positionSeconds, durationSeconds: 888, ...more });
const itemsOf = async (path: string, as = token) =>
  (await call('GET', path, undefined, as)).body['items'] as Record<string, unknown>[];
const later = (ms: number) => (kinora.clock.now += ms);
const hour = 3_600_000;

describe('where the player is', () => {
  test('is offered to go on from, on every device, and forgotten when dismissed until it is watched again', async () => {
    expect(await save(400)).toMatchObject({ status: 200, body: { inProgress: true, watched: false } });
    later(1_000);
    expect((await save(410, { device: 'phone', state: 'paused' })).status).toBe(200);
    expect(await itemsOf('/api/continue-watching')).toMatchObject([
      { mediaId: film.id, title: 'Sintel', reason: 'resume', positionSeconds: 410, durationSeconds: 888 },
    ]);
    later(1_000);
    const { body } = await call('DELETE', `/api/continue-watching/${film.id}`);
    expect(await itemsOf('/api/continue-watching')).toEqual([]);
    await call('POST', '/api/history/undo', body);
    expect(await itemsOf('/api/continue-watching')).toHaveLength(1);
    later(1_000);
    await call('DELETE', `/api/continue-watching/${film.id}`);
    later(1_000);
    await save(500);
    expect(await itemsOf('/api/continue-watching')).toHaveLength(1);
  });

  test('starts the next play there', async () => {
    await save(400);
    const play = await call('POST', '/api/playback', { mediaId: film.id });
    // The swarm of the tests does not have it: but what would be played has its second.
    expect([201, 404, 503]).toContain(play.status);
    expect(await kinora.watchOverview.resumeAt((await userOf('ada')).id, { mediaId: film.id })).toBe(400);
  });

  test('at the end is a play in the history, one for the whole of the credits', async () => {
    for (const second of [700, 800, 820, 840, 888]) {
      later(20_000);
      await save(second, { state: second === 888 ? 'finished' : 'playing' });
    }
    expect(await itemsOf('/api/continue-watching')).toEqual([]);
    expect(await itemsOf('/api/history')).toMatchObject([{ mediaId: film.id, origin: 'player' }]);
    expect((await call('GET', `/api/progress/${film.id}`)).body).toMatchObject({
      watched: true,
      plays: 1,
      next: null,
    });
    later(10 * 60_000);
    await save(880, { sitting: 'another-evening' });
    expect(await itemsOf('/api/history')).toHaveLength(2);
  });

  test('comes from a queue that was offline, in any order, twice, and with a clock that is wrong', async () => {
    const day = 24 * hour;
    const wrong = kinora.clock.now + 3 * day;
    const at = (minutesAgo: number) => new Date(wrong - minutesAgo * 60_000).toISOString();
    const saves = [
      { id: 'save-0002', mediaId: film.id, positionSeconds: 600, durationSeconds: 888, at: at(10) },
      { id: 'save-0001', mediaId: film.id, positionSeconds: 500, durationSeconds: 888, at: at(12) },
      { id: 'save-0003', mediaId: 'nothing', positionSeconds: 500, durationSeconds: 888, at: at(12) },
    ];
    const sentAt = new Date(wrong).toISOString();
    for (let times = 0; times < 2; times += 1) {
      const { body } = await call('POST', '/api/progress', { sentAt, saves });
      expect(body).toEqual({ accepted: ['save-0002', 'save-0001'] });
    }
    const [item] = await itemsOf('/api/continue-watching');
    expect(item).toMatchObject({ positionSeconds: 600 });
    expect(Date.parse(String(item?.['lastActivityAt']))).toBe(kinora.clock.now - 10 * 60_000);
  });

  test('is nobody else\u2019s', async () => {
    await save(400);
    await call('POST', '/api/history/marks', { mediaId: other.id, watched: true });
    const [play] = await itemsOf('/api/history');
    const eve = (await kinora.signIn('eve', 'correct horse', 'admin')).token;
    expect(await itemsOf('/api/continue-watching', eve)).toEqual([]);
    expect(await itemsOf('/api/history', eve)).toEqual([]);
    expect((await call('GET', `/api/progress/${film.id}`, undefined, eve)).body).toMatchObject({
      next: null,
    });
    expect((await call('DELETE', `/api/history/${String(play?.['id'])}`, undefined, eve)).status).toBe(404);
    const [event] = await kinora.watches.listEvents((await userOf('ada')).id, [other.id]);
    const undo = { changeId: event?.changeId ?? '' };
    expect((await call('POST', '/api/history/undo', undo, eve)).status).toBe(404);
    expect(await itemsOf('/api/history')).toHaveLength(1);
  });

  test('of a title above the age of a child is neither kept nor told', async () => {
    const { user, token: child } = await kinora.signIn('kim', 'correct horse', 'child');
    const watcher = { userId: user.id, ageLimit: null, device: 'tv' };
    const place = { season: null, episode: null, positionSeconds: 400, durationSeconds: 888 };
    // Watched before the limit was set.
    await kinora.watch.save(watcher, { mediaId: film.id, ...place, state: 'playing' });
    await kinora.watch.mark(watcher, { mediaId: film.id, season: null, episode: null }, true);
    expect(await itemsOf('/api/continue-watching', child)).toEqual([]);
    expect(await itemsOf('/api/history', child)).toEqual([]);
    const body = { positionSeconds: 1, durationSeconds: 2 };
    expect((await call('PUT', `/api/progress/${film.id}`, body, child)).status).toBe(404);
    expect((await call('GET', `/api/progress/${film.id}`, undefined, child)).status).toBe(404);
  });
});

describe('the history', () => {
  test('takes marks and removals back', async () => {
    const watched = async () => (await call('GET', `/api/progress/${film.id}`)).body['watched'];
    const marked = await call('POST', '/api/history/marks', { mediaId: film.id, watched: true });
    expect(await watched()).toBe(true);
    later(1_000);
    const undone = await call('POST', '/api/history/undo', marked.body);
    expect(await watched()).toBe(false);
    later(1_000);
    await call('POST', '/api/history/undo', undone.body);
    expect(await watched()).toBe(true);
    const [play] = await itemsOf('/api/history');
    later(1_000);
    const removed = await call('DELETE', `/api/history/${String(play?.['id'])}`);
    expect(await itemsOf('/api/history')).toEqual([]);
    later(1_000);
    await call('POST', '/api/history/undo', removed.body);
    expect(await itemsOf('/api/history')).toEqual([play]);
  });

  test('is told in pages, latest first', async () => {
    const home = await kinora.media.getHome();
    const ids = home.rows.flatMap(({ items }) => items.map(({ id }) => id));
    for (const mediaId of new Set(ids)) {
      later(1_000);
      await call('POST', '/api/history/marks', { mediaId, watched: true });
    }
    const { body } = await call('GET', '/api/history?page=2&pageSize=2');
    expect(body).toMatchObject({ page: 2, pageSize: 2, total: new Set(ids).size });
    const moments = (await itemsOf('/api/history?pageSize=100')).map(({ watchedAt }) => String(watchedAt));
    expect(moments).toEqual(moments.toSorted().reverse());
  });

  test('refuses what makes no sense', async () => {
    expect((await save(10, { season: 1 })).status).toBe(400);
    expect((await save(-1)).status).toBe(400);
    expect(
      (await call('POST', '/api/history/marks', { mediaId: film.id, episode: 2, watched: true })).status,
    ).toBe(400);
  });
});

async function userOf(name: string) {
  const user = await kinora.users.findByUsername(name);
  if (!user) throw new Error(`no ${name}`);
  return user;
}
