import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Links to Trakt, what was read there, and what it has to be told. */
export class CreateTraktTables1795368600000 implements MigrationInterface {
  readonly name = 'CreateTraktTables1795368600000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of up) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['trakt_titles', 'trakt_outbox', 'trakt_plays', 'trakt_accounts'])
      await runner.query(`DROP TABLE "${table}"`);
  }
}

const user = (table: string) =>
  `CONSTRAINT "${table}_user_fk" FOREIGN KEY ("userId") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE NO ACTION`;

const up = [
  `CREATE TABLE "trakt_accounts" (
    "userId" varchar(64) PRIMARY KEY NOT NULL,
    "username" varchar(128),
    "tokens" text NOT NULL,
    "status" varchar(16) NOT NULL,
    "trouble" varchar(512),
    "pausedUntil" bigint,
    "activities" text NOT NULL,
    "sync" text,
    "watching" text,
    "linkedAt" bigint NOT NULL,
    "syncedAt" bigint,
    ${user('trakt_accounts')}
  )`,
  `CREATE TABLE "trakt_plays" (
    "userId" varchar(64) NOT NULL,
    "remoteId" varchar(24) NOT NULL,
    "titleKey" varchar(96),
    "seenAt" bigint NOT NULL,
    PRIMARY KEY ("userId", "remoteId"),
    ${user('trakt_plays')}
  )`,
  `CREATE INDEX "trakt_plays_seen" ON "trakt_plays" ("userId", "seenAt")`,
  `CREATE TABLE "trakt_outbox" (
    "id" varchar(64) PRIMARY KEY NOT NULL,
    "userId" varchar(64) NOT NULL,
    "task" varchar(16) NOT NULL,
    "titleKey" varchar(96) NOT NULL,
    "mediaId" varchar(64) NOT NULL,
    "season" integer,
    "episode" integer,
    "action" varchar(8),
    "progress" real,
    "at" bigint NOT NULL,
    "reference" varchar(64),
    "state" varchar(16) NOT NULL,
    "attempts" integer NOT NULL,
    "dueAt" bigint NOT NULL,
    "reason" varchar(512),
    ${user('trakt_outbox')}
  )`,
  `CREATE INDEX "trakt_outbox_due" ON "trakt_outbox" ("state", "dueAt")`,
  `CREATE INDEX "trakt_outbox_user" ON "trakt_outbox" ("userId", "id")`,
  `CREATE TABLE "trakt_titles" (
    "type" varchar(8) NOT NULL,
    "traktId" integer NOT NULL,
    "mediaId" varchar(64) NOT NULL,
    PRIMARY KEY ("type", "traktId")
  )`,
  `CREATE INDEX "trakt_titles_media" ON "trakt_titles" ("mediaId")`,
];
