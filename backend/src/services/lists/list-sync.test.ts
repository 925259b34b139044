import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ProviderUnavailableError } from '../../http-client/http-client.errors.js';
import { type KinoraApi, openKinoraApi } from '../../test-support/kinora-api.js';
import { fc } from '../../test-support/properties.js';
import {
  type ProviderList,
  type TitleSummary,
  UnknowingMetadataProvider,
} from '../media/metadata-provider.port.js';

/** A TMDB with one public list. */
class ListingProvider extends UnknowingMetadataProvider {
  readonly catalogue = 'tmdb';
  readonly rows = [];
  list: ProviderList | null = null;
  isDown = false;

  listRow(): Promise<TitleSummary[]> {
    return Promise.resolve([]);
  }
  search() {
    return Promise.resolve({ items: [], page: 1, pageSize: 20, total: 0 });
  }
  findMovie() {
    return Promise.resolve(null);
  }
  override findList(): Promise<ProviderList | null> {
    if (!this.isDown) return Promise.resolve(this.list);
    return Promise.reject(
      new ProviderUnavailableError({ provider: 'TMDB', fault: 'server-error', detail: 'test' }),
    );
  }
}

const film = (tmdbId: number): TitleSummary => ({
  ...{ tmdbId, imdbId: null, openFilmId: null, title: `Film ${tmdbId}`, originalTitle: `Film ${tmdbId}` },
  ...{ originalLanguage: 'en', year: 2000, releaseDate: null, overview: 'x', posterPath: null },
  ...{ backdropPath: null, rating: 7, voteCount: 10 },
});
const holding = (...tmdbIds: number[]): ProviderList => ({
  name: 'Best of',
  description: '',
  items: tmdbIds.map(film),
});

type Json = Record<string, unknown>;
let tmdb: ListingProvider;
let kinora: KinoraApi;
let token: string;
let list: string;
const signal = new AbortController().signal;

const call = async (method: string, path: string, body?: Json, as = token) => {
  const answer = await kinora.request(method, path, { token: as, ...(body && { body }) });
  const text = await answer.text();
  return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Json };
};
const page = async (id = list, as = token) => {
  const { body } = await call('GET', `/api/lists/${id}?pageSize=100`, undefined, as);
  return body as {
    list: Json;
    items: { note: string; media: { id: string; title: string } }[];
    total: number;
  };
};
const titles = async (id = list) => (await page(id)).items.map(({ media }) => media.title);
const numbers = (...ids: number[]) => ids.map((id) => `Film ${id}`);

beforeEach(async () => {
  tmdb = new ListingProvider();
  kinora = await openKinoraApi({ provider: tmdb });
  ({ token } = await kinora.signIn('ada', 'correct horse', 'admin'));
});
afterEach(() => kinora.dispose());

describe('a list that follows one of TMDB', () => {
  beforeEach(async () => {
    tmdb.list = holding(1, 2, 3);
    const address = 'https://www.themoviedb.org/list/8527-best-of?language=en';
    const { status, body } = await call('POST', '/api/lists', { tmdbList: address });
    expect(status).toBe(201);
    list = String(body['id']);
  });
  const sync = () => kinora.catalogue.lists.syncAll(signal);

  it('holds what that one holds, in its order', async () => {
    expect(await titles()).toEqual(numbers(1, 2, 3));
  });

  it.each([
    ['added', [1, 2, 3, 4]],
    ['added in the middle', [1, 9, 2, 3]],
    ['removed', [1, 3]],
    ['reordered', [3, 1, 2]],
    ['all exchanged', [7, 8]],
    ['named twice', [2, 1, 2]],
    ['emptied', []],
  ])('what was %s there is so here', async (_change, ids) => {
    tmdb.list = holding(...ids);
    await sync();
    expect(await titles()).toEqual(numbers(...new Set(ids)));
  });

  it('keeps what it held when the other is deleted, and says so, until it is back', async () => {
    tmdb.list = null;
    await sync();
    const gone = await page();
    expect(gone.items).toHaveLength(3);
    expect(JSON.stringify(gone.list)).toContain('no such public list any more');
    tmdb.list = holding(2);
    await sync();
    expect(await titles()).toEqual(numbers(2));
    expect(JSON.stringify((await page()).list)).not.toContain('any more');
  });

  it('keeps what it held while TMDB is away, and says why it is old', async () => {
    tmdb.isDown = true;
    await sync();
    expect(await titles()).toEqual(numbers(1, 2, 3));
    expect(JSON.stringify((await page()).list)).toContain('TMDB has trouble');
    expect((await call('POST', `/api/lists/${list}/sync`)).status).toBe(502);
  });

  it('is changed there, not here', async () => {
    const [first] = (await page()).items;
    const item = `/api/lists/${list}/items/${first?.media.id ?? ''}`;
    expect((await call('PUT', item, { note: 'x' })).status).toBe(409);
    expect((await call('DELETE', item)).status).toBe(409);
  });

  it('is the same list when it is followed twice, and as many as people follow it', async () => {
    const again = await call('POST', '/api/lists', { tmdbList: '8527' });
    expect(again.body['id']).toBe(list);
    const bob = await kinora.signIn('bob', 'correct horse', 'user');
    const other = await call('POST', '/api/lists', { tmdbList: '8527' }, bob.token);
    expect(other.body['id']).not.toBe(list);
  });

  it('refuses what names no list', async () => {
    for (const tmdbList of ['https://example.org/list/8527', 'movie/19', '', '../8527'])
      expect((await call('POST', '/api/lists', { tmdbList })).status).toBe(400);
  });
});

describe('a list of ones own', () => {
  const ids: string[] = [];
  const put = (at: number, body: Json) => call('PUT', `/api/lists/${list}/items/${ids[at] ?? ''}`, body);
  beforeEach(async () => {
    const stored = await kinora.movies.upsertMany(
      Array.from({ length: 12 }, (_, n) => ({ tmdbId: n, title: `Film ${n}` })),
    );
    ids.splice(0, ids.length, ...stored.map(({ id }) => id));
    list = String((await call('POST', '/api/lists', { name: 'Sundays' })).body['id']);
  });

  it('keeps the order it is given, whatever is moved where (property)', async () => {
    const move = fc.record({
      at: fc.nat({ max: 11 }),
      index: fc.nat({ max: 13 }),
      takeOff: fc.nat({ max: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 25 }), async (moves) => {
        let expected: number[] = [];
        for (const { at, index, takeOff } of moves) {
          const rest = expected.filter((one) => one !== at);
          if (takeOff === 0) {
            const { status } = await call('DELETE', `/api/lists/${list}/items/${ids[at] ?? ''}`);
            expect(status).toBe(expected.includes(at) ? 204 : 404);
            expected = rest;
          } else {
            await put(at, { index });
            rest.splice(index, 0, at);
            expected = rest;
          }
        }
        expect(await titles()).toEqual(numbers(...expected));
        for (const at of expected) await call('DELETE', `/api/lists/${list}/items/${ids[at] ?? ''}`);
      }),
      { numRuns: 12 },
    );
  }, 60_000);

  it('never runs out of room between two, and pages hold each title once', async () => {
    await put(0, {});
    await put(1, {});
    // Always into the same gap: it is halved until there is none, then made anew.
    for (let round = 0; round < 30; round += 1) await put(2 + (round % 9), { index: 1 });
    const seen: string[] = [];
    for (let at = 1; at <= 4; at += 1) {
      const { body } = await call('GET', `/api/lists/${list}?page=${at}&pageSize=3`);
      seen.push(...(body['items'] as { media: { id: string } }[]).map(({ media }) => media.id));
    }
    expect(new Set(seen).size).toBe(11);
    expect(seen).toHaveLength(11);
    expect(seen[0]).toBe(ids[0]);
    expect(seen.at(-1)).toBe(ids[1]);
  });

  it('keeps a note through moves, and lets it be changed and emptied', async () => {
    await put(0, { note: 'with Ada' });
    await put(1, {});
    await put(0, { index: 1 });
    const notes = async () => (await page()).items.map(({ note }) => note);
    expect(await notes()).toEqual(['', 'with Ada']);
    await put(0, { note: '' });
    expect(await notes()).toEqual(['', '']);
  });

  it('is seen by the household when it is shared, changed by its owner alone, and gone when it is not', async () => {
    await put(0, { note: 'for all' });
    const bob = await kinora.signIn('bob', 'correct horse', 'user');
    const seenByBob = async () =>
      (await kinora.request('GET', `/api/lists/${list}`, { token: bob.token })).status;
    expect(await seenByBob()).toBe(404);
    await call('PATCH', `/api/lists/${list}`, { shared: true });
    expect(await seenByBob()).toBe(200);
    expect((await page(list, bob.token)).items).toMatchObject([{ note: 'for all' }]);
    for (const [method, path, body] of [
      ['PUT', `/api/lists/${list}/items/${ids[1] ?? ''}`, {}],
      ['DELETE', `/api/lists/${list}/items/${ids[0] ?? ''}`, undefined],
      ['PATCH', `/api/lists/${list}`, { name: 'Mine' }],
      ['DELETE', `/api/lists/${list}`, undefined],
    ] as const)
      expect([method, (await call(method, path, body, bob.token)).status]).toEqual([method, 404]);
    await call('PATCH', `/api/lists/${list}`, { shared: false });
    expect(await seenByBob()).toBe(404);
  });
});
