import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Movie } from '../entities/movie.entity.js';
import { openTestDatabase, type TestDatabase } from '../test-support/database.js';
import { MovieRepository } from './movie.repository.js';
import { type SourceFacts, SourceRepository } from './source.repository.js';

let opened: TestDatabase;
let sources: SourceRepository;
let movieId: string;
let clock = Date.UTC(2026, 0, 1);

beforeEach(async () => {
  opened = await openTestDatabase();
  sources = new SourceRepository(opened.database, () => new Date(clock));
  const [movie] = await new MovieRepository(opened.database).upsertMany([{ tmdbId: 45745, title: 'Sintel' }]);
  movieId = String(movie?.id);
});

afterEach(() => opened.dispose());

test('a search keeps ids by info-hash, refreshes what it saw and keeps what it did not see', async () => {
  const [a, b] = await sources.takeIn({ kind: 'movie', id: movieId }, [facts('a'), facts('b')]);
  const earlier = new Date(clock);
  clock += 3_600_000;
  await sources.takeIn({ kind: 'movie', id: movieId }, [
    facts('b', { seeders: 7 }),
    facts('c'),
    facts('c', { title: 'again' }),
  ]);

  const stored = new Map(
    (await sources.listFor({ kind: 'movie', id: movieId })).map((source) => [source.infoHash[0], source]),
  );
  expect(stored.size).toBe(3);
  expect(stored.get('a')).toMatchObject({ id: a?.id, lastSeenAt: earlier });
  expect(stored.get('b')).toMatchObject({
    id: b?.id,
    seeders: 7,
    firstSeenAt: earlier,
    lastSeenAt: new Date(clock),
  });
  expect(stored.get('c')?.title).not.toBe('again');
  expect(await sources.findById(String(b?.id))).toEqual(stored.get('b'));
});

test('sizes beyond 32 bits come back as numbers', async () => {
  await sources.takeIn({ kind: 'movie', id: movieId }, [facts('a', { sizeBytes: 78_450_000_000 })]);
  expect((await sources.listFor({ kind: 'movie', id: movieId }))[0]?.sizeBytes).toBe(78_450_000_000);
});

test('they go with their film', async () => {
  await sources.takeIn({ kind: 'movie', id: movieId }, [facts('a')]);
  await opened.database.write((manager) => manager.delete(Movie, { id: movieId }));
  expect(await sources.listFor({ kind: 'movie', id: movieId })).toEqual([]);
});

test('an episode has sources of its own, also of a torrent that a film has', async () => {
  await sources.takeIn({ kind: 'movie', id: movieId }, [facts('a')]);
  const [source] = await sources.takeIn({ kind: 'episode', id: 'e1' }, [facts('a')]);
  expect(source).toMatchObject({ movieId: null, episodeId: 'e1' });
  expect(await sources.listFor({ kind: 'episode', id: 'e1' })).toHaveLength(1);
  expect(await sources.listByInfoHash('a'.repeat(40))).toHaveLength(2);
});

test('what trackers counted stands for a while over what indexers say', async () => {
  const title = { kind: 'movie', id: movieId } as const;
  await sources.takeIn(title, [facts('a', { seeders: 1 })]);
  await sources.setCounts([{ infoHash: 'a'.repeat(40), seeders: 90, leechers: 4 }]);
  clock += 60_000;
  await sources.takeIn(title, [facts('a', { seeders: 100 })], 3_600_000);
  expect((await sources.listFor(title))[0]?.seeders).toBe(90);
  clock += 3_600_000;
  await sources.takeIn(title, [facts('a', { seeders: 100 })], 3_600_000);
  expect((await sources.listFor(title))[0]?.seeders).toBe(100);
});

test('what was not seen for long is forgotten', async () => {
  const title = { kind: 'movie', id: movieId } as const;
  await sources.takeIn(title, [facts('a')]);
  clock += 1_000;
  await sources.takeIn(title, [facts('b')]);
  expect(await sources.forgetUnseenSince(new Date(clock))).toBe(1);
  expect((await sources.listFor(title)).map(({ infoHash }) => infoHash[0])).toEqual(['b']);
});

function facts(letter: string, overrides: Partial<SourceFacts> = {}): SourceFacts {
  return {
    infoHash: letter.repeat(40),
    indexer: 'yts',
    title: `Sintel.2010.1080p.${letter}`,
    resolution: '1080p',
    videoCodec: 'h264',
    audioCodec: null,
    audioChannels: null,
    releaseType: null,
    sizeBytes: 1_000,
    seeders: null,
    leechers: null,
    indexers: ['yts'],
    links: [],
    announce: [],
    webSeeds: [],
    uploadedAt: null,
    ...overrides,
  };
}
