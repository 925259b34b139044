import { Column, Entity, PrimaryColumn } from 'typeorm';
import { moment } from './column-types.js';

/** How a run of a job ended; `lost` when its process died over it. */
export const jobOutcomes = ['ok', 'failed', 'timed-out', 'stopped', 'lost'] as const;
export type JobOutcome = (typeof jobOutcomes)[number];

/** A named piece of regular work: when it is due, and which process runs it right now. */
@Entity({ name: 'jobs' })
export class JobState {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  name!: string;

  @Column({ type: 'bigint', transformer: moment })
  nextRunAt!: Date;

  @Column({ type: 'bigint', nullable: true, transformer: moment })
  pausedAt!: Date | null;

  /** In a row, since it last went well. */
  @Column({ type: 'integer' })
  failures!: number;

  /** The process that runs it; null while nobody does. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  claimedBy!: string | null;

  /** Renewed while it runs. Past it the process counts as dead. */
  @Column({ type: 'bigint', nullable: true, transformer: moment })
  claimedUntil!: Date | null;

  @Column({ type: 'bigint', nullable: true, transformer: moment })
  lastStartedAt!: Date | null;

  @Column({ type: 'bigint', nullable: true, transformer: moment })
  lastFinishedAt!: Date | null;

  @Column({ type: 'varchar', length: 16, nullable: true })
  lastOutcome!: JobOutcome | null;

  /** For people; null when it went well. */
  @Column({ type: 'varchar', length: 512, nullable: true })
  lastMessage!: string | null;
}
