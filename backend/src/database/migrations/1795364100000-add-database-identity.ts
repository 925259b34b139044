import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A name for each database, which what is remembered about its rows elsewhere goes by. */
export class AddDatabaseIdentity1795364100000 implements MigrationInterface {
  readonly name = 'AddDatabaseIdentity1795364100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "database_identity" (
    "id" varchar(16) PRIMARY KEY NOT NULL,
    "value" varchar(64) NOT NULL
  )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "database_identity"`);
  }
}
