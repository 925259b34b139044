import type { MigrationInterface } from 'typeorm';

/** A migration of PostgreSQL, with the names of the SQLite migrations that it is the counterpart of. */
export interface PostgresMigration extends MigrationInterface {
  readonly name: string;
  readonly counterpartOf: readonly string[];
}
