import type { JobState } from '../../entities/job.entity.js';
import type { JobRun, JobTrigger } from '../../entities/job-run.entity.js';
import { NotFoundError } from '../../errors/app-error.js';
import { type Clock, systemClock } from './clock.js';
import { undoFuture } from './clock-correction.js';
import { firstDue } from './due.js';
import type { Job } from './job.js';
import { JobRunner, type JobRunnerOptions, leaseMs } from './job-runner.js';
import { JobRunningError } from './scheduler.errors.js';

export interface SchedulerServiceOptions extends Pick<JobRunnerOptions, 'states' | 'logger' | 'onRun'> {
  jobs: readonly Job[];
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
  private readonly runner: JobRunner;
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
    this.runner = new JobRunner({ ...options, clock: this.clock, random: this.random });
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

  /** Names of what this process runs now. */
  get runningNames(): string[] {
    return [...this.running.keys()];
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
    const known = await kept.list();
    const plan = { now: this.clock.now(), leaseMs, random: this.random };
    const states = (await undoFuture(kept, known, this.jobs.values(), plan)) ? await kept.list() : known;
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
      run = await this.runner.claim(job, trigger);
    } finally {
      if (!run) {
        this.running.delete(job.name);
        settle();
      }
    }
    if (!run) return false;
    void this.runner.carryOut(job, run, stop).finally(() => {
      this.running.delete(job.name);
      settle();
      if (this.isStarted) void this.look();
    });
    return true;
  }
}
