import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { origin } from '../../test-support/auth.js';
import { type KinoraApi, openKinoraApi } from '../../test-support/kinora-api.js';
import { type RemoteRating, startTrakt, type TestTrakt } from '../../test-support/trakt-upstream.js';
import type { Title } from '../media/reader.js';

let remote: TestTrakt;
let kinora: KinoraApi;
let ada: { userId: string; username: string; ageLimit: null; token: string };
let films: Title[];

const minute = 60_000;

beforeEach(async () => {
  remote = await startTrakt();
  kinora = await openKinoraApi({ traktConfig: remote.config });
  remote.now = () => kinora.clock.now;
  const { user, token } = await kinora.signIn('ada', 'correct horse');
  ada = { userId: user.id, username: 'ada', ageLimit: null, token };
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

const film = (at: number): Title => {
  const found = films[at];
  if (!found) throw new Error('no film');
  return found;
};
const iso = (ms = 0) => new Date(kinora.clock.now + ms).toISOString();
const theirs = (at: number, rating: number, ratedAt = '2026-01-02T00:00:00.000Z'): RemoteRating => {
  const movie = { title: film(at).title, year: 2010, ids: { trakt: 700 + at, imdb: film(at).imdbId } };
  return { type: 'movie', movie, rating, rated_at: ratedAt };
};
const rate = async (mediaId: string, body: object) => {
  kinora.clock.now += minute;
  const answer = await kinora.request('PUT', `/api/ratings/${mediaId}`, { token: ada.token, body });
  expect(answer.status).toBe(204);
};
const progress = async (mediaId: string) =>
  (await (await kinora.request('GET', `/api/progress/${mediaId}`, { token: ada.token })).json()) as {
    rating: number | null;
    episodes: { season: number; episode: number; rating: number | null }[];
  };
const ours = async (at: number) => (await progress(film(at).id)).rating;
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
const tell = () => kinora.trakt.tell(ada.userId);
const there = () => remote.ratings.map(({ movie, show, rating }) => [(movie ?? show)?.ids.imdb, rating]);
const decisions = async () => (await kinora.trakt.getStatus(ada)).decisions;

test('ratings are taken over, and go when they were taken back there', async () => {
  remote.ratings = [theirs(0, 9), theirs(1, 4), { ...theirs(2, 7), type: 'season' }];
  await link();
  expect(await ours(0)).toBe(9);
  expect(await ours(1)).toBe(4);
  expect(await ours(2)).toBeNull();
  remote.ratings = [theirs(0, 10)];
  await sync();
  expect(await ours(0)).toBe(10);
  expect(await ours(1)).toBeNull();
  expect(await decisions()).toMatchObject([{ rule: 'rating-removed', title: { title: film(1).title } }]);
  await tell();
  expect(remote.bodies.filter(({ path }) => path.startsWith('/sync/ratings'))).toEqual([]);
});

test('what is rated here is told with its moment, in one request, and taken back there when it is here', async () => {
  await link();
  await rate(film(0).id, { rating: 8 });
  const at = iso();
  await rate(film(1).id, { rating: 3 });
  await rate(film(1).id, { rating: 5 });
  await tell();
  const posts = remote.bodies.filter(({ path }) => path === '/sync/ratings');
  expect(posts).toHaveLength(1);
  expect(posts[0]?.body).toMatchObject({
    movies: [{ rating: 8, rated_at: at, ids: { imdb: film(0).imdbId } }, { rating: 5 }],
    shows: [],
  });
  await sync();
  expect([await ours(0), await ours(1)]).toEqual([8, 5]);
  await rate(film(0).id, { rating: null });
  await tell();
  expect(there()).toEqual([[film(1).imdbId, 5]]);
  await sync();
  expect([await ours(0), await ours(1)]).toEqual([null, 5]);
  expect((await kinora.trakt.getStatus(ada)).waiting.total).toBe(0);
  expect(await decisions()).toEqual([]);
});

test('the first link tells what was rated here before; of two words on a film the later counts', async () => {
  await rate(film(0).id, { rating: 8 });
  await rate(film(1).id, { rating: 2 });
  await rate(film(2).id, { rating: 6 });
  remote.ratings = [theirs(1, 9, iso(minute)), theirs(2, 1)];
  kinora.clock.now += 2 * minute;
  await link();
  await tell();
  expect([await ours(0), await ours(1), await ours(2)]).toEqual([8, 9, 6]);
  expect(there()).toEqual(
    expect.arrayContaining([
      [film(0).imdbId, 8],
      [film(1).imdbId, 9],
      [film(2).imdbId, 6],
    ]),
  );
  expect((await decisions()).map(({ rule, winner }) => `${rule} ${winner}`).sort()).toEqual([
    'rating here',
    'rating trakt',
  ]);
});

test('a rating not told yet is not undone by what Trakt still says', async () => {
  remote.ratings = [theirs(0, 9), theirs(1, 9)];
  await link();
  await rate(film(0).id, { rating: 2 });
  await rate(film(1).id, { rating: null });
  await sync();
  expect([await ours(0), await ours(1)]).toEqual([2, null]);
  await tell();
  expect(there()).toEqual([[film(0).imdbId, 2]]);
  await sync();
  expect([await ours(0), await ours(1)]).toEqual([2, null]);
});

test('an answer that was lost is asked for again, and the end is the same', async () => {
  await link();
  await rate(film(0).id, { rating: 7 });
  remote.fail({ status: 502, path: /ratings$/, times: 1, afterwards: true });
  await tell();
  expect((await kinora.trakt.getStatus(ada)).waiting.items).toMatchObject([
    { task: 'rating-set', progress: 7, state: 'waiting', reason: 'Trakt has trouble of its own.' },
  ]);
  kinora.clock.now += 5 * minute;
  await tell();
  expect(there()).toEqual([[film(0).imdbId, 7]]);
});

test('series and episodes are rated by their place, also from there', async () => {
  const show = { title: 'Open Reel Stories', year: 2019, ids: { trakt: 990_001, tmdb: 990_001, imdb: null } };
  const episode = { season: 2, number: 1, ids: {} };
  const facts = { rating: 6, rated_at: '2026-01-02T00:00:00.000Z' };
  remote.ratings = [
    { type: 'episode', show, episode, ...facts },
    { type: 'show', show, ...facts, rating: 8 },
  ];
  await link();
  const [mediaId] = await kinora.titles.adopt([
    { type: 'show', title: 'Open Reel Stories', year: 2019, tmdbId: 990_001, imdbId: null },
  ]);
  expect(await progress(mediaId ?? '')).toMatchObject({
    rating: 8,
    episodes: [{ season: 2, episode: 1, rating: 6 }],
  });
  await rate(mediaId ?? '', { rating: 9, season: 2, episode: 1 });
  await rate(mediaId ?? '', { rating: 10 });
  await tell();
  const { body } = remote.bodies.findLast(({ path }) => path === '/sync/ratings') ?? {};
  expect(body).toMatchObject({
    shows: [
      { ids: { trakt: 990_001 }, seasons: [{ number: 2, episodes: [{ number: 1, rating: 9 }] }] },
      { ids: { trakt: 990_001 }, rating: 10 },
    ],
  });
});

test('the end of the link leaves the ratings here, and another account is told of them', async () => {
  remote.ratings = [theirs(0, 9)];
  await link();
  await kinora.trakt.unlink(ada, origin);
  expect(await ours(0)).toBe(9);
  remote.ratings = [];
  await link();
  await tell();
  expect(there()).toEqual([[film(0).imdbId, 9]]);
});

test('nobody rates what is not there, nor an episode of a film', async () => {
  const put = async (id: string, body: object) =>
    (await kinora.request('PUT', `/api/ratings/${id}`, { token: ada.token, body })).status;
  expect(await put('nothing', { rating: 5 })).toBe(404);
  expect(await put(film(0).id, { rating: 5, season: 1, episode: 1 })).toBe(404);
  expect(await put(film(0).id, { rating: 11 })).toBe(400);
  expect(await put(film(0).id, { rating: 5, season: 1 })).toBe(400);
});
