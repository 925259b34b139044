import type { EntityManager } from 'typeorm';
import type { Store } from '../database/store.js';
import { newId } from '../entities/id.js';
import { type JobOutcome, JobState } from '../entities/job.entity.js';
import { JobRun, type JobTrigger } from '../entities/job-run.entity.js';

export interface JobClaim {
  /** The process, one name for each start. */
  owner: string;
  trigger: JobTrigger;
  now: Date;
  until: Date;
}

export interface JobEnding {
  owner: string;
  runId: string;
  now: Date;
  outcome: JobOutcome;
  message: string | null;
  nextRunAt: Date;
  failures: number;
}

/** Runs kept of each job. */
const runsKept = 50;

export class JobRepository {
  constructor(private readonly store: Store) {}

  list(): Promise<JobState[]> {
    return this.store.reader.find(JobState, { order: { name: 'ASC' } });
  }

  find(name: string): Promise<JobState | null> {
    return this.store.reader.findOneBy(JobState, { name });
  }

  /** Latest first. */
  async listRuns(
    jobName: string,
    { page, pageSize }: { page: number; pageSize: number },
  ): Promise<{ items: JobRun[]; total: number }> {
    const [items, total] = await this.store.reader.findAndCount(JobRun, {
      where: { jobName },
      order: { startedAt: 'DESC', id: 'DESC' },
      skip: (page - 1) * pageSize,
      take: pageSize,
    });
    return { items, total };
  }

  /** Makes rows for jobs that have none. */
  async ensure(jobs: readonly { name: string; nextRunAt: Date }[]): Promise<void> {
    await this.store.write(async (manager) => {
      const known = new Set((await manager.find(JobState)).map(({ name }) => name));
      for (const { name, nextRunAt } of jobs) {
        if (!known.has(name)) await manager.insert(JobState, { ...blank, name, nextRunAt });
      }
    });
  }

  /**
   * Takes the job for one process, and opens a run. Null when it is not due (unless by hand), paused (unless by hand),
   * or taken by a process that lives. What a dead process left open is closed as lost.
   */
  claim(name: string, { owner, trigger, now, until }: JobClaim): Promise<JobRun | null> {
    return this.store.write(async (manager) => {
      const at = now.getTime();
      const taking = manager
        .createQueryBuilder()
        .update(JobState)
        .set({ claimedBy: owner, claimedUntil: until, lastStartedAt: now })
        .where('name = :name AND ("claimedBy" IS NULL OR "claimedUntil" < :at)', { name, at });
      if (trigger !== 'manual') taking.andWhere('"pausedAt" IS NULL AND "nextRunAt" <= :at', { at });
      if ((await taking.execute()).affected !== 1) return null;
      await closeLost(manager, name, now);
      const open = { finishedAt: null, outcome: null, message: null };
      const run = manager.create(JobRun, { id: newId(at), jobName: name, trigger, startedAt: now, ...open });
      await manager.insert(JobRun, run);
      await prune(manager, name);
      return run;
    });
  }

  /** Says that the process still runs the job; false when it was taken for dead meanwhile. */
  renew(name: string, owner: string, until: Date): Promise<boolean> {
    return this.store.write(async (manager) => {
      const renewed = await manager.update(JobState, { name, claimedBy: owner }, { claimedUntil: until });
      return renewed.affected === 1;
    });
  }

  /** Closes the run and frees the job. Of a job that was taken by another meanwhile only the run is closed. */
  async finish(name: string, ending: JobEnding): Promise<void> {
    const { owner, runId, now, outcome, message, nextRunAt, failures } = ending;
    await this.store.write(async (manager) => {
      await manager.update(JobRun, { id: runId }, { finishedAt: now, outcome, message });
      await manager.update(
        JobState,
        { name, claimedBy: owner },
        {
          claimedBy: null,
          claimedUntil: null,
          lastFinishedAt: now,
          lastOutcome: outcome,
          lastMessage: message,
          nextRunAt,
          failures,
        },
      );
    });
  }

  /** Sets a time right that was written while the clock was ahead, and frees the job of a claim from then. */
  async bringForward(
    name: string,
    { now, until, nextRunAt }: { now: Date; until: Date; nextRunAt: Date },
  ): Promise<void> {
    await this.store.write(async (manager) => {
      await manager
        .createQueryBuilder()
        .update(JobState)
        .set({ nextRunAt })
        .where('name = :name AND "nextRunAt" > :at', { name, at: nextRunAt.getTime() })
        .execute();
      await manager
        .createQueryBuilder()
        .update(JobState)
        .set({ claimedUntil: now })
        .where('name = :name AND "claimedUntil" > :at', { name, at: until.getTime() })
        .execute();
    });
  }

  async setPaused(name: string, pausedAt: Date | null, nextRunAt?: Date): Promise<void> {
    await this.store.write((manager) =>
      manager.update(JobState, { name }, { pausedAt, ...(nextRunAt && { nextRunAt }) }),
    );
  }
}

const blank = {
  pausedAt: null,
  failures: 0,
  claimedBy: null,
  claimedUntil: null,
  lastStartedAt: null,
  lastFinishedAt: null,
  lastOutcome: null,
  lastMessage: null,
};

async function closeLost(manager: EntityManager, jobName: string, now: Date): Promise<void> {
  const message = 'The server ended while it ran.';
  await manager
    .createQueryBuilder()
    .update(JobRun)
    .set({ outcome: 'lost', finishedAt: now, message })
    .where('"jobName" = :jobName AND outcome IS NULL', { jobName })
    .execute();
}

async function prune(manager: EntityManager, jobName: string): Promise<void> {
  const order = { startedAt: 'DESC', id: 'DESC' } as const;
  const old = await manager.find(JobRun, { where: { jobName }, order, skip: runsKept, take: 1_000 });
  await manager.remove(JobRun, old);
}
