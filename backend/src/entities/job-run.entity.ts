import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { moment } from './column-types.js';
import type { JobOutcome } from './job.entity.js';

export const jobTriggers = ['schedule', 'retry', 'manual'] as const;
export type JobTrigger = (typeof jobTriggers)[number];

/** One run of a job. */
@Entity({ name: 'job_runs' })
@Index('job_runs_job', ['jobName', 'startedAt', 'id'])
export class JobRun {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id!: string;

  @Column({ type: 'varchar', length: 64 })
  jobName!: string;

  /** Why it ran. */
  @Column({ type: 'varchar', length: 16 })
  trigger!: JobTrigger;

  @Column({ type: 'bigint', transformer: moment })
  startedAt!: Date;

  @Column({ type: 'bigint', nullable: true, transformer: moment })
  finishedAt!: Date | null;

  /** Null while it runs. */
  @Column({ type: 'varchar', length: 16, nullable: true })
  outcome!: JobOutcome | null;

  @Column({ type: 'varchar', length: 512, nullable: true })
  message!: string | null;
}
