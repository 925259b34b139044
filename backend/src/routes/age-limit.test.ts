import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type KinoraApi, openKinoraApi } from '../test-support/kinora-api.js';
import { ratedFilms } from '../test-support/rated-films.js';

let kinora: KinoraApi;
let admin: Awaited<ReturnType<KinoraApi['signIn']>>;
let kim: { id: string; token: string };

const hidden = ['Sintel', 'Tears of Steel', 'Cosmos Laundromat'];

beforeEach(async () => {
  const provider = ratedFilms({
    'big-buck-bunny': 'G',
    sintel: 'PG-13',
    'tears-of-steel': 'R',
    'cosmos-laundromat': null,
  });
  kinora = await openKinoraApi({ provider });
  admin = await kinora.signIn('root', 'correct horse', 'admin');
  const account = { username: 'kim', password: 'correct horse', role: 'child', ageLimit: 10 };
  const made = await kinora.request('POST', '/api/users', { token: admin.token, body: account });
  const login = await kinora.request('POST', '/api/auth/login', {
    body: { username: 'kim', password: 'correct horse' },
  });
  kim = { id: String((await bodyOf(made))['id']), token: String((await bodyOf(login))['accessToken']) };
});

afterEach(() => kinora.dispose());

const bodyOf = async (answer: Response) => (await answer.json()) as Record<string, unknown>;
const get = (path: string, token = kim.token) => kinora.request('GET', path, { token });
const play = (body: object, token = kim.token) => kinora.request('POST', '/api/playback', { token, body });
/** Title -> id, as someone without a limit sees them. */
const films = async () => {
  const { rows } = (await bodyOf(await get('/api/home', admin.token))) as {
    rows: { items: { id: string; title: string }[] }[];
  };
  return new Map(rows.flatMap(({ items }) => items).map(({ id, title }) => [title, id]));
};
const sourceOf = async (id: string) => {
  const { items } = (await bodyOf(await get(`/api/movies/${id}/sources`, admin.token))) as {
    items: { id: string }[];
  };
  return items[0]?.id ?? '';
};

describe('a child is told of nothing it may not see', () => {
  test('on the home page and in searches, also the first time, when no rating is known yet', async () => {
    const home = await (await get('/api/home')).text();
    const search = await (await get('/api/search?q=e')).text();
    for (const answer of [home, search]) {
      expect(answer).toContain('Big Buck Bunny');
      for (const title of hidden) expect(answer).not.toContain(title);
    }
    expect(JSON.parse(search)).toMatchObject({ total: 1 });
    expect(await (await get('/api/search?q=e', admin.token)).json()).toMatchObject({ total: 4 });
  });

  test('by address: a hidden film is as if it were not there', async () => {
    const all = await films();
    expect(all.size).toBe(4);
    for (const [title, id] of all) {
      const status = hidden.includes(title) ? 404 : 200;
      for (const path of ['', '/sources', '/sources/stream'].map((part) => `/api/movies/${id}${part}`)) {
        const answer = await get(path);
        expect([title, answer.status]).toEqual([title, status]);
        if (status === 404) expect(await answer.text()).not.toContain(title);
      }
    }
  });

  test('in lists, among what is similar, and when it discovers', async () => {
    const all = await films();
    // The child has seen what there is for it: ratings are known from then on.
    await get('/api/home');
    // Somebody grown up shares a list with everything on it.
    const shared = { name: 'For all', shared: true };
    const made = await kinora.request('POST', '/api/lists', { token: admin.token, body: shared });
    const list = `/api/lists/${String((await bodyOf(made))['id'])}`;
    for (const id of all.values())
      await kinora.request('PUT', `${list}/items/${id}`, { token: admin.token, body: {} });
    expect(await (await get(list, admin.token)).text()).toContain('Sintel');
    const own = await kinora.request('POST', '/api/lists', { token: kim.token, body: { name: 'Mine' } });
    const mine = `/api/lists/${String((await bodyOf(own))['id'])}`;
    for (const [title, id] of all) {
      const put = await kinora.request('PUT', `${mine}/items/${id}`, { token: kim.token, body: {} });
      expect([title, put.status]).toEqual([title, hidden.includes(title) ? 404 : 201]);
      const similar = await get(`/api/movies/${id}/similar`);
      expect([title, similar.status]).toEqual([title, hidden.includes(title) ? 404 : 200]);
      const text = await similar.text();
      for (const name of hidden) expect(text).not.toContain(name);
    }
    for (const path of [list, mine, '/api/discover?type=movie']) {
      const answer = await get(path);
      const text = await answer.text();
      expect([path, answer.status]).toEqual([path, 200]);
      expect(text).toContain('Big Buck Bunny');
      for (const name of hidden) expect(text).not.toContain(name);
    }
  });

  test('plays only what it may see, by whatever it names', async () => {
    const all = await films();
    for (const title of hidden) {
      const mediaId = all.get(title) ?? '';
      expect((await play({ mediaId })).status).toBe(404);
      expect((await play({ sourceId: await sourceOf(mediaId) })).status).toBe(404);
    }
    const magnet = `magnet:?xt=urn:btih:${kinora.film.metadata.infoHash}`;
    expect((await play({ magnet })).status).toBe(403);
    const torrent = await kinora.routes.request('http://kinora.test/api/playback', {
      method: 'POST',
      headers: { Authorization: `Bearer ${kim.token}`, 'Content-Type': 'application/x-bittorrent' },
      body: Buffer.from(kinora.film.torrentFile),
    });
    expect(torrent.status).toBe(403);

    for (const title of hidden) {
      const mediaId = all.get(title) ?? '';
      for (const body of [{ mediaId }, { sourceId: await sourceOf(mediaId) }]) {
        const intent = await kinora.request('POST', '/api/playback/intent', { token: kim.token, body });
        expect({ title, body, status: intent.status }).toMatchObject({ status: 404 });
      }
    }

    const mediaId = all.get('Big Buck Bunny') ?? '';
    expect((await play({ mediaId })).status).toBe(201);
    expect((await play({ sourceId: await sourceOf(mediaId) })).status).toBe(201);
  });

  test('a new limit counts at once, and ends what it forbids', async () => {
    const change = (ageLimit: number) =>
      kinora.request('PATCH', `/api/users/${kim.id}`, { token: admin.token, body: { ageLimit } });
    const id = (await films()).get('Sintel') ?? '';
    await change(13);
    expect((await get(`/api/movies/${id}`)).status).toBe(200);
    const started = await bodyOf(await play({ mediaId: id }));
    expect((await get(`/api/playback/${String(started['id'])}`)).status).toBe(200);
    await change(12);
    expect((await get(`/api/movies/${id}`)).status).toBe(404);
    expect((await get(`/api/playback/${String(started['id'])}`)).status).toBe(404);
    expect((await kinora.request('HEAD', String(started['url']))).status).toBe(404);
  });

  test('a child that an administrator has made another way, without a limit, sees what is for everyone', async () => {
    const { token } = await kinora.signIn('tim', 'correct horse', 'child');
    const home = await (await get('/api/home', token)).text();
    expect(home).toContain('Big Buck Bunny');
    for (const title of hidden) expect(home).not.toContain(title);
  });
});

test('the language of the account goes before that of the browser', async () => {
  await kinora.request('PATCH', '/api/me', { token: kim.token, body: { language: 'it' } });
  const asked: string[] = [];
  const { home } = kinora.catalogue;
  const getHome = home.getHome.bind(home);
  home.getHome = (reader) => {
    asked.push(reader?.language ?? '');
    return getHome(reader);
  };
  await kinora.request('GET', '/api/home', { token: kim.token, headers: { 'Accept-Language': 'de' } });
  await kinora.request('GET', '/api/home', { token: admin.token, headers: { 'Accept-Language': 'de' } });
  expect(asked).toEqual(['it', 'de']);
});
