import type { QueryRunner } from 'typeorm';
import type { PostgresMigration } from './postgres-migration.js';

/** Ratings become the user's own, whoever they were told to first; and work that one server at a time may do. */
export class AddRatingsAndLeases1795384800000 implements PostgresMigration {
  readonly name = 'AddRatingsAndLeases1795384800000';
  readonly counterpartOf = ['AddRatingsAndLeases1795384800000'];

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of up) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of down) await runner.query(statement);
  }
}

const word = 'character varying COLLATE "C"';
const names = `"userId", "titleKey", "mediaId", "season", "episode", "rating", "ratedAt", "seenAt"`;

const ratings = (table: string, seenAt: string, key: string) => [
  `CREATE TABLE "${table}" (
    "userId" ${word} NOT NULL,
    "titleKey" ${word} NOT NULL,
    "mediaId" ${word} NOT NULL,
    "season" bigint,
    "episode" bigint,
    "rating" bigint NOT NULL,
    "ratedAt" bigint NOT NULL,
    ${seenAt},
    CONSTRAINT "${key}" PRIMARY KEY ("userId", "titleKey")
  )`,
  `ALTER TABLE "${table}" ADD CONSTRAINT "${table}_user_fk" FOREIGN KEY ("userId") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE NO ACTION`,
];

const up = [
  ...ratings('ratings', '"seenAt" bigint', 'PK_b53d90a4d3666a75e5242edb69d'),
  `INSERT INTO "ratings" (${names}) SELECT ${names} FROM "trakt_ratings"`,
  `DROP TABLE "trakt_ratings"`,
  `CREATE TABLE "leases" (
    "name" ${word} NOT NULL,
    "owner" ${word} NOT NULL,
    "expiresAt" bigint NOT NULL,
    CONSTRAINT "PK_8f564523b661f9e2648c3377687" PRIMARY KEY ("name")
  )`,
];

const down = [
  `DROP TABLE "leases"`,
  ...ratings('trakt_ratings', '"seenAt" bigint NOT NULL', 'PK_80cc69791e5696da2ad4c5258ac'),
  `INSERT INTO "trakt_ratings" (${names}) SELECT ${names} FROM "ratings" WHERE "seenAt" IS NOT NULL`,
  `DROP TABLE "ratings"`,
];
