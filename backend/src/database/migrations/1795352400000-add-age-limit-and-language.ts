import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a child may see, and the language somebody reads. */
export class AddAgeLimitAndLanguage1795352400000 implements MigrationInterface {
  readonly name = 'AddAgeLimitAndLanguage1795352400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "users" ADD COLUMN "ageLimit" integer`);
    await runner.query(`ALTER TABLE "users" ADD COLUMN "language" varchar(16)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "users" DROP COLUMN "language"`);
    await runner.query(`ALTER TABLE "users" DROP COLUMN "ageLimit"`);
  }
}
