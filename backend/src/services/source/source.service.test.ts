import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Movie } from '../../entities/movie.entity.js';
import { ProviderTimeoutError } from '../../http-client/http-client.errors.js';
import { silentLogger } from '../../logging/logger.js';
import { MovieRepository } from '../../repositories/movie.repository.js';
import { SourceRepository } from '../../repositories/source.repository.js';
import { openTestDatabase, type TestDatabase } from '../../test-support/database.js';
import { aRelease } from '../../test-support/releases.js';
import { Cache } from '../../utils/cache/cache.js';
import { memoryStore } from '../../utils/cache/memory-store.js';
import { SourceService } from './source.service.js';
import { defaultCapabilities } from './source-score.js';
import type { FoundRelease, Tracker } from './tracker.port.js';

const minute = 60_000;

/** Answers what it is told to, and counts how often it was asked. */
class FakeTracker implements Tracker {
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
}

describe('SourceService', () => {
  let test: TestDatabase;
  let movie: Movie;
  let now: number;
  let a: FakeTracker;
  let b: FakeTracker;

  const make = (trackers: Tracker[] = [a, b]) =>
    new SourceService({
      trackers,
      sources: new SourceRepository(test.database, () => new Date(now)),
      cache: new Cache({ stores: [memoryStore({ maxEntries: 100 })], now: () => now }),
      logger: silentLogger(),
      deadlineMs: 40,
      now: () => new Date(now),
    });

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
    a = new FakeTracker(
      'A',
      aRelease(),
      aRelease({ infoHash: 'b'.repeat(40), resolution: '720p', seeders: 0 }),
    );
    b = new FakeTracker(
      'B',
      aRelease({ seeders: 40 }),
      aRelease({ infoHash: 'c'.repeat(40), videoCodec: 'hevc' }),
    );
  });

  const hashes = (items: { infoHash: string }[]) => items.map(({ infoHash }) => infoHash[0]).join('');
  const fail = () => Promise.reject(new ProviderTimeoutError({ provider: 'B', detail: 'test' }));

  it('asks all indexers, merges what they know and ranks it with reasons', async () => {
    const { items, indexers } = await make().listForMovie(movie);
    expect(hashes(items)).toBe('acb');
    expect(items[0]).toMatchObject({
      movieId: movie.id,
      indexer: 'A',
      seeders: 40,
      reasons: ['1080p', 'plays directly in this browser', '40 seeders'],
    });
    expect(indexers).toEqual([
      { name: 'A', ok: true, message: null },
      { name: 'B', ok: true, message: null },
    ]);
  });

  it('ranks by what the client can play', async () => {
    const hevcOnly = { ...defaultCapabilities, videoCodecs: ['hevc'] };
    expect(hashes((await make().listForMovie(movie, { capabilities: hevcOnly })).items)).toBe('cab');
  });

  it('shows what the others found when one fails, hangs, or breaks its word', async () => {
    for (const [answer, message] of [
      [fail, 'B did not answer in time. Try again in a moment.'],
      [() => new Promise<never>(() => undefined), 'B did not answer within 0.04 seconds.'],
      [() => Promise.reject(new TypeError('secret internals')), 'Something went wrong while asking it.'],
    ] as const) {
      b.answer = answer;
      const { items, indexers } = await make().listForMovie(movie);
      expect(hashes(items)).toBe('ab');
      expect(indexers[1]).toEqual({ name: 'B', ok: false, message });
    }
  });

  it('asks an indexer that answered again after ten minutes, one that failed at once', async () => {
    const service = make();
    b.answer = fail;
    await service.listForMovie(movie);
    await service.listForMovie(movie);
    expect([a.asked, b.asked]).toEqual([1, 2]);
    now += 10 * minute;
    await service.listForMovie(movie);
    expect([a.asked, b.asked]).toEqual([2, 3]);
  });

  it('asks once for many at the same time (F10)', async () => {
    const service = make();
    await Promise.all(Array.from({ length: 20 }, () => service.listForMovie(movie)));
    expect(a.asked).toBe(1);
  });

  it('serves what is stored, under the same ids, when every indexer fails (F01)', async () => {
    const before = await make().listForMovie(movie);
    a.answer = b.answer = fail;
    const { items, indexers } = await make().listForMovie(movie);
    expect(items.map(({ id }) => id)).toEqual(before.items.map(({ id }) => id));
    expect(indexers.every(({ ok }) => !ok)).toBe(true);
  });

  it('drops what no indexer has shown for a month, and what came from one that is off now', async () => {
    await make().listForMovie(movie);
    expect(hashes((await make([b]).listForMovie(movie)).items)).not.toContain('b');
    a.answer = b.answer = () => Promise.resolve([]);
    now += 31 * 24 * 60 * minute;
    expect((await make().listForMovie(movie)).items).toEqual([]);
  });

  it('has an empty list, not a failure, for a film nobody offers or without any indexer', async () => {
    expect(await make([]).listForMovie(movie)).toEqual({ items: [], indexers: [] });
  });

  it('gives a source by its id, and its absence', async () => {
    const service = make();
    const [best] = (await service.listForMovie(movie)).items;
    expect(await service.getSource(best?.id ?? '')).toMatchObject({
      infoHash: 'a'.repeat(40),
      movieId: movie.id,
      score: best?.score,
    });
    await expect(service.getSource('nope')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('ends the wait of a caller who has left', async () => {
    await expect(
      make().listForMovie(movie, { signal: AbortSignal.abort(new Error('left')) }),
    ).rejects.toThrow('left');
  });
});
