import { newId } from '../../entities/id.js';
import type { JobOutcome, JobState } from '../../entities/job.entity.js';
import type { JobRun, JobTrigger } from '../../entities/job-run.entity.js';
import { AppError, NotFoundError } from '../../errors/app-error.js';
import type { Logger } from '../../logging/logger.js';
import type { JobRepository } from '../../repositories/job.repository.js';
import { type Clock, systemClock } from './clock.js';
import { undoFuture } from './clock-correction.js';
import { firstDue, nextDue, retryDue } from './due.js';
import type { Job } from './job.js';
import { JobRunningError } from './scheduler.errors.js';

export interface SchedulerServiceOptions {
  jobs: readonly Job[];
  states: JobRepository;
  logger: Logger;
  /** Told how each run ended, and how many seconds it took. */
  onRun?: (job: string, outcome: JobOutcome, seconds: number) => void;
  /** Runs at the same time in this process; others wait their turn. */
  atOnce?: number;
  clock?: Clock;
  /** 0 to 1. */
  random?: () => number;
}

/** A job and how it stands. */
export interface JobStatus {
  job: Job;
  state: JobState;
  running: boolean;
}

interface Running {
  stop: AbortController;
  done: Promise<void>;
}

type Ended = { outcome: Exclude<JobOutcome, 'lost'>; message: string | null };

const defaultTimeoutMs = 10 * 60_000;
/** A process that has not said for this long that it still runs a job counts as dead. */
const leaseMs = 60_000;
/** How long the end of the process waits for jobs to obey their signal. */
const stopPatienceMs = 3_000;

/**
 * Runs the jobs when they are due, each never twice at once in all processes that share the database. Between runs it
 * sleeps on one timer, set to the job that is due next.
 */
export class SchedulerService {
  private readonly jobs: ReadonlyMap<string, Job>;
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly owner = newId();
  private readonly running = new Map<string, Running>();
  private forgetTimer: () => void = () => undefined;
  private looking: Promise<void> | null = null;
  private lookAgain = false;
  private isStarted = false;

  constructor(private readonly options: SchedulerServiceOptions) {
    this.jobs = new Map(options.jobs.map((job) => [job.name, job]));
    if (this.jobs.size !== options.jobs.length) throw new Error('Two jobs have the same name.');
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
  }

  async start(): Promise<void> {
    const now = this.clock.now();
    const first = [...this.jobs.values()].map(({ name, schedule }) => ({
      name,
      nextRunAt: new Date(firstDue(schedule, now, this.random())),
    }));
    await this.options.states.ensure(first);
    this.isStarted = true;
    await this.look();
  }

  /** Asks running jobs to end, and waits a moment for them. */
  async stop(): Promise<void> {
    this.isStarted = false;
    this.forgetTimer();
    await this.looking;
    const running = [...this.running.values()];
    for (const { stop } of running) stop.abort(new Error('the server is stopping'));
    if (running.length === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, stopPatienceMs);
    });
    await Promise.race([Promise.all(running.map(({ done }) => done)), patience]);
    clearTimeout(timer);
  }

  /** All jobs, by name. */
  async list(): Promise<JobStatus[]> {
    const states = new Map((await this.options.states.list()).map((state) => [state.name, state]));
    const known = [...this.jobs.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return known.flatMap((job) => {
      const state = states.get(job.name);
      return state ? [this.status(job, state)] : [];
    });
  }

  /** Errors: not-found. */
  async get(name: string): Promise<JobStatus> {
    const job = this.jobs.get(name);
    const state = job && (await this.options.states.find(name));
    if (!state) throw new NotFoundError('Job');
    return this.status(job, state);
  }

  /** Latest first; the last fifty are kept. Errors: not-found. */
  async listRuns(
    name: string,
    page: { page: number; pageSize: number },
  ): Promise<{ items: JobRun[]; total: number }> {
    if (!this.jobs.has(name)) throw new NotFoundError('Job');
    return this.options.states.listRuns(name, page);
  }

  /** Starts it now, also when it is paused; answers before it has ended. Errors: not-found, conflict. */
  async runNow(name: string): Promise<JobStatus> {
    const { job } = await this.get(name);
    if (!(await this.begin(job, 'manual'))) throw new JobRunningError();
    return this.get(name);
  }

  /** A paused job is not run until it is resumed or run by hand; a run under way goes on. Errors: not-found. */
  async setPaused(name: string, paused: boolean): Promise<JobStatus> {
    const { job, state } = await this.get(name);
    const now = this.clock.now();
    if (paused && state.pausedAt === null) await this.options.states.setPaused(name, new Date(now));
    if (!paused && state.pausedAt !== null) {
      // What fell due meanwhile is not made up for at once; it is due as if it had just been set up.
      const due = Math.max(state.nextRunAt.getTime(), firstDue(job.schedule, now, this.random()));
      await this.options.states.setPaused(name, null, new Date(due));
    }
    await this.look();
    return this.get(name);
  }

  /** Settles when nothing runs; for tests. */
  async settled(): Promise<void> {
    await this.looking;
    while (this.running.size > 0) await Promise.all([...this.running.values()].map(({ done }) => done));
    await this.looking;
  }

  private status(job: Job, state: JobState): JobStatus {
    const alive = (state.claimedUntil?.getTime() ?? 0) >= this.clock.now();
    return { job, state, running: state.claimedBy !== null && alive };
  }

  /** Begins what is due, then sets the timer for what comes next. One look at a time; what changes during one makes another. */
  private look(): Promise<void> {
    this.lookAgain = true;
    this.looking ??= this.lookUntilQuiet().finally(() => {
      this.looking = null;
    });
    return this.looking;
  }

  private async lookUntilQuiet(): Promise<void> {
    while (this.lookAgain) {
      this.lookAgain = false;
      await this.lookAround();
    }
  }

  private async lookAround(): Promise<void> {
    this.forgetTimer();
    let nextAt = Number.POSITIVE_INFINITY;
    try {
      for (const { name, at, trigger } of await this.dueTimes()) {
        const job = this.jobs.get(name);
        if (!job || !this.isStarted) continue;
        // Without a free place there is no need to look: the end of a run looks again.
        if (at <= this.clock.now()) {
          if (this.running.size >= (this.options.atOnce ?? 2)) continue;
          // Another process was faster; should it die over it, its claim ends.
          if (!(await this.begin(job, trigger))) nextAt = Math.min(nextAt, this.clock.now() + leaseMs);
        } else {
          nextAt = Math.min(nextAt, at);
        }
      }
    } catch (error) {
      this.options.logger.error({ err: error }, 'the scheduler could not read its jobs');
      nextAt = this.clock.now() + leaseMs;
    }
    if (!this.isStarted || nextAt === Number.POSITIVE_INFINITY) return;
    this.forgetTimer = this.clock.after(nextAt - this.clock.now(), () => void this.look());
  }

  private async dueTimes(): Promise<{ name: string; at: number; trigger: JobTrigger }[]> {
    const { states: kept } = this.options;
    await undoFuture(kept, this.jobs.values(), { now: this.clock.now(), leaseMs, random: this.random });
    const states = await kept.list();
    return states
      .filter(({ name, pausedAt }) => pausedAt === null && this.jobs.has(name) && !this.running.has(name))
      .map(({ name, nextRunAt, claimedUntil, failures }) => ({
        name,
        // What another process runs is looked at again when its claim ends.
        at: Math.max(nextRunAt.getTime(), (claimedUntil?.getTime() ?? 0) + 1),
        trigger: failures > 0 ? ('retry' as const) : ('schedule' as const),
      }))
      .sort((a, b) => a.at - b.at);
  }

  /** Names of what this process runs now. */
  get runningNames(): string[] {
    return [...this.running.keys()];
  }

  /** False when somebody else has it. */
  private async begin(job: Job, trigger: JobTrigger): Promise<boolean> {
    if (this.running.has(job.name)) return false;
    const stop = new AbortController();
    let settle: () => void = () => undefined;
    const done = new Promise<void>((resolve) => {
      settle = resolve;
    });
    // Taken here first, so that two callers in this process cannot both wait for the database.
    this.running.set(job.name, { stop, done });
    let run: JobRun | null = null;
    try {
      const now = this.clock.now();
      const until = new Date(now + leaseMs);
      run = await this.options.states.claim(job.name, {
        owner: this.owner,
        trigger,
        now: new Date(now),
        until,
      });
    } finally {
      if (!run) {
        this.running.delete(job.name);
        settle();
      }
    }
    if (!run) return false;
    void this.carryOut(job, run, stop).finally(() => {
      this.running.delete(job.name);
      settle();
      if (this.isStarted) void this.look();
    });
    return true;
  }

  private async carryOut(job: Job, run: JobRun, stop: AbortController): Promise<void> {
    const { logger, onRun, states } = this.options;
    const startedAt = performance.now();
    const release = this.keepClaim(job);
    const { outcome, message } = await this.attempt(job, stop);
    release();
    const seconds = (performance.now() - startedAt) / 1000;
    onRun?.(job.name, outcome, seconds);
    logger.debug({ job: job.name, outcome, seconds }, 'job ended');
    try {
      const state = await states.find(job.name);
      const now = this.clock.now();
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
    if (outcome === 'stopped') return now;
    return failures > 0
      ? retryDue(schedule, { now, failures, random: this.random() })
      : nextDue(schedule, now, this.random());
  }

  /** Ends when the job settles, which is what keeps it from running twice; a job should obey its signal. */
  private async attempt(job: Job, stop: AbortController): Promise<Ended> {
    const tooLate = new Error('the job took too long');
    const forget = this.clock.after(job.timeoutMs ?? defaultTimeoutMs, () => stop.abort(tooLate));
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
    let isOver = false;
    let forget: () => void = () => undefined;
    const renew = async (): Promise<void> => {
      try {
        await this.options.states.renew(name, this.owner, new Date(this.clock.now() + leaseMs));
      } catch (error) {
        this.options.logger.warn({ job: name, err: error }, 'a claim could not be renewed');
      }
      if (!isOver) schedule();
    };
    const schedule = (): void => {
      forget = this.clock.after(leaseMs / 3, () => void renew());
    };
    schedule();
    return () => {
      isOver = true;
      forget();
    };
  }
}
