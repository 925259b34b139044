import { newId } from '../../entities/id.js';
import type { JobOutcome } from '../../entities/job.entity.js';
import type { JobRun, JobTrigger } from '../../entities/job-run.entity.js';
import { AppError } from '../../errors/app-error.js';
import type { Logger } from '../../logging/logger.js';
import type { JobRepository } from '../../repositories/job.repository.js';
import type { Clock } from './clock.js';
import { nextDue, retryDue } from './due.js';
import type { Job } from './job.js';

/** A process that has not said for this long that it still runs a job counts as dead. */
export const leaseMs = 60_000;

export interface JobRunnerOptions {
  states: JobRepository;
  logger: Logger;
  /** Told how each run ended, and how many seconds it took. */
  onRun?: (job: string, outcome: JobOutcome, seconds: number) => void;
  clock: Clock;
  /** 0 to 1. */
  random: () => number;
}

type Ended = { outcome: Exclude<JobOutcome, 'lost'>; message: string | null };

const defaultTimeoutMs = 10 * 60_000;

/** Runs one job at a time from its claim to what is written down of its end. */
export class JobRunner {
  private readonly owner = newId();

  constructor(private readonly options: JobRunnerOptions) {}

  /** Takes the job for this process; null when another process has it. */
  claim(job: Job, trigger: JobTrigger): Promise<JobRun | null> {
    const { states, clock } = this.options;
    const now = clock.now();
    return states.claim(job.name, {
      owner: this.owner,
      trigger,
      now: new Date(now),
      until: new Date(now + leaseMs),
    });
  }

  /** Never throws: how it ended is kept with the job. */
  async carryOut(job: Job, run: JobRun, stop: AbortController): Promise<void> {
    const { logger, onRun, states, clock } = this.options;
    const startedAt = performance.now();
    const release = this.keepClaim(job);
    const { outcome, message } = await this.attempt(job, stop);
    release();
    const seconds = (performance.now() - startedAt) / 1000;
    onRun?.(job.name, outcome, seconds);
    logger.debug({ job: job.name, outcome, seconds }, 'job ended');
    try {
      const state = await states.find(job.name);
      const now = clock.now();
      const isFailure = outcome === 'failed' || outcome === 'timed-out';
      const failures = isFailure ? (state?.failures ?? 0) + 1 : 0;
      const nextRunAt = new Date(this.dueAfter(job, outcome, failures, now));
      const ending = { outcome, message, nextRunAt, failures };
      await states.finish(job.name, { owner: this.owner, runId: run.id, now: new Date(now), ...ending });
    } catch (error) {
      // The claim runs out by itself, and the run is then closed as lost.
      logger.error({ job: job.name, err: error }, 'the end of a job could not be written down');
    }
  }

  private dueAfter({ schedule }: Job, outcome: JobOutcome, failures: number, now: number): number {
    const { random } = this.options;
    if (outcome === 'stopped') return now;
    return failures > 0
      ? retryDue(schedule, { now, failures, random: random() })
      : nextDue(schedule, now, random());
  }

  /** Ends when the job settles, which is what keeps it from running twice; a job should obey its signal. */
  private async attempt(job: Job, stop: AbortController): Promise<Ended> {
    const tooLate = new Error('the job took too long');
    const forget = this.options.clock.after(job.timeoutMs ?? defaultTimeoutMs, () => stop.abort(tooLate));
    try {
      await job.run({ signal: stop.signal });
      return { outcome: 'ok', message: null };
    } catch (error) {
      if (stop.signal.reason === tooLate) return { outcome: 'timed-out', message: 'It took too long.' };
      if (stop.signal.aborted) return { outcome: 'stopped', message: null };
      this.options.logger.warn({ job: job.name, err: error }, 'a job failed');
      const message = error instanceof AppError ? error.message : 'Something went wrong; the log says what.';
      return { outcome: 'failed', message: message.slice(0, 512) };
    } finally {
      forget();
    }
  }

  /** Renews the claim while the job runs. */
  private keepClaim({ name }: Job): () => void {
    const { states, clock, logger } = this.options;
    let isOver = false;
    let forget: () => void = () => undefined;
    const renew = async (): Promise<void> => {
      try {
        await states.renew(name, this.owner, new Date(clock.now() + leaseMs));
      } catch (error) {
        logger.warn({ job: name, err: error }, 'a claim could not be renewed');
      }
      if (!isOver) schedule();
    };
    const schedule = (): void => {
      forget = clock.after(leaseMs / 3, () => void renew());
    };
    schedule();
    return () => {
      isOver = true;
      forget();
    };
  }
}
