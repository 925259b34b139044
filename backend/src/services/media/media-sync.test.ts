import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ProviderUnavailableError } from '../../http-client/http-client.errors.js';
import { silentLogger } from '../../logging/logger.js';
import { JobRepository } from '../../repositories/job.repository.js';
import { openTestDatabase, type TestDatabase } from '../../test-support/database.js';
import { FakeClock } from '../../test-support/fake-clock.js';
import { Cache } from '../../utils/cache/cache.js';
import { memoryStore } from '../../utils/cache/memory-store.js';
import { SchedulerService } from '../scheduler/scheduler.service.js';
import { createCatalogue } from './catalogue.js';
import { createMediaJobs } from './media.jobs.js';
import {
  type ChangedPage,
  type MovieDetails,
  type ShowDetails,
  type TitleSummary,
  UnknowingMetadataProvider,
} from './metadata-provider.port.js';

const hour = 3_600_000;
const day = 24 * hour;
const down = new ProviderUnavailableError({ provider: 'TMDB', fault: 'server-error', detail: 'test' });

const summary = (tmdbId: number, title: string) => ({
  tmdbId,
  imdbId: null,
  title,
  originalTitle: title,
  originalLanguage: 'en',
  year: 2000,
  releaseDate: null,
  overview: 'Something happens.',
  posterPath: null,
  backdropPath: null,
  rating: 7,
  voteCount: 10,
});
const details = { tagline: '', runtimeSeconds: 5_000, certification: 'PG', genres: ['Drama'], cast: [] };

/** A TMDB of three films and one series; every call is counted, and fails while `isDown`. */
class FakeTmdb extends UnknowingMetadataProvider {
  readonly catalogue = 'tmdb';
  readonly rows = [];
  calls: string[] = [];
  isDown = false;
  isEmpty = false;
  changed: Record<string, number[]> = { movie: [], show: [] };
  pages = 1;
  nextAirDate: string | null = null;

  listRow(): Promise<TitleSummary[]> {
    return Promise.resolve([]);
  }
  search() {
    return Promise.resolve({ items: [], page: 1, pageSize: 20, total: 0 });
  }
  findMovie({ tmdbId }: { tmdbId: number | null }): Promise<MovieDetails | null> {
    const told = { ...summary(tmdbId ?? 0, `Film ${tmdbId}`), ...details, openFilmId: null, directors: [] };
    return this.answer(`movie ${tmdbId}`, () => (this.isEmpty ? null : told));
  }
  override findShow({ tmdbId }: { tmdbId: number | null }): Promise<ShowDetails | null> {
    const next = this.nextAirDate;
    return this.answer(`show ${tmdbId}`, () => ({
      ...summary(tmdbId ?? 0, `Series ${tmdbId}`),
      ...details,
      type: 'show',
      tvdbId: null,
      status: 'Returning Series',
      lastAirDate: null,
      creators: [],
      networks: [],
      seasonCount: 1,
      episodeCount: 3,
      lastEpisode: null,
      nextEpisode: next === null ? null : { seasonNumber: 1, number: 3, title: 'Three', airDate: next },
      seasons: [],
    }));
  }
  override listChanged(
    type: 'movie' | 'show',
    { from, to, page }: { from: string; to: string; page: number },
  ): Promise<ChangedPage> {
    const all = this.changed[type] ?? [];
    const share = Math.ceil(all.length / this.pages);
    const tmdbIds = all.slice((page - 1) * share, page * share);
    return this.answer(`changes ${type} ${from} ${to} ${page}`, () => ({ tmdbIds, page, pages: this.pages }));
  }
  private answer<T>(call: string, answer: () => T): Promise<T> {
    this.calls.push(call);
    return this.isDown ? Promise.reject(down) : Promise.resolve(answer());
  }
}

let kept: TestDatabase;
let clock: FakeClock;
let tmdb: FakeTmdb;
let catalogue: ReturnType<typeof createCatalogue>;
let scheduler: SchedulerService;
const signal = new AbortController().signal;

beforeEach(async () => {
  kept = await openTestDatabase();
  clock = new FakeClock();
  tmdb = new FakeTmdb();
  catalogue = createCatalogue({
    database: kept.database,
    provider: tmdb,
    cache: new Cache({ stores: [memoryStore({ maxEntries: 100 })], now: () => clock.now() }),
    logger: silentLogger(),
    now: () => new Date(clock.now()),
  });
  const states = new JobRepository(kept.database);
  const jobs = createMediaJobs(catalogue);
  scheduler = new SchedulerService({ jobs, states, logger: silentLogger(), clock, random: () => 0.5 });
  const films = [1, 2, 3].map((id) => ({ ...summary(id, `Film ${id}`), openFilmId: null }));
  const refs = await catalogue.store.keep([...films, { ...summary(9, 'Series 9'), type: 'show' }], 'en-US');
  // Film 3 has never been opened.
  for (const title of await catalogue.store.load(
    [refs[0], refs[1], refs[3]].flatMap((ref) => ref ?? []),
    'en-US',
  ))
    await catalogue.details.ask(title, { language: 'en-US' });
  tmdb.calls = [];
});
afterEach(async () => {
  await scheduler.stop();
  await kept.dispose();
});
const pass = (ms: number) => clock.advance(ms, () => scheduler.settled());

describe('the changes feed', () => {
  it('refreshes what is stored and was opened, once, however many pages name it', async () => {
    tmdb.changed = { movie: [1, 3, 77, 1], show: [9] };
    tmdb.pages = 2;
    await catalogue.sync.takeChanges(signal);
    await catalogue.refresher.drain(signal);
    expect(tmdb.calls.filter((call) => !call.startsWith('changes')).sort()).toEqual(['movie 1', 'show 9']);
    expect(tmdb.calls.filter((call) => call.startsWith('changes movie'))).toHaveLength(2);
    expect(await catalogue.queue.count()).toBe(0);
  });

  it('goes on where it was, and never asks for more than fourteen days', async () => {
    await catalogue.sync.takeChanges(signal);
    expect(tmdb.calls[0]).toBe('changes movie 2026-11-21 2026-11-22 1');
    await pass(3 * day);
    tmdb.calls = [];
    await catalogue.sync.takeChanges(signal);
    expect(tmdb.calls[0]).toBe('changes movie 2026-11-22 2026-11-25 1');
    await pass(60 * day);
    tmdb.calls = [];
    await catalogue.sync.takeChanges(signal);
    expect(tmdb.calls[0]).toBe('changes movie 2027-01-11 2027-01-24 1');
  });

  it('asks for the same days again after a failure', async () => {
    tmdb.isDown = true;
    await expect(catalogue.sync.takeChanges(signal)).rejects.toBe(down);
    tmdb.isDown = false;
    tmdb.calls = [];
    await catalogue.sync.takeChanges(signal);
    expect(tmdb.calls[0]).toBe('changes movie 2026-11-21 2026-11-22 1');
  });
});

it('a provider that is away or says that it knows nothing takes nothing away, and what waits is tried later', async () => {
  const before = await catalogue.titles.list({}, { sort: 'title', page: 1, pageSize: 20 });
  tmdb.changed = { movie: [1, 2], show: [] };
  await catalogue.sync.takeChanges(signal);
  tmdb.isDown = true;
  await catalogue.refresher.drain(signal);
  expect(await catalogue.queue.count()).toBe(2);
  tmdb.isDown = false;
  tmdb.isEmpty = true;
  clock.advance(2 * hour, () => Promise.resolve()).catch(() => undefined);
  await catalogue.refresher.drain(signal);
  expect(await catalogue.queue.count()).toBe(0);
  expect(await catalogue.titles.list({}, { sort: 'title', page: 1, pageSize: 20 })).toEqual(before);
  const [film] = await catalogue.store.movies.findByTmdbIds([1]);
  expect(film).toMatchObject({ title: 'Film 1', overview: 'Something happens.', runtimeSeconds: 5_000 });
  expect(film?.goneAt).not.toBeNull();
});

it('a day of syncs: each job at its times, the series when its episode is due, nothing twice', async () => {
  tmdb.nextAirDate = '2026-11-22';
  const [show] = await catalogue.store.shows.findByTmdbIds([9]);
  if (!show) throw new Error('no series');
  await catalogue.details.ask(show, { language: 'en-US' });
  tmdb.calls = [];
  await scheduler.start();
  tmdb.nextAirDate = '2026-11-29';
  await pass(day);
  const count = (begin: string) => tmdb.calls.filter((call) => call.startsWith(begin)).length;
  expect(count('changes movie')).toBe(4);
  expect(count('changes show')).toBe(4);
  // Its next episode is due in a week: there is no news until then.
  expect(count('show 9')).toBe(1);
  expect(count('movie')).toBe(0);
  for (const { state } of await scheduler.list()) expect(state.lastOutcome).toBe('ok');
  await pass(7 * day);
  expect(count('show 9')).toBeGreaterThanOrEqual(2);
});
