import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Indexers as an administrator arranges them, when sources were looked for, and sources of episodes. */
export class AddIndexers1795374000000 implements MigrationInterface {
  readonly name = 'AddIndexers1795374000000';

  async up(runner: QueryRunner): Promise<void> {
    // SQLite cannot make a column nullable in place.
    await runner.query(sourcesTable('sources_new'));
    await runner.query(`INSERT INTO "sources_new" (${kept}, "indexers", "links", "announce", "webSeeds")
      SELECT ${kept}, json_array("indexer"),
        CASE WHEN "torrentUrl" IS NULL THEN '[]' ELSE json_array(json_object('indexer', "indexer", 'url', "torrentUrl")) END,
        '[]', '[]' FROM "sources"`);
    await runner.query(`DROP TABLE "sources"`);
    await runner.query(`ALTER TABLE "sources_new" RENAME TO "sources"`);
    await runner.query(`CREATE UNIQUE INDEX "sources_movie_info_hash" ON "sources" ("movieId", "infoHash")`);
    await runner.query(
      `CREATE UNIQUE INDEX "sources_episode_info_hash" ON "sources" ("episodeId", "infoHash")`,
    );
    await runner.query(`CREATE INDEX "sources_info_hash" ON "sources" ("infoHash")`);
    await runner.query(`CREATE TABLE "indexers" (
    "id" varchar(64) PRIMARY KEY NOT NULL,
    "kind" varchar(32) NOT NULL,
    "name" varchar(64) NOT NULL,
    "position" integer NOT NULL,
    "enabled" boolean NOT NULL,
    "urls" text NOT NULL,
    "sealedApiKey" varchar(1024),
    "categories" text NOT NULL,
    "lastError" varchar(300),
    "lastErrorAt" bigint,
    "lastOkAt" bigint,
    "responseMs" integer,
    "resultsPerSearch" real,
    "searches" integer NOT NULL,
    "failures" integer NOT NULL,
    "createdAt" bigint NOT NULL,
    "updatedAt" bigint NOT NULL
  )`);
    await runner.query(`CREATE UNIQUE INDEX "indexers_name" ON "indexers" ("name")`);
    await runner.query(`CREATE TABLE "source_searches" (
    "titleId" varchar(64) PRIMARY KEY NOT NULL,
    "kind" varchar(8) NOT NULL,
    "searchedAt" bigint NOT NULL,
    "dueAt" bigint NOT NULL,
    "viewedAt" bigint,
    "found" integer NOT NULL
  )`);
    await runner.query(`CREATE INDEX "source_searches_due" ON "source_searches" ("dueAt")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "source_searches"`);
    await runner.query(`DROP TABLE "indexers"`);
    await runner.query(`CREATE TABLE "sources_old" (
    "id" varchar(64) PRIMARY KEY NOT NULL,
    "movieId" varchar(64) NOT NULL,
    ${facts},
    "torrentUrl" varchar(2048),
    ${seen},
    CONSTRAINT "sources_movie_fk" FOREIGN KEY ("movieId") REFERENCES "movies" ("id") ON DELETE CASCADE ON UPDATE NO ACTION
  )`);
    await runner.query(`INSERT INTO "sources_old" (${kept}, "torrentUrl")
      SELECT ${kept}, json_extract("links", '$[0].url') FROM "sources" WHERE "movieId" IS NOT NULL`);
    await runner.query(`DROP TABLE "sources"`);
    await runner.query(`ALTER TABLE "sources_old" RENAME TO "sources"`);
    await runner.query(`CREATE UNIQUE INDEX "sources_movie_info_hash" ON "sources" ("movieId", "infoHash")`);
  }
}

const facts = `"infoHash" varchar(40) NOT NULL,
    "indexer" varchar(64) NOT NULL,
    "title" varchar(512) NOT NULL,
    "resolution" varchar(16),
    "videoCodec" varchar(16),
    "audioCodec" varchar(16),
    "audioChannels" varchar(8),
    "releaseType" varchar(32),
    "sizeBytes" bigint,
    "seeders" integer,
    "leechers" integer`;

const seen = `"uploadedAt" bigint,
    "firstSeenAt" bigint NOT NULL,
    "lastSeenAt" bigint NOT NULL`;

const kept = `"id", "movieId", "infoHash", "indexer", "title", "resolution", "videoCodec", "audioCodec", "audioChannels",
  "releaseType", "sizeBytes", "seeders", "leechers", "uploadedAt", "firstSeenAt", "lastSeenAt"`;

function sourcesTable(name: string): string {
  return `CREATE TABLE "${name}" (
    "id" varchar(64) PRIMARY KEY NOT NULL,
    "movieId" varchar(64),
    "episodeId" varchar(64),
    ${facts},
    "indexers" text NOT NULL,
    "links" text NOT NULL,
    "announce" text NOT NULL,
    "webSeeds" text NOT NULL,
    "refusal" varchar(200),
    "countedAt" bigint,
    ${seen},
    CONSTRAINT "sources_movie_fk" FOREIGN KEY ("movieId") REFERENCES "movies" ("id") ON DELETE CASCADE ON UPDATE NO ACTION
  )`;
}
