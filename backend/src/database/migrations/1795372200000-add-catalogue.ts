import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ageOfCertification } from '../../entities/age-rating.js';
import { fold, slug } from '../../entities/fold.js';

interface KnownMovie {
  id: string;
  title: string;
  originalTitle: string;
  originalLanguage: string | null;
  year: number | null;
  releaseDate: string | null;
  rating: number | null;
  voteCount: number;
  certification: string | null;
  genres: string;
}

/** Series, people, lists, translations, and the card index that finds titles. Films known so far get their cards. */
export class AddCatalogue1795372200000 implements MigrationInterface {
  readonly name = 'AddCatalogue1795372200000';

  async up(runner: QueryRunner): Promise<void> {
    for (const column of movieColumns) await runner.query(`ALTER TABLE "movies" ADD COLUMN ${column}`);
    await runner.query(`CREATE INDEX "movies_details_fetched" ON "movies" ("detailsFetchedAt") `);
    for (const statement of up) await runner.query(statement);
    await fileKnownMovies(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of down) await runner.query(`DROP TABLE "${table}"`);
    await runner.query(`DROP INDEX "movies_details_fetched"`);
    for (const column of movieColumns) {
      await runner.query(`ALTER TABLE "movies" DROP COLUMN ${column.split(' ')[0] ?? ''}`);
    }
  }
}

/** The words of `titles`, by number; and all words there are, cut in threes (`0` marks the edges of a word), to find what was meant by a mistyped one. */
const wordTables = [
  `CREATE VIRTUAL TABLE "title_words" USING fts5(words, content='', contentless_delete=1, detail=none, prefix='2 3', tokenize='unicode61 remove_diacritics 0')`,
  `CREATE TABLE "title_dictionary" ("number" integer PRIMARY KEY NOT NULL, "word" varchar(64) NOT NULL)`,
  `CREATE UNIQUE INDEX "title_dictionary_word" ON "title_dictionary" ("word")`,
  `CREATE VIRTUAL TABLE "title_spellings" USING fts5(word, content='', contentless_delete=1, detail=none, tokenize='trigram')`,
];

const movieColumns = [
  '"minimumAge" integer',
  '"popularity" real',
  '"videos" text',
  '"licenseUrl" varchar(512)',
  '"mergedIntoId" varchar(64)',
  '"goneAt" bigint',
];

const up = [
  `CREATE TABLE "shows" (
    "id" varchar(64) PRIMARY KEY NOT NULL,
    "tmdbId" integer,
    "imdbId" varchar(16),
    "tvdbId" integer,
    "title" varchar(512) NOT NULL,
    "originalTitle" varchar(512) NOT NULL,
    "originalLanguage" varchar(16),
    "year" integer,
    "releaseDate" varchar(10),
    "lastAirDate" varchar(10),
    "nextAirDate" varchar(10),
    "status" varchar(32),
    "overview" text NOT NULL,
    "tagline" text NOT NULL,
    "runtimeSeconds" integer,
    "posterPath" varchar(1024),
    "backdropPath" varchar(1024),
    "rating" real,
    "voteCount" integer NOT NULL,
    "certification" varchar(32),
    "minimumAge" integer,
    "popularity" real,
    "genres" text NOT NULL,
    "creators" text NOT NULL,
    "networks" text NOT NULL,
    "cast" text NOT NULL,
    "videos" text,
    "lastEpisode" text,
    "nextEpisode" text,
    "seasonCount" integer,
    "episodeCount" integer,
    "goneAt" bigint,
    "detailsFetchedAt" bigint,
    "createdAt" bigint NOT NULL,
    "updatedAt" bigint NOT NULL
  )`,
  `CREATE UNIQUE INDEX "shows_tmdb_id" ON "shows" ("tmdbId")`,
  `CREATE UNIQUE INDEX "shows_imdb_id" ON "shows" ("imdbId")`,
  `CREATE UNIQUE INDEX "shows_tvdb_id" ON "shows" ("tvdbId")`,
  `CREATE INDEX "shows_details_fetched" ON "shows" ("detailsFetchedAt")`,
  `CREATE INDEX "shows_next_air_date" ON "shows" ("nextAirDate", "id")`,
  `CREATE TABLE "seasons" (
    "id" varchar(64) PRIMARY KEY NOT NULL,
    "showId" varchar(64) NOT NULL,
    "number" integer NOT NULL,
    "tmdbId" integer,
    "title" varchar(512) NOT NULL,
    "overview" text NOT NULL,
    "airDate" varchar(10),
    "posterPath" varchar(1024),
    "episodeCount" integer NOT NULL,
    "episodesFetchedAt" bigint,
    CONSTRAINT "seasons_show_fk" FOREIGN KEY ("showId") REFERENCES "shows" ("id") ON DELETE CASCADE ON UPDATE NO ACTION
  )`,
  `CREATE UNIQUE INDEX "seasons_tmdb_id" ON "seasons" ("tmdbId")`,
  `CREATE UNIQUE INDEX "seasons_show_number" ON "seasons" ("showId", "number")`,
  `CREATE TABLE "episodes" (
    "id" varchar(64) PRIMARY KEY NOT NULL,
    "showId" varchar(64) NOT NULL,
    "seasonNumber" integer NOT NULL,
    "number" integer NOT NULL,
    "tmdbId" integer,
    "title" varchar(512) NOT NULL,
    "overview" text NOT NULL,
    "airDate" varchar(10),
    "runtimeSeconds" integer,
    "stillPath" varchar(1024),
    "rating" real,
    "kind" varchar(32),
    CONSTRAINT "episodes_show_fk" FOREIGN KEY ("showId") REFERENCES "shows" ("id") ON DELETE CASCADE ON UPDATE NO ACTION
  )`,
  `CREATE UNIQUE INDEX "episodes_tmdb_id" ON "episodes" ("tmdbId")`,
  `CREATE UNIQUE INDEX "episodes_place" ON "episodes" ("showId", "seasonNumber", "number")`,
  `CREATE TABLE "people" (
    "id" varchar(64) PRIMARY KEY NOT NULL,
    "tmdbId" integer,
    "name" varchar(200) NOT NULL,
    "biography" text NOT NULL,
    "birthday" varchar(10),
    "deathday" varchar(10),
    "birthplace" varchar(200),
    "knownFor" varchar(64),
    "profilePath" varchar(1024),
    "detailsFetchedAt" bigint,
    "updatedAt" bigint NOT NULL
  )`,
  `CREATE UNIQUE INDEX "people_tmdb_id" ON "people" ("tmdbId")`,
  `CREATE TABLE "credits" (
    "id" varchar(64) PRIMARY KEY NOT NULL,
    "mediaId" varchar(64) NOT NULL,
    "personId" varchar(64) NOT NULL,
    "kind" varchar(8) NOT NULL,
    "position" integer NOT NULL,
    "role" varchar(300) NOT NULL,
    CONSTRAINT "credits_person_fk" FOREIGN KEY ("personId") REFERENCES "people" ("id") ON DELETE CASCADE ON UPDATE NO ACTION
  )`,
  `CREATE INDEX "credits_person" ON "credits" ("personId")`,
  `CREATE UNIQUE INDEX "credits_place" ON "credits" ("mediaId", "kind", "position")`,
  `CREATE TABLE "genres" (
    "id" varchar(64) PRIMARY KEY NOT NULL,
    "name" varchar(100) NOT NULL,
    "tmdbMovieId" integer,
    "tmdbShowId" integer
  )`,
  `CREATE UNIQUE INDEX "genres_tmdb_movie_id" ON "genres" ("tmdbMovieId")`,
  `CREATE UNIQUE INDEX "genres_tmdb_show_id" ON "genres" ("tmdbShowId")`,
  `CREATE TABLE "translations" (
    "mediaId" varchar(64) NOT NULL,
    "language" varchar(16) NOT NULL,
    "title" varchar(512) NOT NULL,
    "overview" text NOT NULL,
    "tagline" text NOT NULL,
    "genres" text NOT NULL,
    "posterPath" varchar(1024),
    "detailsFetchedAt" bigint,
    PRIMARY KEY ("mediaId", "language")
  )`,
  `CREATE TABLE "certifications" (
    "mediaId" varchar(64) NOT NULL,
    "country" varchar(2) NOT NULL,
    "rating" varchar(32) NOT NULL,
    PRIMARY KEY ("mediaId", "country")
  )`,
  `CREATE TABLE "titles" (
    "number" integer PRIMARY KEY NOT NULL,
    "mediaId" varchar(64) NOT NULL,
    "type" varchar(8) NOT NULL,
    "name" varchar(512) NOT NULL,
    "words" text NOT NULL,
    "popularity" real NOT NULL,
    "rating" real NOT NULL,
    "releaseDate" varchar(10) NOT NULL,
    "year" integer,
    "language" varchar(16),
    "minimumAge" integer,
    "isArchived" integer NOT NULL
  )`,
  `CREATE UNIQUE INDEX "titles_media" ON "titles" ("mediaId")`,
  `CREATE INDEX "titles_public_domain" ON "titles" ("isArchived", "popularity", "number")`,
  `CREATE INDEX "titles_type_name" ON "titles" ("type", "name", "number")`,
  `CREATE INDEX "titles_name" ON "titles" ("name", "number")`,
  `CREATE INDEX "titles_type_release" ON "titles" ("type", "releaseDate", "number")`,
  `CREATE INDEX "titles_release" ON "titles" ("releaseDate", "number")`,
  `CREATE INDEX "titles_type_rating" ON "titles" ("type", "rating", "number")`,
  `CREATE INDEX "titles_rating" ON "titles" ("rating", "number")`,
  `CREATE INDEX "titles_type_popularity" ON "titles" ("type", "popularity", "number")`,
  `CREATE INDEX "titles_popularity" ON "titles" ("popularity", "number")`,
  `CREATE TABLE "title_genres" (
    "number" integer NOT NULL,
    "genreId" varchar(64) NOT NULL,
    "type" varchar(8) NOT NULL,
    "popularity" real NOT NULL,
    PRIMARY KEY ("number", "genreId")
  )`,
  `CREATE INDEX "title_genres_type" ON "title_genres" ("genreId", "type", "popularity", "number")`,
  `CREATE INDEX "title_genres_popularity" ON "title_genres" ("genreId", "popularity", "number")`,
  `CREATE TABLE "lists" (
    "id" varchar(64) PRIMARY KEY NOT NULL,
    "ownerId" varchar(64) NOT NULL,
    "kind" varchar(16) NOT NULL,
    "key" varchar(160),
    "name" varchar(100) NOT NULL,
    "description" text NOT NULL,
    "isShared" boolean NOT NULL,
    "externalId" varchar(64),
    "syncedAt" bigint,
    "syncMessage" varchar(512),
    "createdAt" bigint NOT NULL,
    "updatedAt" bigint NOT NULL,
    CONSTRAINT "lists_owner_fk" FOREIGN KEY ("ownerId") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE NO ACTION
  )`,
  `CREATE UNIQUE INDEX "lists_key" ON "lists" ("key")`,
  `CREATE INDEX "lists_shared" ON "lists" ("isShared", "createdAt")`,
  `CREATE INDEX "lists_owner" ON "lists" ("ownerId", "createdAt")`,
  `CREATE TABLE "list_items" (
    "listId" varchar(64) NOT NULL,
    "mediaId" varchar(64) NOT NULL,
    "position" integer NOT NULL,
    "note" text NOT NULL,
    "addedAt" bigint NOT NULL,
    CONSTRAINT "list_items_list_fk" FOREIGN KEY ("listId") REFERENCES "lists" ("id") ON DELETE CASCADE ON UPDATE NO ACTION,
    PRIMARY KEY ("listId", "mediaId")
  )`,
  `CREATE INDEX "list_items_media" ON "list_items" ("mediaId")`,
  `CREATE INDEX "list_items_position" ON "list_items" ("listId", "position", "mediaId")`,
  `CREATE TABLE "sync_states" (
    "name" varchar(64) PRIMARY KEY NOT NULL,
    "cursor" varchar(512) NOT NULL,
    "updatedAt" bigint NOT NULL
  )`,
  `CREATE TABLE "title_refreshes" (
    "mediaId" varchar(64) PRIMARY KEY NOT NULL,
    "type" varchar(8) NOT NULL,
    "priority" integer NOT NULL,
    "dueAt" bigint NOT NULL,
    "attempts" integer NOT NULL
  )`,
  `CREATE INDEX "title_refreshes_order" ON "title_refreshes" ("priority", "dueAt", "mediaId")`,
  `CREATE TABLE "home_layouts" (
    "userId" varchar(64) PRIMARY KEY NOT NULL,
    "rows" text NOT NULL,
    CONSTRAINT "home_layouts_user_fk" FOREIGN KEY ("userId") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE NO ACTION
  )`,
  ...wordTables,
];

/** Children before parents; a table takes its indexes along. */
const down = [
  'title_spellings',
  'title_dictionary',
  'title_words',
  'home_layouts',
  'title_refreshes',
  'sync_states',
  'list_items',
  'lists',
  'title_genres',
  'titles',
  'certifications',
  'translations',
  'genres',
  'credits',
  'people',
  'episodes',
  'seasons',
  'shows',
];

async function fileKnownMovies(runner: QueryRunner): Promise<void> {
  const movies = (await runner.query(`SELECT * FROM "movies" ORDER BY "id"`)) as KnownMovie[];
  for (const [index, movie] of movies.entries()) await fileMovie(runner, movie, index + 1);
}

async function fileMovie(runner: QueryRunner, movie: KnownMovie, number: number): Promise<void> {
  const { id, title, originalTitle, originalLanguage, year, releaseDate, rating, voteCount } = movie;
  const words = [...new Set(fold(`${title} ${originalTitle} ${year ?? ''}`).split(' '))];
  const age = ageOfCertification(movie.certification);
  await runner.query(`UPDATE "movies" SET "minimumAge" = ? WHERE "id" = ?`, [age, id]);
  await runner.query(
    `INSERT INTO "titles" ("number", "mediaId", "type", "name", "words", "popularity", "rating", "releaseDate", "year", "language", "minimumAge", "isArchived")
      VALUES (?, ?, 'movie', ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
    [
      number,
      id,
      fold(title),
      ` ${words.join(' ')}`,
      Math.log10(voteCount + 1),
      rating ?? 0,
      releaseDate ?? (year === null ? '' : String(year)),
      year,
      originalLanguage,
      age,
    ],
  );
  await runner.query(`INSERT INTO "title_words" (rowid, words) VALUES (?, ?)`, [number, words.join(' ')]);
  for (const name of JSON.parse(movie.genres) as string[]) {
    const genre = slug(name);
    await runner.query(`INSERT OR IGNORE INTO "genres" ("id", "name") VALUES (?, ?)`, [genre, name]);
    await runner.query(
      `INSERT OR IGNORE INTO "title_genres" ("number", "genreId", "type", "popularity") VALUES (?, ?, 'movie', ?)`,
      [number, genre, Math.log10(voteCount + 1)],
    );
  }
  for (const word of words) {
    if (word.length < 3 || word.length > 32) continue;
    const [known] = (await runner.query(`SELECT "number" FROM "title_dictionary" WHERE "word" = ?`, [
      word,
    ])) as {
      number: number;
    }[];
    if (known) continue;
    await runner.query(`INSERT INTO "title_dictionary" ("word") VALUES (?)`, [word]);
    await runner.query(
      `INSERT INTO "title_spellings" (rowid, word) SELECT "number", '0' || "word" || '0' FROM "title_dictionary" WHERE "word" = ?`,
      [word],
    );
  }
}
