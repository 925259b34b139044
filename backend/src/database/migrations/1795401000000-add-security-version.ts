import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Counts the changes of an account that void what was decided before them. */
export class AddSecurityVersion1795401000000 implements MigrationInterface {
  readonly name = 'AddSecurityVersion1795401000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "users" ADD COLUMN "securityVersion" integer NOT NULL DEFAULT (0)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "users" DROP COLUMN "securityVersion"`);
  }
}
