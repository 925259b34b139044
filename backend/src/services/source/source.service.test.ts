import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Movie } from '../../entities/movie.entity.js';
import { ProviderTimeoutError } from '../../http-client/http-client.errors.js';
import { MovieRepository } from '../../repositories/movie.repository.js';
import { openTestDatabase, type TestDatabase } from '../../test-support/database.js';
import { aRelease } from '../../test-support/releases.js';
import { createTestSources } from '../../test-support/test-sources.js';
import type { FoundRelease, Indexer } from './indexer.port.js';
import { anyViewer, defaultCapabilities } from './source-score.js';

const minute = 60_000;

/** Answers what it is told to, and counts how often it was asked. */
class FakeIndexer implements Indexer {
  asked = 0;
  answer: () => Promise<FoundRelease[]>;

  constructor(
    readonly name: string,
    ...releases: FoundRelease[]
  ) {
    this.answer = () => Promise.resolve(releases);
  }

  search(): Promise<FoundRelease[]> {
    this.asked++;
    return this.answer();
  }

  test(): Promise<string> {
    return Promise.resolve('Answers');
  }

  download(): Promise<null> {
    return Promise.resolve(null);
  }
}

describe('SourceService', () => {
  let test: TestDatabase;
  let movie: Movie;
  let now: number;
  let a: FakeIndexer;
  let b: FakeIndexer;

  const make = (indexers: Indexer[] = [a, b], deadlineMs = 40) =>
    createTestSources(test.database, indexers, { deadlineMs, now: () => new Date(now) }).service;

  beforeAll(async () => {
    test = await openTestDatabase();
  });
  afterAll(() => test.dispose());
  beforeEach(async () => {
    now = Date.now();
    await test.database.write((manager) => manager.query('DELETE FROM movies'));
    const movies = new MovieRepository(test.database);
    const [stored] = await movies.upsertMany([{ title: 'Sintel', year: 2010, imdbId: 'tt1727587' }]);
    if (!stored) throw new Error('not stored');
    movie = stored;
    a = new FakeIndexer(
      'A',
      aRelease(),
      aRelease({ infoHash: 'b'.repeat(40), resolution: '720p', seeders: 0 }),
    );
    b = new FakeIndexer(
      'B',
      aRelease({ seeders: 40 }),
      aRelease({ infoHash: 'c'.repeat(40), videoCodec: 'hevc' }),
    );
  });

  const hashes = (items: { infoHash: string }[]) => items.map(({ infoHash }) => infoHash[0]).join('');
  const fail = () => Promise.reject(new ProviderTimeoutError({ provider: 'B', detail: 'test' }));

  it('asks all indexers, merges what they know and ranks it with reasons', async () => {
    const { items, indexers } = await make().list(movie);
    expect(hashes(items)).toBe('acb');
    expect(items[0]).toMatchObject({
      movieId: movie.id,
      indexer: 'A',
      seeders: 40,
      indexers: ['A', 'B'],
      reasons: ['1080p', 'plays directly', '40 seeders', 'starts in about 2 s'],
    });
    expect(indexers).toEqual([
      expect.objectContaining({ name: 'A', state: 'ok', ok: true, message: null, results: 2 }),
      expect.objectContaining({ name: 'B', state: 'ok', ok: true, message: null, results: 2 }),
    ]);
  });

  it('ranks by what the client can play', async () => {
    const hevcOnly = { ...defaultCapabilities, videoCodecs: ['hevc'] };
    expect(
      hashes((await make().list(movie, { viewer: { ...anyViewer, capabilities: hevcOnly } })).items),
    ).toBe('cab');
  });

  it('shows what the others found when one fails, hangs, or breaks its word', async () => {
    for (const [answer, message] of [
      [fail, 'B did not answer in time. Try again in a moment.'],
      [() => new Promise<never>(() => undefined), 'B did not answer within 0.04 seconds.'],
      [() => Promise.reject(new TypeError('secret internals')), 'Something went wrong while asking it.'],
    ] as const) {
      b.answer = answer;
      const { items, indexers } = await make().list(movie);
      expect(hashes(items)).toBe('ab');
      expect(indexers[1]).toMatchObject({ name: 'B', state: 'failed', ok: false, message });
    }
  });

  it('asks an indexer that answered again after ten minutes, one that failed at once', async () => {
    const service = make();
    b.answer = fail;
    await service.list(movie);
    await service.list(movie);
    expect([a.asked, b.asked]).toEqual([1, 2]);
    now += 10 * minute;
    await service.list(movie);
    expect([a.asked, b.asked]).toEqual([2, 3]);
  });

  it('asks once for many at the same time (F10)', async () => {
    const service = make();
    await Promise.all(Array.from({ length: 20 }, () => service.list(movie)));
    expect(a.asked).toBe(1);
  });

  it('serves what is stored, under the same ids, when every indexer fails (F01)', async () => {
    const before = await make().list(movie);
    a.answer = b.answer = fail;
    const { items, indexers } = await make().list(movie);
    expect(items.map(({ id }) => id)).toEqual(before.items.map(({ id }) => id));
    expect(indexers.every(({ ok }) => !ok)).toBe(true);
  });

  it('drops what no indexer has shown for a month, and what came from one that is off now', async () => {
    await make().list(movie);
    expect(hashes((await make([b]).list(movie)).items)).not.toContain('b');
    a.answer = b.answer = () => Promise.resolve([]);
    now += 31 * 24 * 60 * minute;
    expect((await make().list(movie)).items).toEqual([]);
  });

  it('has an empty list, not a failure, for a film nobody offers or without any indexer', async () => {
    expect(await make([]).list(movie)).toEqual({
      items: [],
      indexers: [],
      refused: [],
      notes: [],
      isDone: true,
    });
  });

  it('gives a source by its id, and its absence', async () => {
    const service = make();
    const [best] = (await service.list(movie)).items;
    expect(await service.getSource(best?.id ?? '')).toMatchObject({
      infoHash: 'a'.repeat(40),
      movieId: movie.id,
    });
    await expect(service.getSource('nope')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('shows each answer as it comes, and what is known before any', async () => {
    await make([a]).list(movie);
    now += 10 * minute;
    let release = (_: FoundRelease[]): void => undefined;
    b.answer = () => new Promise((resolve) => (release = resolve));
    const service = make([a, b], 10_000);
    const seen: { hashes: string; states: string; isDone: boolean }[] = [];
    for await (const { items, indexers, isDone } of service.watch(movie)) {
      seen.push({ hashes: hashes(items), states: indexers.map(({ state }) => state).join(), isDone });
      if (indexers[0]?.state === 'ok' && !isDone)
        release([aRelease({ infoHash: 'd'.repeat(40), seeders: 900 })]);
    }
    expect(seen[0]).toEqual({ hashes: 'ab', states: 'asking,asking', isDone: false });
    expect(seen).toContainEqual({ hashes: 'ab', states: 'ok,asking', isDone: false });
    expect(seen.at(-1)).toEqual({ hashes: 'dab', states: 'ok,ok', isDone: true });
  });

  it('does not keep a player waiting for a slow indexer when there is something to play', async () => {
    b.answer = () => new Promise(() => undefined);
    const { items, isDone } = await make([a, b], 60_000).list(movie, { patienceMs: 200 });
    expect([hashes(items), isDone]).toEqual(['ab', false]);
  });

  it('offers no other title, and says why', async () => {
    a.answer = () =>
      Promise.resolve([
        aRelease({ title: 'Charade.1963.1080p.BluRay.x264' }),
        aRelease({ infoHash: 'e'.repeat(40) }),
      ]);
    const { items, refused, indexers } = await make([a]).list(movie);
    expect(hashes(items)).toBe('e');
    expect(refused).toEqual([
      { title: 'Charade.1963.1080p.BluRay.x264', indexer: 'A', reason: 'another title by its name' },
    ]);
    expect(indexers[0]?.results).toBe(1);
  });

  it('ends the wait of a caller who has left', async () => {
    await expect(make().list(movie, { signal: AbortSignal.abort(new Error('left')) })).rejects.toThrow(
      'left',
    );
  });
});
