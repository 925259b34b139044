import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type KinoraApi, openKinoraApi } from '../test-support/kinora-api.js';
import { sendFile, startUpstream, type Upstream } from '../test-support/upstream.js';

let kinora: KinoraApi;
let token: string;
let upstream: Upstream;

const fixture = (name: string) => new URL(`../trackers/torznab/__fixtures__/${name}`, import.meta.url);
const key = 'a-secret-key-0123456789';

beforeEach(async () => {
  kinora = await openKinoraApi();
  ({ token } = await kinora.signIn('root', 'correct horse', 'admin'));
  upstream = await startUpstream((request, response) => {
    const isCaps = request.url?.includes('t=caps') ?? false;
    sendFile(fixture(isCaps ? 'caps.jackett.xml' : 'empty.xml'), 'application/rss+xml')(request, response);
  });
});

afterEach(async () => {
  await upstream.stop();
  await kinora.dispose();
});

const call = async (method: string, path: string, body?: object) => {
  const answer = await kinora.request(method, `/api/admin/indexers${path}`, { token, ...(body && { body }) });
  const text = await answer.text();
  return {
    status: answer.status,
    text,
    body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
  };
};
const wanted = () => ({ kind: 'torznab', name: 'My films', urls: [upstream.url], apiKey: key });
const add = async () => String((await call('POST', '', wanted())).body['id']);
const names = async () =>
  ((await call('GET', '')).body['items'] as { name: string }[]).map(({ name }) => name);

describe('indexers of the administrator', () => {
  test('an indexer is tried, added and listed; its key is never told', async () => {
    const tried = await call('POST', '/test', wanted());
    expect(tried.body).toMatchObject({
      ok: true,
      message: 'Answers, and searches by imdbid, tmdbid, tvdbid',
    });
    const added = await call('POST', '', wanted());
    expect(added).toMatchObject({
      status: 201,
      body: { name: 'My films', hasApiKey: true, enabled: true, origin: 'added' },
    });
    const listed = await call('GET', '');
    expect(await names()).toEqual(['Open films', 'My films']);
    expect(listed.body['kinds']).toEqual([
      { kind: 'torznab', label: 'Torznab (Jackett, Prowlarr)', takesSeveralUrls: false, takesApiKey: true },
    ]);
    const [row] = await kinora.database.reader.query<{ sealedApiKey: string }[]>(
      `SELECT * FROM indexers WHERE kind = 'torznab'`,
    );
    for (const text of [tried.text, added.text, listed.text, JSON.stringify(row)])
      expect(text).not.toContain(key);
    expect(upstream.requests.every((request) => request.includes(`apikey=${key}`))).toBe(true);
  });

  test('an unfit address, a name that is taken and an unknown kind are refused', async () => {
    await add();
    const tries = [
      { ...wanted(), name: 'b', urls: ['ftp://a.example'] },
      { ...wanted(), name: 'b', urls: ['http://user:word@a.example'] },
      { ...wanted(), name: 'b', urls: [upstream.url, upstream.url] },
      { ...wanted(), name: 'MY FILMS' },
      { ...wanted(), kind: 'magic', name: 'b' },
    ];
    const statuses = [];
    for (const body of tries) statuses.push((await call('POST', '', body)).status);
    expect(statuses).toEqual([400, 400, 400, 409, 404]);
  });

  test('a test that fails is an answer, and says what to do', async () => {
    const id = await add();
    upstream.answer(sendFile(fixture('error.100.xml'), 'application/xml'));
    expect((await call('POST', `/${id}/test`)).body).toMatchObject({
      ok: false,
      message: 'My films refuses our request. An administrator should check its address and key.',
    });
  });

  test('they are put in order, switched off and deleted', async () => {
    const id = await add();
    expect((await call('PUT', '/order', { ids: [id] })).status).toBe(200);
    expect(await names()).toEqual(['My films', 'Open films']);
    expect((await call('PATCH', `/${id}`, { enabled: false, name: 'Other' })).body).toMatchObject({
      enabled: false,
      name: 'Other',
      hasApiKey: true,
    });
    expect((await call('PATCH', `/${id}`, { apiKey: null })).body).toMatchObject({ hasApiKey: false });
    expect((await call('DELETE', `/${id}`)).status).toBe(204);
    expect(await names()).toEqual(['Open films']);
  });

  test('one that is built in can be switched off, not changed or deleted', async () => {
    expect((await call('PATCH', '/open-films', { enabled: false })).body).toMatchObject({ enabled: false });
    expect((await call('PATCH', '/open-films', { name: 'Mine' })).status).toBe(409);
    expect((await call('DELETE', '/open-films')).status).toBe(409);
  });

  test('each act is in the audit log, without the key', async () => {
    const id = await add();
    await call('PATCH', `/${id}`, { apiKey: `${key}x`, enabled: false });
    await call('PUT', '/order', { ids: [id] });
    await call('DELETE', `/${id}`);
    const answer = await kinora.request('GET', '/api/admin/audit?action=indexer', { token });
    const text = await answer.text();
    const { items } = JSON.parse(text) as { items: { action: string }[] };
    expect(items.map(({ action }) => action)).toEqual([
      'indexer.deleted',
      'indexer.reordered',
      'indexer.changed',
      'indexer.created',
    ]);
    expect(text).not.toContain(key);
  });
});
