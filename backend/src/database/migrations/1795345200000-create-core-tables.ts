import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts, sessions, films, their sources, kept torrents and the audit log. */
export class CreateCoreTables1795345200000 implements MigrationInterface {
  readonly name = 'CreateCoreTables1795345200000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of up) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    // Children before parents; a table takes its indexes along.
    for (const table of ['audit_events', 'stored_torrents', 'sources', 'movies', 'sessions', 'users']) {
      await runner.query(`DROP TABLE "${table}"`);
    }
  }
}

const up = [
  `CREATE TABLE "users" (
    "id" varchar(64) PRIMARY KEY NOT NULL,
    "username" varchar(64) NOT NULL,
    "usernameKey" varchar(256) NOT NULL,
    "passwordHash" varchar(72) NOT NULL,
    "role" varchar(16) NOT NULL,
    "disabledAt" bigint,
    "createdAt" bigint NOT NULL,
    "updatedAt" bigint NOT NULL
  )`,
  `CREATE UNIQUE INDEX "users_username_key" ON "users" ("usernameKey")`,
  `CREATE INDEX "users_role" ON "users" ("role")`,
  `CREATE TABLE "sessions" (
    "id" varchar(64) PRIMARY KEY NOT NULL,
    "userId" varchar(64) NOT NULL,
    "tokenHash" varchar(64) NOT NULL,
    "generation" integer NOT NULL,
    "rotations" text NOT NULL,
    "heldUntil" bigint,
    "device" varchar(128) NOT NULL,
    "address" varchar(64) NOT NULL,
    "createdAt" bigint NOT NULL,
    "lastUsedAt" bigint NOT NULL,
    "expiresAt" bigint NOT NULL,
    "revokedAt" bigint,
    "revokedReason" varchar(32),
    CONSTRAINT "sessions_user_fk" FOREIGN KEY ("userId") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE NO ACTION
  )`,
  `CREATE UNIQUE INDEX "sessions_token_hash" ON "sessions" ("tokenHash")`,
  `CREATE INDEX "sessions_user" ON "sessions" ("userId", "lastUsedAt")`,
  `CREATE INDEX "sessions_expiry" ON "sessions" ("expiresAt")`,
  `CREATE TABLE "movies" (
    "id" varchar(64) PRIMARY KEY NOT NULL,
    "tmdbId" integer,
    "imdbId" varchar(16),
    "archiveId" varchar(128),
    "openFilmId" varchar(128),
    "title" varchar(512) NOT NULL,
    "originalTitle" varchar(512) NOT NULL,
    "originalLanguage" varchar(16),
    "year" integer,
    "releaseDate" varchar(10),
    "overview" text NOT NULL,
    "tagline" text NOT NULL,
    "runtimeSeconds" integer,
    "posterPath" varchar(1024),
    "backdropPath" varchar(1024),
    "rating" real,
    "voteCount" integer NOT NULL,
    "certification" varchar(32),
    "genres" text NOT NULL,
    "directors" text NOT NULL,
    "cast" text NOT NULL,
    "detailsFetchedAt" bigint,
    "createdAt" bigint NOT NULL,
    "updatedAt" bigint NOT NULL
  )`,
  `CREATE UNIQUE INDEX "movies_tmdb_id" ON "movies" ("tmdbId")`,
  `CREATE UNIQUE INDEX "movies_imdb_id" ON "movies" ("imdbId")`,
  `CREATE UNIQUE INDEX "movies_archive_id" ON "movies" ("archiveId")`,
  `CREATE UNIQUE INDEX "movies_open_film_id" ON "movies" ("openFilmId")`,
  `CREATE TABLE "sources" (
    "id" varchar(64) PRIMARY KEY NOT NULL,
    "movieId" varchar(64) NOT NULL,
    "infoHash" varchar(40) NOT NULL,
    "indexer" varchar(64) NOT NULL,
    "title" varchar(512) NOT NULL,
    "resolution" varchar(16),
    "videoCodec" varchar(16),
    "audioCodec" varchar(16),
    "audioChannels" varchar(8),
    "releaseType" varchar(32),
    "sizeBytes" bigint,
    "seeders" integer,
    "leechers" integer,
    "torrentUrl" varchar(2048),
    "uploadedAt" bigint,
    "firstSeenAt" bigint NOT NULL,
    "lastSeenAt" bigint NOT NULL,
    CONSTRAINT "sources_movie_fk" FOREIGN KEY ("movieId") REFERENCES "movies" ("id") ON DELETE CASCADE ON UPDATE NO ACTION
  )`,
  `CREATE UNIQUE INDEX "sources_movie_info_hash" ON "sources" ("movieId", "infoHash")`,
  `CREATE TABLE "stored_torrents" (
    "infoHash" varchar(40) PRIMARY KEY NOT NULL,
    "name" varchar(512) NOT NULL,
    "torrentFile" blob NOT NULL,
    "length" bigint NOT NULL,
    "lastUsedAt" bigint NOT NULL,
    "createdAt" bigint NOT NULL
  )`,
  `CREATE INDEX "stored_torrents_last_used" ON "stored_torrents" ("lastUsedAt")`,
  `CREATE TABLE "audit_events" (
    "id" varchar(64) PRIMARY KEY NOT NULL,
    "at" bigint NOT NULL,
    "action" varchar(64) NOT NULL,
    "outcome" varchar(16) NOT NULL,
    "actorId" varchar(64),
    "actorName" varchar(64),
    "address" varchar(64),
    "requestId" varchar(64),
    "detail" text NOT NULL
  )`,
  `CREATE INDEX "audit_events_at" ON "audit_events" ("at", "id")`,
  `CREATE INDEX "audit_events_action" ON "audit_events" ("action", "at", "id")`,
];
