import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Regular work: when it is due, who runs it, and how the latest runs went. */
export class AddJobs1795363200000 implements MigrationInterface {
  readonly name = 'AddJobs1795363200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "jobs" (
    "name" varchar(64) PRIMARY KEY NOT NULL,
    "nextRunAt" bigint NOT NULL,
    "pausedAt" bigint,
    "failures" integer NOT NULL,
    "claimedBy" varchar(64),
    "claimedUntil" bigint,
    "lastStartedAt" bigint,
    "lastFinishedAt" bigint,
    "lastOutcome" varchar(16),
    "lastMessage" varchar(512)
  )`);
    await runner.query(`CREATE TABLE "job_runs" (
    "id" varchar(64) PRIMARY KEY NOT NULL,
    "jobName" varchar(64) NOT NULL,
    "trigger" varchar(16) NOT NULL,
    "startedAt" bigint NOT NULL,
    "finishedAt" bigint,
    "outcome" varchar(16),
    "message" varchar(512)
  )`);
    await runner.query(`CREATE INDEX "job_runs_job" ON "job_runs" ("jobName", "startedAt", "id")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "job_runs"`);
    await runner.query(`DROP TABLE "jobs"`);
  }
}
