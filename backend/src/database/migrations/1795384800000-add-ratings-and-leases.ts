import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Ratings become the user's own, whoever they were told to first; and work that one server at a time may do. */
export class AddRatingsAndLeases1795384800000 implements MigrationInterface {
  readonly name = 'AddRatingsAndLeases1795384800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "ratings" (${columns('"seenAt" bigint')}, ${user('ratings')})`);
    await runner.query(`INSERT INTO "ratings" (${names}) SELECT ${names} FROM "trakt_ratings"`);
    await runner.query(`DROP TABLE "trakt_ratings"`);
    await runner.query(`CREATE TABLE "leases" (
    "name" varchar(96) PRIMARY KEY NOT NULL,
    "owner" varchar(64) NOT NULL,
    "expiresAt" bigint NOT NULL
  )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "leases"`);
    const table = `CREATE TABLE "trakt_ratings" (${columns('"seenAt" bigint NOT NULL')}, ${user('trakt_ratings')})`;
    await runner.query(table);
    await runner.query(
      `INSERT INTO "trakt_ratings" (${names}) SELECT ${names} FROM "ratings" WHERE "seenAt" IS NOT NULL`,
    );
    await runner.query(`DROP TABLE "ratings"`);
  }
}

const names = `"userId", "titleKey", "mediaId", "season", "episode", "rating", "ratedAt", "seenAt"`;

const columns = (seenAt: string) => `
    "userId" varchar(64) NOT NULL,
    "titleKey" varchar(96) NOT NULL,
    "mediaId" varchar(64) NOT NULL,
    "season" integer,
    "episode" integer,
    "rating" integer NOT NULL,
    "ratedAt" bigint NOT NULL,
    ${seenAt},
    PRIMARY KEY ("userId", "titleKey")`;

const user = (table: string) =>
  `CONSTRAINT "${table}_user_fk" FOREIGN KEY ("userId") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE NO ACTION`;
