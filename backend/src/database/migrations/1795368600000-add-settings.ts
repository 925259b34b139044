import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Settings that administrators change, and the history of their changes. */
export class AddSettings1795368600000 implements MigrationInterface {
  readonly name = 'AddSettings1795368600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "settings" (
    "name" varchar(64) PRIMARY KEY NOT NULL,
    "value" text NOT NULL,
    "sealed" boolean NOT NULL,
    "updatedAt" bigint NOT NULL
  )`);
    await runner.query(`CREATE TABLE "setting_revisions" (
    "number" bigint PRIMARY KEY NOT NULL,
    "at" bigint NOT NULL,
    "authorId" varchar(64) NOT NULL,
    "authorName" varchar(64) NOT NULL,
    "undoes" bigint,
    "changes" text NOT NULL
  )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "setting_revisions"`);
    await runner.query(`DROP TABLE "settings"`);
  }
}
