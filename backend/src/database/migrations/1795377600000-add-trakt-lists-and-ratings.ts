import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What Trakt's watchlist held last, ratings given there, and what was decided where Trakt and we differed. */
export class AddTraktListsAndRatings1795377600000 implements MigrationInterface {
  readonly name = 'AddTraktListsAndRatings1795377600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "trakt_watchlist" (
    "userId" varchar(64) NOT NULL,
    "mediaId" varchar(64) NOT NULL,
    PRIMARY KEY ("userId", "mediaId"),
    ${user('trakt_watchlist')}
  )`);
    await runner.query(`CREATE TABLE "trakt_ratings" (
    "userId" varchar(64) NOT NULL,
    "titleKey" varchar(96) NOT NULL,
    "mediaId" varchar(64) NOT NULL,
    "season" integer,
    "episode" integer,
    "rating" integer NOT NULL,
    "ratedAt" bigint NOT NULL,
    "seenAt" bigint NOT NULL,
    PRIMARY KEY ("userId", "titleKey"),
    ${user('trakt_ratings')}
  )`);
    await runner.query(`CREATE INDEX "watch_states_season" ON "watch_states" ("mediaId", "season")`);
    await runner.query(`ALTER TABLE "trakt_accounts" ADD COLUMN "decisions" text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "trakt_accounts" DROP COLUMN "decisions"`);
    await runner.query(`DROP INDEX "watch_states_season"`);
    await runner.query(`DROP TABLE "trakt_ratings"`);
    await runner.query(`DROP TABLE "trakt_watchlist"`);
  }
}

const user = (table: string) =>
  `CONSTRAINT "${table}_user_fk" FOREIGN KEY ("userId") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE NO ACTION`;
