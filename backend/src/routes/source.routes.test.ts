import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type KinoraApi, openKinoraApi } from '../test-support/kinora-api.js';
import { sourceListSchema } from './source.schemas.js';

let kinora: KinoraApi;
let token: string;
let path: string;

beforeEach(async () => {
  kinora = await openKinoraApi();
  ({ token } = await kinora.signIn('root', 'correct horse', 'admin'));
  const home = (await (await kinora.request('GET', '/api/home', { token })).json()) as {
    rows: { items: { id: string; title: string }[] }[];
  };
  const sintel = home.rows.flatMap(({ items }) => items).find(({ title }) => title === 'Sintel');
  path = `/api/movies/${sintel?.id ?? ''}/sources`;
});

afterEach(() => kinora.dispose());

test('the list grows in server-sent events and ends when everyone has answered', async () => {
  const answer = await kinora.request('GET', `${path}/stream`, { token });
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  const events = (await answer.text()).split('\n\n').filter((event) => event !== '');
  const lists = events.map((event) => {
    expect(event.split('\n')[0]).toBe('event: sources');
    return sourceListSchema.parse(JSON.parse(event.slice(event.indexOf('data: ') + 6)));
  });
  expect(lists.at(-1)).toMatchObject({
    done: true,
    items: [{ title: 'Sintel (2010)', indexers: ['Open films'] }],
  });
  expect(lists.slice(0, -1).every(({ done }) => !done)).toBe(true);
});

test('what the client plays decides the order and the reasons', async () => {
  const list = async (query: string) =>
    sourceListSchema.parse(await (await kinora.request('GET', `${path}?${query}`, { token })).json());
  expect((await list('containers=mp4')).items).toHaveLength(1);
  expect((await kinora.request('GET', `${path}?bitsPerSecond=-1`, { token })).status).toBe(400);
});

test('links that only the server may follow stay on the server', async () => {
  const text = await (await kinora.request('GET', path, { token })).text();
  expect(text).not.toContain('webtorrent.io');
});
