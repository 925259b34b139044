import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { origin } from '../../test-support/auth.js';
import { type KinoraApi, openKinoraApi } from '../../test-support/kinora-api.js';
import { type RemoteTitle, startTrakt, type TestTrakt } from '../../test-support/trakt-upstream.js';
import type { Title } from '../media/reader.js';
import type { TraktActor } from './trakt.service.js';

let remote: TestTrakt;
let kinora: KinoraApi;
let ada: TraktActor;
let films: Title[];

const minute = 60_000;

beforeEach(async () => {
  remote = await startTrakt();
  kinora = await openKinoraApi({ traktConfig: remote.config });
  remote.now = () => kinora.clock.now;
  const { user } = await kinora.signIn('ada', 'correct horse');
  ada = { userId: user.id, username: 'ada', ageLimit: null };
  const shown = (await kinora.media.getHome()).rows.flatMap(({ items }) => items);
  films = await kinora.catalogue.store.load(
    shown.map(({ id, type }) => ({ mediaId: id, type })),
    'en-US',
  );
});

afterEach(async () => {
  await kinora.dispose();
  await remote.stop();
});

const lists = () => kinora.catalogue.lists;
const film = (at: number): Title => {
  const found = films[at];
  if (!found) throw new Error('no film');
  return found;
};
const known = (at: number): RemoteTitle => {
  const { title, imdbId } = film(at);
  return { type: 'movie', movie: { title, year: 2010, ids: { trakt: 700 + at, imdb: imdbId } } };
};
const namesOn = async (listId: string) => {
  const { items } = await lists().listItems(listId, ada, { page: 1, pageSize: 100 });
  return items.map(({ title }) => title.title);
};
const watchlist = async () => namesOn((await lists().watchlist(ada.userId)).id);
const mirrored = async () => (await lists().list(ada)).filter(({ list }) => list.kind === 'trakt');
const aList = (id: number, name: string, items: RemoteTitle[] | undefined, updated = 1) => ({
  ...{ name, description: null, updated_at: new Date(updated * 1_000).toISOString() },
  ...{ item_count: items?.length ?? 0, ids: { trakt: id }, items },
});
const link = async () => {
  await kinora.trakt.startLink(ada);
  expect(await kinora.trakt.pollLink(ada, origin)).toBe('linked');
  await kinora.trakt.sync(ada.userId);
};
const sync = async () => {
  kinora.clock.now += minute;
  remote.listStamp += 1;
  await kinora.trakt.sync(ada.userId);
};
const asked = (since: number) => remote.calls.slice(since).map((call) => call.replace(/\?.*/, ''));

test('the watchlists become one at the first link, and follow each other afterwards', async () => {
  const own = await lists().watchlist(ada.userId);
  await lists().putItem(own.id, film(0).id, ada, {});
  remote.watchlist = [known(1), { type: 'movie', movie: { title: 'New', year: 1999, ids: { tmdb: 77 } } }];
  await link();
  expect(await watchlist()).toEqual([film(0).title, film(1).title, 'New']);
  await kinora.trakt.tell(ada.userId);
  expect(remote.watchlist).toHaveLength(3);

  await lists().removeItem(own.id, film(1).id, ada);
  await lists().putItem(own.id, film(2).id, ada, {});
  // Not told yet: it is neither brought back nor taken away.
  await sync();
  expect(await watchlist()).toEqual([film(0).title, 'New', film(2).title]);
  await kinora.trakt.tell(ada.userId);
  expect(remote.watchlist.map(({ movie }) => movie?.ids.imdb ?? movie?.ids.tmdb)).toEqual([
    77,
    film(0).imdbId,
    film(2).imdbId,
  ]);

  remote.watchlist = remote.watchlist.filter(({ movie }) => movie?.ids.imdb !== film(0).imdbId);
  await sync();
  expect(await watchlist()).toEqual(['New', film(2).title]);
  const { decisions, waiting } = await kinora.trakt.getStatus(ada);
  expect(decisions).toMatchObject([{ rule: 'watchlist-removed', winner: 'trakt' }]);
  expect(decisions[0]?.title?.title).toBe(film(0).title);
  expect(waiting.total).toBe(0);

  // What is back there is new.
  remote.watchlist.push(known(1));
  await sync();
  expect(await watchlist()).toEqual(['New', film(2).title, film(1).title]);
});

test('a change of the watchlist whose answer was lost is told again, and changes nothing there', async () => {
  await link();
  await lists().putItem((await lists().watchlist(ada.userId)).id, film(0).id, ada, {});
  remote.fail({ status: 502, path: /watchlist$/, times: 1, afterwards: true });
  await kinora.trakt.tell(ada.userId);
  expect(await kinora.trakt.getStatus(ada)).toMatchObject({ waiting: { items: [{ state: 'waiting' }] } });
  kinora.clock.now += 5 * minute;
  await kinora.trakt.tell(ada.userId);
  expect(remote.watchlist).toHaveLength(1);
  expect(await kinora.trakt.getStatus(ada)).toMatchObject({ waiting: { total: 0 } });
});

test('personal and liked lists are kept in their order, read again when they changed, and changed only there', async () => {
  remote.lists = [aList(1, 'Evenings', [known(2), known(0)])];
  remote.liked = [aList(2, 'Of somebody', [known(1)])];
  await link();
  const [evenings, liked] = await mirrored();
  expect([evenings?.list.name, liked?.list.name]).toEqual(['Evenings', 'Of somebody']);
  const id = evenings?.list.id ?? '';
  expect(await namesOn(id)).toEqual([film(2).title, film(0).title]);
  await expect(lists().putItem(id, film(1).id, ada, {})).rejects.toMatchObject({ code: 'conflict' });
  await expect(lists().delete(id, ada)).rejects.toMatchObject({ code: 'conflict' });

  remote.lists = [aList(1, 'Nights', [known(0), known(1), known(2)], 2)];
  const since = remote.calls.length;
  await sync();
  expect(asked(since)).not.toContain('GET /lists/2/items/movie,show');
  expect((await mirrored()).map(({ list }) => list.name)).toEqual(['Nights', 'Of somebody']);
  expect(await namesOn(id)).toEqual([film(0).title, film(1).title, film(2).title]);
  const before = remote.calls.length;
  await kinora.trakt.sync(ada.userId);
  expect(asked(before)).toEqual(['GET /sync/last_activities']);
});

test('lists that were deleted there disappear, also when they were hidden, and with the link all of them', async () => {
  remote.lists = [aList(1, 'One', [known(0)]), aList(3, 'Three', [known(1)])];
  remote.liked = [aList(2, 'Two', [known(1)])];
  await link();
  expect(await mirrored()).toHaveLength(3);
  // The owner has made it private: it is named, and not shown.
  remote.liked = [aList(2, 'Two', undefined, 2)];
  remote.lists = [aList(3, 'Three', [known(1)])];
  await sync();
  expect((await mirrored()).map(({ list }) => list.name)).toEqual(['Three']);
  const { decisions } = await kinora.trakt.getStatus(ada);
  expect(decisions.map(({ rule, name }) => [rule, name])).toEqual([
    ['list-removed', 'One'],
    ['list-removed', 'Two'],
  ]);
  await kinora.trakt.unlink(ada, origin);
  expect(await mirrored()).toEqual([]);
});

test('what a list of Trakt is called is changed there; whether the household sees it, here', async () => {
  remote.lists = [aList(931_000_001, 'Open films', [known(0)])];
  await link();
  const { list } = (await mirrored())[0] ?? {};
  const change = (changes: object) => lists().update(list?.id ?? '', ada, changes);
  await expect(change({ name: 'Mine' })).rejects.toMatchObject({ code: 'conflict' });
  await expect(change({ description: 'Mine' })).rejects.toMatchObject({ code: 'conflict' });
  expect(await change({ name: 'Open films', isShared: true })).toMatchObject({ list: { isShared: true } });
  await sync();
  expect(await mirrored()).toMatchObject([{ list: { name: 'Open films', isShared: true } }]);
});

test('a token that ends between two pages of a list is replaced, and none of the list is lost', async () => {
  remote.largestPage = 1;
  remote.lists = [aList(1, 'Long', [known(2), known(0), known(1)])];
  const pages = () => remote.calls.filter((call) => call.startsWith('GET /users/me/lists/1/items')).length;
  let expired = false;
  remote.onCall = () => {
    if (pages() !== 2 || expired) return;
    expired = true;
    remote.expireTokens();
  };
  await link();
  expect(expired).toBe(true);
  expect(remote.refreshes).toBe(1);
  expect(await namesOn((await mirrored())[0]?.list.id ?? '')).toEqual([2, 0, 1].map((at) => film(at).title));
});

test('what was given up can be dismissed, and is forgotten after a month', async () => {
  await link();
  const { id } = await lists().watchlist(ada.userId);
  for (const at of [0, 1]) {
    await lists().putItem(id, film(at).id, ada, {});
    remote.fail({ status: 422, path: /watchlist$/, times: 1 });
    await kinora.trakt.tell(ada.userId);
  }
  const { waiting } = await kinora.trakt.getStatus(ada);
  expect(waiting.items.map(({ state }) => state)).toEqual(['given-up', 'given-up']);
  await kinora.trakt.dismiss(ada, waiting.items[0]?.id ?? '');
  await expect(kinora.trakt.dismiss(ada, waiting.items[0]?.id ?? '')).rejects.toMatchObject({
    code: 'not-found',
  });
  expect((await kinora.trakt.getStatus(ada)).waiting.total).toBe(1);
  kinora.clock.now += 31 * 24 * 60 * minute;
  await kinora.trakt.tellAll(AbortSignal.timeout(10_000));
  expect((await kinora.trakt.getStatus(ada)).waiting.total).toBe(0);
});

test('a show of which an episode was watched is asked for, so that there is a next one', async () => {
  const show = { title: 'Open Reel Stories', year: 2019, ids: { trakt: 990_001, tmdb: 990_001, imdb: null } };
  const episode = { season: 2, number: 1, ids: {} };
  remote.add({ type: 'episode', episode, show }, new Date(kinora.clock.now - minute).toISOString());
  await link();
  expect(await kinora.catalogue.queue.listDue(10)).toMatchObject([{ type: 'show', priority: 0 }]);
});
