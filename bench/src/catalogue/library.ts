import type { EntityManager } from 'typeorm';
import { Database } from '../../../backend/dist/database/database.js';
import { storeWithin } from '../../../backend/dist/database/store.js';
import { newId } from '../../../backend/dist/entities/id.js';
import { MovieRepository } from '../../../backend/dist/repositories/movie.repository.js';
import { ShowRepository } from '../../../backend/dist/repositories/show.repository.js';

const syllables = 'ka no ri mel tor ban si ul ver gos pi dan lo fen ar qui'.split(' ');
const genres = ['Action', 'Comedy', 'Drama', 'Horror', 'Western', 'Animation', 'War', 'Music'];
const languages = ['en', 'en', 'en', 'en', 'fr', 'de', 'it', 'ja'];
const ages = [null, 0, 6, 12, 16, 18];
/** Titles of which each tenth is a series. */
const seasonsEach = 2;
const episodesEach = 8;
/** For a hundred titles. */
const peopleShare = 40;
const creditsEach = 8;
const atOnce = 1_000;

/** The same number for the same number, without a pattern. 0 to 65,535. */
export function mixed(n: number): number {
  return ((n * 2_654_435_761) >>> 0) % 65_536;
}

/** Two or three syllables; some words are in thousands of titles, most in a few. */
export function word(n: number): string {
  const third = n % 3 === 0 ? (syllables[(n >> 8) % 16] ?? '') : '';
  return `${syllables[n % 16] ?? ''}${syllables[(n >> 4) % 16] ?? ''}${third}`;
}

export function factsOf(n: number) {
  const year = 1920 + (mixed(n) % 105);
  return {
    tmdbId: n + 1,
    title: `${n % 4 === 0 ? 'The ' : ''}${word(mixed(n))} ${word(mixed(n * 7 + 1))}`,
    year,
    releaseDate: `${year}-0${1 + (n % 9)}-1${n % 9}`,
    voteCount: mixed(n * 3) % 5_000,
    rating: 3 + (mixed(n * 5) % 70) / 10,
    popularity: mixed(n * 11) % 300,
    originalLanguage: n % 1_000 === 7 ? 'is' : (languages[mixed(n * 13) % 8] ?? 'en'),
    minimumAge: ages[mixed(n * 17) % 6] ?? null,
    overview: 'Something happens to somebody, somewhere, and nobody is the same. '.repeat(4),
    genres: [genres[n % 8] ?? 'Drama', genres[(n >> 3) % 8] ?? 'War'],
    detailsFetchedAt: new Date(),
  };
}

export interface Library {
  movieIds: string[];
  showIds: string[];
  personIds: string[];
  listId: string;
}

/** Fills the database of a server that is not running, all in one transaction. */
export async function fillLibrary(file: string, size: number): Promise<Library> {
  const database = await Database.open(file);
  try {
    return await database.write((manager) => fill(manager, size));
  } finally {
    await database.close();
  }
}

async function fill(manager: EntityManager, size: number): Promise<Library> {
  const store = storeWithin(manager);
  const movies = new MovieRepository(store);
  const shows = new ShowRepository(store);
  const personIds = Array.from({ length: Math.ceil((size * peopleShare) / 100) }, () => newId());
  await insert(
    manager,
    'people',
    personIds.map((id, n) => ({
      id,
      tmdbId: n + 1,
      name: `${word(n)} ${word(n * 31)}`,
      biography: '',
      updatedAt: 0,
    })),
  );
  const movieIds: string[] = [];
  const showIds: string[] = [];
  for (let from = 0; from < size; from += atOnce) {
    const rows = Array.from({ length: Math.min(atOnce, size - from) }, (_, at) => factsOf(from + at));
    const films = rows.filter(({ tmdbId }) => tmdbId % 10 !== 0);
    const series = rows.filter(({ tmdbId }) => tmdbId % 10 === 0);
    const free = (tmdbId: number) => (mixed(tmdbId) % 20 === 0 ? { archiveId: `item-${tmdbId}` } : {});
    const storedFilms = await movies.upsertMany(films.map((row) => ({ ...row, ...free(row.tmdbId) })));
    const storedSeries = await shows.upsertMany(series.map((row) => ({ ...row, status: 'Ended' })));
    await addEpisodes(
      manager,
      storedSeries.map(({ id }) => id),
      from,
    );
    const some = [...storedFilms.slice(0, atOnce / 10), ...storedSeries];
    await addCredits(
      manager,
      from,
      some.map(({ id }) => id),
      personIds,
    );
    movieIds.push(...storedFilms.map(({ id }) => id));
    showIds.push(...storedSeries.map(({ id }) => id));
  }
  return { movieIds, showIds, personIds, listId: await addList(manager, movieIds) };
}

async function addEpisodes(manager: EntityManager, showIds: readonly string[], from: number): Promise<void> {
  const now = Date.now();
  const numbers = (count: number) => Array.from({ length: count }, (_, at) => at + 1);
  const common = { overview: 'They meet again. '.repeat(6), airDate: '2001-01-01' };
  await insert(
    manager,
    'seasons',
    showIds.flatMap((showId) =>
      numbers(seasonsEach).map((number) => ({
        ...{ id: newId(), showId, number, title: `Season ${number}`, ...common },
        ...{ episodeCount: episodesEach, episodesFetchedAt: now },
      })),
    ),
  );
  await insert(
    manager,
    'episodes',
    showIds.flatMap((showId, at) =>
      numbers(seasonsEach).flatMap((seasonNumber) =>
        numbers(episodesEach).map((number) => ({
          ...{ id: newId(), showId, seasonNumber, number, title: `${word(from + at)} ${number}`, ...common },
          runtimeSeconds: 2_700,
        })),
      ),
    ),
  );
}

async function addCredits(
  manager: EntityManager,
  from: number,
  mediaIds: readonly string[],
  personIds: readonly string[],
): Promise<void> {
  const rows = mediaIds.flatMap((mediaId, at) =>
    Array.from({ length: creditsEach }, (_, position) => ({
      ...{ id: newId(), mediaId, kind: 'cast', position, role: 'Somebody' },
      personId: personIds[mixed(from + at * 8 + position) % personIds.length] ?? '',
    })),
  );
  await insert(manager, 'credits', rows);
}

/** Shared, so that whoever signs in sees it. */
async function addList(manager: EntityManager, movieIds: readonly string[]): Promise<string> {
  const [owner] = await manager.query<{ id: string }[]>('SELECT id FROM users LIMIT 1');
  const times = { createdAt: Date.now(), updatedAt: Date.now() };
  const list = { id: newId(), ownerId: owner?.id ?? '', kind: 'own', name: 'Many films', description: '' };
  await insert(manager, 'lists', [{ ...list, isShared: 1, ...times }]);
  const listed = movieIds.filter((_, at) => at % Math.ceil(movieIds.length / 90) === 0);
  await insert(
    manager,
    'list_items',
    listed.map((mediaId, at) => ({ listId: list.id, mediaId, position: at * 1_024, note: '', addedAt: 0 })),
  );
  return list.id;
}

async function insert(
  manager: EntityManager,
  table: string,
  rows: readonly Record<string, string | number>[],
): Promise<void> {
  const names = Object.keys(rows[0] ?? {});
  const most = Math.floor(30_000 / Math.max(1, names.length));
  for (let from = 0; from < rows.length; from += most) {
    const some = rows.slice(from, from + most);
    const marks = some.map(() => `(${names.map(() => '?').join(', ')})`).join(', ');
    await manager.query(
      `INSERT INTO "${table}" (${names.map((name) => `"${name}"`).join(', ')}) VALUES ${marks}`,
      some.flatMap((row) => names.map((name) => row[name])),
    );
  }
}
