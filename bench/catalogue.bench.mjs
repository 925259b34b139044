// What a page of the catalogue costs in a library of 100,000 titles (a tenth of them series) against one of 100: list, genre, search, whole
// title. Run with: npx tsx --tsconfig backend/tsconfig.json bench/catalogue.bench.mjs [titles]
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Database } from '../backend/src/database/database.js';
import { MovieRepository } from '../backend/src/repositories/movie.repository.js';
import { ShowRepository } from '../backend/src/repositories/show.repository.js';
import { TitleRepository } from '../backend/src/repositories/title.repository.js';

const large = Number(process.argv[2] ?? 100_000);
const syllables = [
  'ka',
  'no',
  'ri',
  'mel',
  'tor',
  'ban',
  'si',
  'ul',
  'ver',
  'gos',
  'pi',
  'dan',
  'lo',
  'fen',
  'ar',
  'qui',
];
const genres = ['Action', 'Comedy', 'Drama', 'Horror', 'Western', 'Animation', 'War', 'Music'];
const word = (n) =>
  syllables[n % 16] + syllables[(n >> 4) % 16] + (n % 3 === 0 ? syllables[(n >> 8) % 16] : '');
const random = (n) => ((n * 2_654_435_761) >>> 0) % 65_536;

function facts(n) {
  const year = 1920 + (random(n) % 105);
  return {
    tmdbId: n + 1,
    title: `${n % 4 === 0 ? 'The ' : ''}${word(random(n))} ${word(random(n * 7 + 1))}`,
    year,
    releaseDate: `${year}-0${1 + (n % 9)}-1${n % 9}`,
    voteCount: random(n * 3) % 5_000,
    rating: 3 + (random(n * 5) % 70) / 10,
    popularity: random(n * 11) % 300,
    originalLanguage: n % 5 === 0 ? 'fr' : 'en',
    overview: 'Something happens to somebody, somewhere. '.repeat(4),
    genres: [genres[n % 8], genres[(n >> 3) % 8]],
  };
}

async function library(size) {
  const folder = await mkdtemp(path.join(tmpdir(), 'kinora-bench-'));
  const file = path.join(folder, 'kinora.sqlite');
  const database = await Database.open(file);
  const movies = new MovieRepository(database);
  const shows = new ShowRepository(database);
  for (let from = 0; from < size; from += 1_000) {
    const rows = Array.from({ length: Math.min(1_000, size - from) }, (_, i) => facts(from + i));
    const cut = Math.ceil(rows.length * 0.9);
    await movies.upsertMany(rows.slice(0, cut));
    await shows.upsertMany(rows.slice(cut));
  }
  return { folder, file, database, movies, titles: new TitleRepository(database) };
}

const page = { page: 1, pageSize: 20 };
const pages = {
  'popular films': ({ titles }) => titles.list({ type: 'movie' }, { sort: 'popularity', ...page }),
  'a genre': ({ titles }, n) =>
    titles.list({ genre: genres[n % 8].toLowerCase() }, { sort: 'popularity', ...page }),
  'a few years by rating': ({ titles }, n) =>
    titles.list(
      { type: 'movie', yearFrom: 1920 + (n % 100), yearTo: 1922 + (n % 100) },
      { sort: 'rating', ...page },
    ),
  'search, a word': ({ titles }, n) => titles.search(word(random(n)), page),
  'search, as typed': ({ titles }, n) => titles.search(word(random(n)).slice(0, 1 + (n % 4)), page),
  'search, mistyped': ({ titles }, n) => titles.search(`${word(random(n)).slice(0, 3)}xz`, page),
  'titles of a row': ({ movies }, n) =>
    movies.findByTmdbIds(Array.from({ length: 20 }, (_, i) => 1 + ((n + i) % 80))),
};

async function measure(made, ask) {
  const times = [];
  for (let n = 0; n < 230; n += 1) {
    const start = performance.now();
    await ask(made, n);
    if (n >= 30) times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return { p50: times[100], p99: times[198] };
}

const startedAt = performance.now();
const small = await library(100);
const big = await library(large);
console.log(
  `${large} titles stored in ${((performance.now() - startedAt) / 1000).toFixed(0)} s, ${((await stat(big.file)).size / 2 ** 20).toFixed(0)} MiB`,
);
for (const [name, ask] of Object.entries(pages)) {
  const [few, many] = [await measure(small, ask), await measure(big, ask)];
  const show = ({ p50, p99 }) => `${p50.toFixed(2)} / ${p99.toFixed(2)} ms`;
  console.log(
    `${name.padEnd(24)} 100: ${show(few)}   ${large}: ${show(many)}   p99 ratio ${(many.p99 / few.p99).toFixed(1)}`,
  );
}
await Promise.all([small, big].map(({ database }) => database.close()));
await Promise.all([small, big].map(({ folder }) => rm(folder, { recursive: true, force: true })));
