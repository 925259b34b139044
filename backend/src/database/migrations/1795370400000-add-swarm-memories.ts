import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which peers served well. */
export class AddSwarmMemories1795370400000 implements MigrationInterface {
  readonly name = 'AddSwarmMemories1795370400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "swarm_memories" (
    "infoHash" varchar(40) PRIMARY KEY NOT NULL,
    "peers" text NOT NULL,
    "savedAt" bigint NOT NULL
  )`);
    await runner.query(`CREATE INDEX "swarm_memories_saved" ON "swarm_memories" ("savedAt")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "swarm_memories"`);
  }
}
