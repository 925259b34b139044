import type { QueryRunner } from 'typeorm';
import type { PostgresMigration } from './postgres-migration.js';

/** Other titles of films and series and where they were made, to tell those of one name apart. */
export class AddAliasesAndCountries1795395600000 implements PostgresMigration {
  readonly name = 'AddAliasesAndCountries1795395600000';
  readonly counterpartOf = ['AddAliasesAndCountries1795395600000'];

  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables)
      for (const column of columns) await runner.query(`ALTER TABLE "${table}" ADD COLUMN "${column}" text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables)
      for (const column of columns) await runner.query(`ALTER TABLE "${table}" DROP COLUMN "${column}"`);
  }
}

const tables = ['movies', 'shows'];
const columns = ['aliases', 'originCountries'];
