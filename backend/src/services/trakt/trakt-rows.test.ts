import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type KinoraApi, openKinoraApi } from '../../test-support/kinora-api.js';
import { ratedFilms } from '../../test-support/rated-films.js';
import { startTrakt, type TestTrakt } from '../../test-support/trakt-upstream.js';
import { openFilms } from '../media/open-films/open-films.js';

let remote: TestTrakt;
let kinora: KinoraApi;

beforeEach(async () => {
  remote = await startTrakt();
  kinora = await openKinoraApi({
    traktConfig: remote.config,
    provider: ratedFilms({ 'big-buck-bunny': 'G', sintel: 'PG-13' }),
  });
  const row = (title: string) => {
    const film = openFilms.find((item) => item.title === title);
    return { title, year: 2010, ids: { trakt: 970_000_000, imdb: film?.imdbId ?? null } };
  };
  remote.rows = {
    'movies/trending': [
      { watchers: 9, movie: row('Sintel') },
      { watchers: 2, movie: { ...row('Big Buck Bunny'), ids: { ...row('Big Buck Bunny').ids, trakt: 5 } } },
      { watchers: 1, person: {} },
      { watchers: 1, movie: { title: 'Nameless', year: null, ids: { trakt: 6, imdb: null, tmdb: null } } },
    ],
    'shows/trending': [
      {
        watchers: 1,
        show: { title: 'Open Reel Stories', year: 2019, ids: { trakt: 990_001, tmdb: 990_001 } },
      },
    ],
    // Popular rows are the bare titles.
    'movies/popular': [row('Sintel')],
  };
});

afterEach(async () => {
  await kinora.dispose();
  await remote.stop();
});

interface Home {
  rows: { id: string; kind: string; items: { title: string; type: string }[] }[];
}
const home = async (token: string) =>
  (await (await kinora.request('GET', '/api/home', { token })).json()) as Home;
const titlesIn = ({ rows }: Home, id: string) =>
  rows.find((row) => row.id === id)?.items.map(({ title }) => title);

test('what many watch just now is on the home page, in their order, and asked for once an hour', async () => {
  const { token } = await kinora.signIn('ada', 'correct horse');
  const first = await home(token);
  expect(titlesIn(first, 'trakt-trending-movies')).toEqual(['Sintel', 'Big Buck Bunny']);
  expect(titlesIn(first, 'trakt-trending-shows')).toEqual(['Open Reel Stories']);
  expect(titlesIn(first, 'trakt-popular-movies')).toBeUndefined();
  const asked = remote.calls.length;
  await home(token);
  expect(remote.calls).toHaveLength(asked);
});

test('the rows can be chosen and moved like any other', async () => {
  const { token } = await kinora.signIn('ada', 'correct horse');
  const rows = [
    { id: 'trakt-popular-movies', shown: true },
    { id: 'trakt-trending-movies', shown: false },
  ];
  const answer = await kinora.request('PUT', '/api/home/rows', { token, body: { rows } });
  expect(((await answer.json()) as { rows: unknown[] }).rows.slice(0, 2)).toMatchObject([
    { id: 'trakt-popular-movies', kind: 'trakt', shown: true },
    { id: 'trakt-trending-movies', kind: 'trakt', shown: false },
  ]);
  const chosen = await home(token);
  expect(chosen.rows[0]?.id).toBe('trakt-popular-movies');
  expect(titlesIn(chosen, 'trakt-popular-movies')).toEqual(['Sintel']);
  expect(titlesIn(chosen, 'trakt-trending-movies')).toBeUndefined();
});

test('a child sees of them what is for its age', async () => {
  const admin = await kinora.signIn('root', 'correct horse', 'admin');
  const account = { username: 'kim', password: 'correct horse', role: 'child', ageLimit: 10 };
  await kinora.request('POST', '/api/users', { token: admin.token, body: account });
  const body = { username: 'kim', password: 'correct horse' };
  const login = await kinora.request('POST', '/api/auth/login', { body });
  const { accessToken } = (await login.json()) as { accessToken: string };
  const seen = await home(accessToken);
  expect(titlesIn(seen, 'trakt-trending-movies')).toEqual(['Big Buck Bunny']);
  expect(titlesIn(seen, 'trakt-trending-shows')).toBeUndefined();
});

test('a dead client id leaves the home page whole, and Trakt in peace', async () => {
  remote.clientIsDead = true;
  const { token } = await kinora.signIn('ada', 'correct horse');
  const without = await home(token);
  expect(without.rows.map(({ id }) => id)).toContain('all');
  expect(without.rows.filter(({ kind }) => kind === 'trakt')).toEqual([]);
  const asked = remote.calls.length;
  await home(token);
  expect(remote.calls).toHaveLength(asked);
  remote.clientIsDead = false;
  kinora.clock.now += 6 * 60_000;
  expect(titlesIn(await home(token), 'trakt-trending-movies')).toHaveLength(2);
});
