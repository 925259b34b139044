import type { QueryRunner } from 'typeorm';
import { addEpisodesToSeriesPlays } from '../episodes-of-series-plays.js';
import type { PostgresMigration } from './postgres-migration.js';

/** Gives plays that were saved for a series without their episode the episode they were of, where that is known. */
export class AddEpisodesToSeriesPlays1795399200000 implements PostgresMigration {
  readonly name = 'AddEpisodesToSeriesPlays1795399200000';
  readonly counterpartOf = ['AddEpisodesToSeriesPlays1795399200000'];

  async up(runner: QueryRunner): Promise<void> {
    await addEpisodesToSeriesPlays(runner.manager);
  }

  /** Keeps what was found: an older version reads it as well. */
  async down(): Promise<void> {
    await Promise.resolve();
  }
}
