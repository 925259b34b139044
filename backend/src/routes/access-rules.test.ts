// @proof: a request or packet that got through once has got through, so a failure is never run again.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findRule } from '../middleware/auth.middleware.js';
import { proofLifetimeMs } from '../services/auth/second-factor/reauthentication.js';
import { defaultCapabilities } from '../services/source/source-score.js';
import { origin } from '../test-support/auth.js';
import { type KinoraApi, openKinoraApi, type RequestOptions } from '../test-support/kinora-api.js';
import { accessRules } from './access-rules.js';

const who = ['stranger', 'child', 'user', 'other', 'admin', 'disabled'] as const;
type Who = (typeof who)[number];

let kinora: KinoraApi;
const tokens: Partial<Record<Who, string>> = {};
const ids: Record<string, string> = {};

beforeAll(async () => {
  kinora = await openKinoraApi();
  for (const name of who) {
    if (name === 'stranger') continue;
    const { user, token } = await kinora.signIn(
      name,
      'correct horse',
      name === 'admin' || name === 'child' ? name : 'user',
    );
    tokens[name] = token;
    ids[name] = user.id;
  }
  const disabled = await kinora.users.findById(ids['disabled'] ?? '');
  if (disabled) await kinora.users.save(Object.assign(disabled, { disabledAt: new Date(kinora.clock.now) }));
  ids['spare'] = (await kinora.createUser('spare', 'correct horse')).id;
  const home = await kinora.media.getHome();
  ids['movie'] = home.rows[0]?.items.find(({ title }) => title === 'Sintel')?.id ?? '';
});

afterAll(() => kinora.dispose());

/** Method and path of everything a request can reach, without what only watches over others (`ALL`). */
const registered = () =>
  [
    ...new Set(
      kinora.routes.routes
        .filter(({ method }) => method !== 'ALL')
        .map(({ method, path }) => `${method} ${path}`),
    ),
  ].map((route) => route.replace(/\{[^}]*\}/g, ''));

describe('T44 access rules', () => {
  test('every route of the API has its own line, and every line has its route', () => {
    const ofTheApi = registered().filter((route) => route.includes(' /api'));
    expect(ofTheApi.length).toBeGreaterThan(15);
    const lines = accessRules.map(({ method, path }) => `${method} ${path}`);
    expect(ofTheApi.filter((route) => !lines.includes(route))).toEqual([]);
    expect(lines.filter((line) => !ofTheApi.includes(line))).toEqual([]);
  });

  test('outside the API there is nothing but this', () => {
    // /metrics asks for its own permission: this machine, or an administrator.
    expect(registered().filter((route) => !route.includes(' /api'))).toEqual([
      'GET /health',
      'GET /ready',
      'GET /metrics',
      'GET /.well-known/security.txt',
    ]);
  });

  test('nothing outside the API may be kept, nor what is not there', async () => {
    for (const path of ['/health', '/ready', '/metrics', '/none', '/api/none']) {
      const answer = await kinora.request('GET', path, { address: '127.0.0.1' });
      expect([path, answer.headers.get('Cache-Control')]).toEqual([path, 'no-store']);
    }
  });

  test('a route of any other spelling or method is refused to everyone', () => {
    for (const path of ['/api', '/api/', '/api/nothing', '/api/users/x/y/z', '/api/home/']) {
      expect(findRule(accessRules, 'GET', path)).toBeNull();
    }
    expect(findRule(accessRules, 'OPTIONS', '/api/home')).toBeNull();
  });
});

interface Case extends Pick<RequestOptions, 'body'> {
  /** As in the table of rules. */
  route: string;
  /** The address asked, when it differs by who owns what is asked for. */
  path?: () => string | Promise<string>;
  expected: Record<Who, number>;
}

const signedIn = (status: number): Record<Who, number> => ({
  stranger: 401,
  child: status,
  user: status,
  other: status,
  admin: status,
  disabled: 401,
});
const everyone = (status: number): Record<Who, number> => ({
  ...signedIn(status),
  stranger: status,
  disabled: status,
});
/** A film without an age rating. */
const adultsOnly = (status: number): Record<Who, number> => ({ ...signedIn(status), child: 404 });
const adminOnly = (status: number): Record<Who, number> => ({ ...signedIn(403), admin: status });
/** What belongs to `user`: nobody else is told that it is there, not even an administrator. */
const ownOnly = (status: number): Record<Who, number> => ({ ...signedIn(404), user: status });

const startPlay = async () => {
  const user = await kinora.auth.authenticate(tokens.user ?? '');
  const magnet = `magnet:?xt=urn:btih:${kinora.film.metadata.infoHash}`;
  const play = await kinora.playback.play(user, { kind: 'magnet', magnet }, defaultCapabilities);
  return `/api/playback/${play.id}`;
};
const ownList = async () => {
  const owner = { userId: ids['user'] ?? '' };
  const { list } = await kinora.catalogue.lists.create(owner, { name: 'Mine' });
  return `/api/lists/${list.id}`;
};
const openSession = async () => `/api/auth/sessions/${await newSession()}`;
const newSession = async () => {
  const user = await kinora.users.findById(ids['user'] ?? '');
  if (!user) throw new Error('no user');
  await kinora.auth.startSession(user, origin);
  const [session] = await kinora.sessions.listLive(user.id, new Date(kinora.clock.now));
  return session?.id ?? '';
};

const watcher = () => ({ userId: ids['user'] ?? '', ageLimit: null, device: 'tv' });
const aFilm = async () => {
  const home = await kinora.media.getHome();
  return home.rows[0]?.items.find(({ title }) => title === 'Big Buck Bunny')?.id ?? '';
};
const beginFilm = async () => {
  const mediaId = await aFilm();
  const place = { positionSeconds: 100, durationSeconds: 600, state: 'paused' } as const;
  await kinora.watch.save(watcher(), { mediaId, season: null, episode: null, ...place });
  return `/api/continue-watching/${mediaId}`;
};
const finishFilm = async () => {
  await kinora.watch.mark(watcher(), { mediaId: await aFilm(), season: null, episode: null }, true);
  const { items } = await kinora.watchOverview.listHistory(watcher(), { page: 1, pageSize: 1 });
  return `/api/history/${items[0]?.id ?? ''}`;
};

/** Who gets what answer: the promise that the rules and the ownership checks together must keep. */
const table: Case[] = [
  { route: 'GET /api/setup', expected: everyone(200) },
  { route: 'POST /api/setup', body: {}, expected: everyone(400) },
  { route: 'POST /api/auth/login', body: {}, expected: everyone(400) },
  { route: 'POST /api/auth/login/second-factor', body: {}, expected: everyone(400) },
  // There are no passkeys at http://kinora.test.
  { route: 'POST /api/auth/passkey/options', expected: everyone(409) },
  { route: 'POST /api/auth/passkey', body: {}, expected: everyone(400) },
  { route: 'POST /api/auth/reauthenticate', body: {}, expected: signedIn(400) },
  { route: 'POST /api/auth/reauthenticate/options', expected: signedIn(200) },
  { route: 'POST /api/auth/refresh', expected: everyone(401) },
  { route: 'POST /api/auth/logout', expected: everyone(204) },
  { route: 'POST /api/auth/device', expected: everyone(200) },
  { route: 'POST /api/auth/device/token', body: {}, expected: everyone(400) },
  { route: 'POST /api/auth/device/approve', body: {}, expected: signedIn(400) },
  { route: 'GET /api/auth/sessions', expected: signedIn(200) },
  { route: 'DELETE /api/auth/sessions/:id', path: openSession, expected: ownOnly(204) },
  { route: 'GET /api/me', expected: signedIn(200) },
  { route: 'PATCH /api/me', body: {}, expected: signedIn(200) },
  { route: 'GET /api/me/security', expected: signedIn(200) },
  { route: 'GET /api/me/export', expected: signedIn(200) },
  { route: 'POST /api/me/totp', expected: signedIn(200) },
  { route: 'POST /api/me/totp/confirm', body: {}, expected: signedIn(400) },
  { route: 'DELETE /api/me/totp', expected: signedIn(204) },
  { route: 'POST /api/me/recovery-codes', expected: signedIn(409) },
  { route: 'POST /api/me/passkeys/options', expected: signedIn(409) },
  { route: 'POST /api/me/passkeys', body: {}, expected: signedIn(400) },
  {
    route: 'PATCH /api/me/passkeys/:id',
    path: () => '/api/me/passkeys/nothing',
    body: { name: 'Key' },
    expected: signedIn(404),
  },
  { route: 'DELETE /api/me/passkeys/:id', path: () => '/api/me/passkeys/nothing', expected: signedIn(404) },
  { route: 'GET /api/users', expected: adminOnly(200) },
  { route: 'POST /api/users', body: {}, expected: adminOnly(400) },
  {
    route: 'PATCH /api/users/:id',
    path: () => `/api/users/${ids['user']}`,
    body: {},
    expected: adminOnly(200),
  },
  { route: 'DELETE /api/users/:id', path: () => '/api/users/nobody', expected: adminOnly(404) },
  {
    route: 'GET /api/users/:id/sessions',
    path: () => `/api/users/${ids['user']}/sessions`,
    expected: adminOnly(200),
  },
  {
    route: 'DELETE /api/users/:id/sessions',
    path: () => `/api/users/${ids['spare']}/sessions`,
    expected: adminOnly(204),
  },
  {
    route: 'DELETE /api/users/:id/sessions/:sessionId',
    path: async () => `/api/users/${ids['user']}/sessions/${await newSession()}`,
    expected: adminOnly(204),
  },
  {
    route: 'DELETE /api/users/:id/second-factor',
    path: () => '/api/users/nobody/second-factor',
    expected: adminOnly(404),
  },
  { route: 'GET /api/admin/audit', expected: adminOnly(200) },
  { route: 'GET /api/admin/audit/export', expected: adminOnly(200) },
  { route: 'GET /api/admin/audit/verify', expected: adminOnly(200) },
  { route: 'GET /api/admin/overview', expected: adminOnly(200) },
  { route: 'GET /api/admin/jobs', expected: adminOnly(200) },
  {
    route: 'PATCH /api/admin/jobs/:name',
    path: () => '/api/admin/jobs/idle',
    body: { paused: false },
    expected: adminOnly(200),
  },
  {
    route: 'POST /api/admin/jobs/:name/run',
    path: () => '/api/admin/jobs/nothing/run',
    expected: adminOnly(404),
  },
  {
    route: 'GET /api/admin/jobs/:name/runs',
    path: () => '/api/admin/jobs/idle/runs',
    expected: adminOnly(200),
  },
  { route: 'GET /api/home', expected: signedIn(200) },
  { route: 'GET /api/home/rows', expected: signedIn(200) },
  { route: 'PUT /api/home/rows', body: { rows: [] }, expected: signedIn(200) },
  { route: 'GET /api/discover', expected: signedIn(200) },
  { route: 'GET /api/genres', expected: signedIn(200) },
  {
    route: 'GET /api/movies/:id/similar',
    path: () => `/api/movies/${ids['movie']}/similar`,
    expected: adultsOnly(200),
  },
  { route: 'GET /api/shows/:id', path: () => '/api/shows/none', expected: signedIn(404) },
  { route: 'GET /api/shows/:id/similar', path: () => '/api/shows/none/similar', expected: signedIn(404) },
  {
    route: 'GET /api/shows/:id/seasons/:season',
    path: () => '/api/shows/none/seasons/1',
    expected: signedIn(404),
  },
  {
    route: 'GET /api/shows/:id/seasons/:season/episodes/:episode/sources',
    path: () => '/api/shows/none/seasons/1/episodes/1/sources',
    expected: signedIn(404),
  },
  { route: 'GET /api/people/:id', path: () => '/api/people/nobody', expected: signedIn(404) },
  { route: 'GET /api/lists', expected: signedIn(200) },
  { route: 'POST /api/lists', body: { name: 'A list' }, expected: signedIn(201) },
  { route: 'GET /api/lists/:id', path: () => ownList(), expected: ownOnly(200) },
  { route: 'PATCH /api/lists/:id', path: () => ownList(), body: { name: 'B' }, expected: ownOnly(200) },
  { route: 'DELETE /api/lists/:id', path: () => ownList(), expected: ownOnly(204) },
  { route: 'POST /api/lists/:id/sync', path: async () => `${await ownList()}/sync`, expected: ownOnly(409) },
  {
    route: 'PUT /api/lists/:id/items/:itemId',
    path: async () => `${await ownList()}/items/${ids['movie']}`,
    body: {},
    expected: ownOnly(201),
  },
  {
    route: 'DELETE /api/lists/:id/items/:itemId',
    path: async () => `${await ownList()}/items/${ids['movie']}`,
    expected: ownOnly(404),
  },
  { route: 'GET /api/search', path: () => '/api/search?q=sintel', expected: signedIn(200) },
  { route: 'GET /api/movies/:id', path: () => `/api/movies/${ids['movie']}`, expected: adultsOnly(200) },
  {
    route: 'GET /api/movies/:id/sources',
    path: () => `/api/movies/${ids['movie']}/sources`,
    expected: adultsOnly(200),
  },
  {
    route: 'GET /api/movies/:id/sources/stream',
    path: () => `/api/movies/${ids['movie']}/sources/stream`,
    expected: adultsOnly(200),
  },
  { route: 'GET /api/admin/indexers', expected: adminOnly(200) },
  { route: 'POST /api/admin/indexers', body: {}, expected: adminOnly(400) },
  { route: 'POST /api/admin/indexers/test', body: {}, expected: adminOnly(400) },
  { route: 'PUT /api/admin/indexers/order', body: { ids: ['nothing'] }, expected: adminOnly(404) },
  {
    route: 'PATCH /api/admin/indexers/:id',
    path: () => '/api/admin/indexers/nothing',
    body: { enabled: false },
    expected: adminOnly(404),
  },
  {
    route: 'DELETE /api/admin/indexers/:id',
    path: () => '/api/admin/indexers/nothing',
    expected: adminOnly(404),
  },
  {
    route: 'POST /api/admin/indexers/:id/test',
    path: () => '/api/admin/indexers/nothing/test',
    expected: adminOnly(404),
  },
  {
    route: 'GET /api/images/:provider/:size/:file',
    path: () => '/api/images/tmdb/w342/a.jpg',
    expected: everyone(404),
  },
  { route: 'POST /api/playback', body: {}, expected: signedIn(400) },
  { route: 'GET /api/playback/:id', path: startPlay, expected: ownOnly(200) },
  { route: 'DELETE /api/playback/:id', path: startPlay, expected: ownOnly(204) },
  { route: 'POST /api/playback/intent', body: {}, expected: signedIn(400) },
  { route: 'GET /api/events', expected: signedIn(200) },
  { route: 'DELETE /api/playback/intent', expected: signedIn(204) },
  { route: 'GET /api/admin/storage', expected: adminOnly(200) },
  {
    route: 'PATCH /api/admin/storage/:id',
    path: () => '/api/admin/storage/nothing',
    body: { pinned: true },
    expected: adminOnly(404),
  },
  {
    route: 'DELETE /api/admin/storage/:id',
    path: () => '/api/admin/storage/nothing',
    expected: adminOnly(404),
  },
  {
    route: 'PUT /api/progress/:mediaId',
    path: () => `/api/progress/${ids['movie']}`,
    body: { positionSeconds: 70, durationSeconds: 600 },
    expected: adultsOnly(200),
  },
  { route: 'POST /api/progress', body: {}, expected: signedIn(400) },
  {
    route: 'PUT /api/ratings/:mediaId',
    path: () => `/api/ratings/${ids['movie']}`,
    body: { rating: 8 },
    expected: adultsOnly(204),
  },
  {
    route: 'GET /api/progress/:mediaId',
    path: () => `/api/progress/${ids['movie']}`,
    expected: adultsOnly(200),
  },
  { route: 'GET /api/continue-watching', expected: signedIn(200) },
  { route: 'DELETE /api/continue-watching/:mediaId', path: beginFilm, expected: ownOnly(200) },
  { route: 'GET /api/history', expected: signedIn(200) },
  { route: 'DELETE /api/history/:id', path: finishFilm, expected: ownOnly(200) },
  {
    route: 'POST /api/history/marks',
    body: { mediaId: 'nothing', watched: true },
    expected: signedIn(404),
  },
  { route: 'POST /api/history/undo', body: { changeId: 'nothing' }, expected: signedIn(404) },
  { route: 'GET /api/admin/settings', expected: adminOnly(200) },
  { route: 'PATCH /api/admin/settings', body: {}, expected: adminOnly(400) },
  { route: 'POST /api/admin/settings/test', body: {}, expected: adminOnly(400) },
  { route: 'GET /api/admin/settings/revisions', expected: adminOnly(200) },
  {
    route: 'POST /api/admin/settings/revisions/:number/rollback',
    path: () => '/api/admin/settings/revisions/7/rollback',
    body: {},
    expected: adminOnly(404),
  },
  { route: 'GET /api/vpn', expected: signedIn(200) },
  { route: 'POST /api/vpn/check', expected: adminOnly(200) },
  { route: 'GET /api/trakt', expected: signedIn(200) },
  // There is no client id in these tests.
  { route: 'POST /api/trakt/device', expected: signedIn(409) },
  { route: 'POST /api/trakt/device/token', expected: signedIn(200) },
  { route: 'POST /api/trakt/sync', expected: signedIn(409) },
  {
    route: 'DELETE /api/trakt/waiting/:id',
    path: () => '/api/trakt/waiting/019400000000',
    expected: signedIn(404),
  },
  { route: 'DELETE /api/trakt', expected: signedIn(204) },
  { route: 'GET /api/stream/:grant', path: () => '/api/stream/forged', expected: everyone(403) },
  { route: 'GET /api/openapi.json', expected: everyone(200) },
  { route: 'GET /api/docs', expected: everyone(200) },
  { route: 'GET /api/docs/page.js', expected: everyone(200) },
  {
    route: 'GET /api/docs/assets/:file',
    path: () => '/api/docs/assets/swagger-ui.css',
    expected: everyone(200),
  },
  // The last of all, for these accounts are gone after it. The last administrator has to stay.
  { route: 'DELETE /api/me', expected: { ...signedIn(204), admin: 409 } },
];

/** Routes whose answer may be kept somewhere, and how; whatever is not here says `no-store`. */
const cachePolicies: Readonly<Record<string, string>> = {
  // Revalidated by their entity tag, by the browser of whoever asked alone.
  'GET /api/home': 'private, no-cache',
  'GET /api/home/rows': 'private, no-cache',
  'GET /api/search': 'private, no-cache',
  'GET /api/discover': 'private, no-cache',
  'GET /api/genres': 'private, no-cache',
  'GET /api/movies/:id': 'private, no-cache',
  'GET /api/movies/:id/similar': 'private, no-cache',
  'GET /api/movies/:id/sources': 'private, no-cache',
  'GET /api/shows/:id': 'private, no-cache',
  'GET /api/shows/:id/similar': 'private, no-cache',
  'GET /api/shows/:id/seasons/:season': 'private, no-cache',
  'GET /api/shows/:id/seasons/:season/episodes/:episode/sources': 'private, no-cache',
  'GET /api/people/:id': 'private, no-cache',
  // The same for everyone.
  'GET /api/openapi.json': 'no-cache',
  'GET /api/docs': 'no-cache',
  'GET /api/docs/page.js': 'no-cache',
  'GET /api/docs/assets/:file': 'no-cache',
};

describe('T44 who gets what', () => {
  test('the table has every route', () => {
    expect(table.map(({ route }) => route).sort()).toEqual(
      accessRules.map(({ method, path }) => `${method} ${path}`).sort(),
    );
  });

  test.each(table)('$route, and what may be kept of it', async ({ route, path, body, expected }) => {
    const [method = '', plainPath = ''] = route.split(' ');
    const found: Partial<Record<Who, number>> = {};
    const policies = new Set<string>();
    for (const name of who) {
      const token = tokens[name];
      const answer = await kinora.request(method, path ? await path() : plainPath, {
        ...(token !== undefined && { token }),
        ...(body !== undefined && { body }),
      });
      // One that never ends by itself.
      if (answer.headers.get('Content-Type') === 'text/event-stream') await answer.body?.cancel();
      else await answer.arrayBuffer();
      found[name] = answer.status;
      const policy = answer.status === 200 ? (cachePolicies[route] ?? 'no-store') : 'no-store';
      if (answer.headers.get('Cache-Control') !== policy)
        policies.add(`${name} ${answer.status} ${answer.headers.get('Cache-Control')}`);
    }
    expect(found).toEqual(expected);
    expect([...policies]).toEqual([]);
  });
});

/** What somebody with a stolen session must not be able to do. */
const recentProofOnly = [
  'DELETE /api/me',
  'DELETE /api/me/passkeys/:id',
  'DELETE /api/me/totp',
  'DELETE /api/users/:id',
  'DELETE /api/users/:id/second-factor',
  'GET /api/me/export',
  'PATCH /api/admin/indexers/:id',
  'PATCH /api/admin/settings',
  'PATCH /api/users/:id',
  'POST /api/admin/settings/revisions/:number/rollback',
  'POST /api/admin/settings/test',
  'POST /api/auth/device/approve',
  'POST /api/me/passkeys',
  'POST /api/me/passkeys/options',
  'POST /api/me/recovery-codes',
  'POST /api/me/totp',
  'POST /api/me/totp/confirm',
  'POST /api/users',
];

describe('T44 what matters', () => {
  test('is a list that nothing leaves unnoticed', () => {
    const rules = accessRules.filter(({ proof }) => proof === 'recent');
    expect(rules.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(recentProofOnly);
  });

  test('asks for a proof when the latest is ten minutes old, whoever asks, before anything else is looked at', async () => {
    kinora.clock.now += proofLifetimeMs;
    for (const route of recentProofOnly) {
      const [method = '', path = ''] = route.split(' ');
      const answer = await kinora.request(method, path, {
        token: tokens['admin'] ?? '',
        ...(method !== 'GET' && { body: {} }),
      });
      expect([route, answer.status, await answer.json()]).toEqual([
        route,
        401,
        expect.objectContaining({ code: 'reauthentication-required' }),
      ]);
    }
  });
});
