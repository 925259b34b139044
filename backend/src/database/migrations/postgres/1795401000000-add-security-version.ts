import type { QueryRunner } from 'typeorm';
import type { PostgresMigration } from './postgres-migration.js';

/** Counts the changes of an account that void what was decided before them. */
export class AddSecurityVersion1795401000000 implements PostgresMigration {
  readonly name = 'AddSecurityVersion1795401000000';
  readonly counterpartOf = ['AddSecurityVersion1795401000000'];

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "users" ADD COLUMN "securityVersion" bigint NOT NULL DEFAULT 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "users" DROP COLUMN "securityVersion"`);
  }
}
