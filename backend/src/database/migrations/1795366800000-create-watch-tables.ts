import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The log of what was watched, and what it folds to. */
export class CreateWatchTables1795366800000 implements MigrationInterface {
  readonly name = 'CreateWatchTables1795366800000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of up) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['watch_plays', 'watch_states', 'watch_events'])
      await runner.query(`DROP TABLE "${table}"`);
  }
}

const user = (table: string) =>
  `CONSTRAINT "${table}_user_fk" FOREIGN KEY ("userId") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE NO ACTION`;

const up = [
  `CREATE TABLE "watch_events" (
    "userId" varchar(64) NOT NULL,
    "id" varchar(64) NOT NULL,
    "titleKey" varchar(96) NOT NULL,
    "mediaId" varchar(64) NOT NULL,
    "season" integer,
    "episode" integer,
    "kind" varchar(16) NOT NULL,
    "at" bigint NOT NULL,
    "counter" integer NOT NULL,
    "device" varchar(64) NOT NULL,
    "targetId" varchar(64),
    "changeId" varchar(64) NOT NULL,
    "origin" varchar(16) NOT NULL,
    "positionSeconds" real,
    "durationSeconds" real,
    "fraction" real,
    "receivedAt" bigint NOT NULL,
    PRIMARY KEY ("userId", "id"),
    ${user('watch_events')}
  )`,
  `CREATE INDEX "watch_events_title" ON "watch_events" ("userId", "titleKey")`,
  `CREATE INDEX "watch_events_change" ON "watch_events" ("userId", "changeId")`,
  `CREATE TABLE "watch_states" (
    "userId" varchar(64) NOT NULL,
    "titleKey" varchar(96) NOT NULL,
    "mediaId" varchar(64) NOT NULL,
    "season" integer,
    "episode" integer,
    "positionSeconds" real,
    "durationSeconds" real,
    "fraction" real NOT NULL,
    "inProgress" boolean NOT NULL,
    "dismissed" boolean NOT NULL,
    "plays" integer NOT NULL,
    "watchedAt" bigint,
    "lastActivityAt" bigint,
    PRIMARY KEY ("userId", "titleKey"),
    ${user('watch_states')}
  )`,
  `CREATE INDEX "watch_states_media" ON "watch_states" ("userId", "mediaId")`,
  `CREATE INDEX "watch_states_activity" ON "watch_states" ("userId", "lastActivityAt")`,
  `CREATE TABLE "watch_plays" (
    "userId" varchar(64) NOT NULL,
    "id" varchar(64) NOT NULL,
    "titleKey" varchar(96) NOT NULL,
    "mediaId" varchar(64) NOT NULL,
    "season" integer,
    "episode" integer,
    "watchedAt" bigint NOT NULL,
    "origin" varchar(16) NOT NULL,
    PRIMARY KEY ("userId", "id"),
    ${user('watch_plays')}
  )`,
  `CREATE INDEX "watch_plays_history" ON "watch_plays" ("userId", "watchedAt", "id")`,
  `CREATE INDEX "watch_plays_title" ON "watch_plays" ("userId", "titleKey")`,
];
