import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError } from '../../errors/app-error.js';
import { silentLogger } from '../../logging/logger.js';
import { JobRepository } from '../../repositories/job.repository.js';
import { openTestDatabase, type TestDatabase } from '../../test-support/database.js';
import { FakeClock } from '../../test-support/fake-clock.js';
import type { Job } from './job.js';
import { SchedulerService } from './scheduler.service.js';

const minute = 60_000;
const hour = 60 * minute;

let kept: TestDatabase;
let clock: FakeClock;
let schedulers: SchedulerService[];
let ran: string[];

beforeEach(async () => {
  kept = await openTestDatabase();
  clock = new FakeClock();
  schedulers = [];
  ran = [];
});

afterEach(async () => {
  await Promise.all(schedulers.map((scheduler) => scheduler.stop()));
  await kept.dispose();
});

/** A server of its own on the same database. */
async function server(...jobs: Job[]): Promise<SchedulerService> {
  const states = counted(new JobRepository(kept.database));
  const scheduler = new SchedulerService({ jobs, states, logger: silentLogger(), clock, random: () => 0.5 });
  schedulers.push(scheduler);
  await scheduler.start();
  return scheduler;
}

function aJob(name: string, given: Partial<Job> = {}): Job {
  return {
    name,
    description: 'A job.',
    schedule: { everyMs: hour },
    run: () => {
      ran.push(`${name} ${new Date(clock.now()).toISOString().slice(11, 16)}`);
      return Promise.resolve();
    },
    ...given,
  };
}

/** A job that goes on until it is told to end. */
function aLongJob(name: string, obedient = true): { job: Job; end: () => void; started: () => number } {
  let end: () => void = () => undefined;
  let started = 0;
  const job = aJob(name, {
    run: ({ signal }) => {
      started += 1;
      return new Promise((resolve, reject) => {
        end = resolve;
        if (obedient) signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    },
  });
  return { job, end: () => end(), started: () => started };
}

const settle = async () => {
  // The long job never settles by itself; what the database does takes a few turns of the event loop, or longer.
  do for (let turn = 0; turn < 40; turn += 1) await new Promise(setImmediate);
  while (asking > 0);
};
/** Calls of the repository that the database has not answered. */
let asking = 0;

function counted(states: JobRepository): JobRepository {
  return new Proxy(states, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]) => {
        const answer: unknown = Reflect.apply(member, target, given);
        if (!(answer instanceof Promise)) return answer;
        asking += 1;
        return answer.finally(() => (asking -= 1));
      };
    },
  });
}
const pass = (ms: number) => clock.advance(ms, settle);

describe('SchedulerService', () => {
  it('runs jobs at their intervals and cron times, and wakes up for nothing else', async () => {
    await server(aJob('hourly'), aJob('nightly', { schedule: { cron: '0 4 * * *' } }));
    await pass(24 * hour);
    expect(ran.filter((line) => line.startsWith('hourly'))).toHaveLength(24);
    expect(ran.filter((line) => line.startsWith('nightly'))).toEqual(['nightly 04:02']);
    // One wake-up for each run; the end of a run sets the next timer by itself.
    expect(clock.wakeUps).toBe(25);
    expect(clock.waiting).toBe(1);
  });

  it('sleeps on no timer at all without jobs', async () => {
    await server();
    expect(clock.waiting).toBe(0);
  });

  it('runs a job once for two servers, and the other takes over when one has gone', async () => {
    const first = await server(aJob('hourly'));
    await server(aJob('hourly'));
    await pass(6 * hour);
    expect(ran).toHaveLength(6);
    await first.stop();
    await pass(6 * hour);
    expect(ran.length).toBeGreaterThanOrEqual(11);
    expect(new Set(ran).size).toBe(ran.length);
  });

  it('F30 never runs a job twice at once, by hand or in another server, however long it takes', async () => {
    const { job, end, started } = aLongJob('sync', false);
    const one = await server(job);
    const other = await server(job);
    await pass(5 * hour);
    expect(started()).toBe(1);
    await expect(one.runNow('sync')).rejects.toMatchObject({ code: 'conflict' });
    await expect(other.runNow('sync')).rejects.toMatchObject({ code: 'conflict' });
    expect((await other.get('sync')).running).toBe(true);
    end();
    await settle();
    expect((await one.get('sync')).state.lastOutcome).toBe('ok');
    expect((await one.get('sync')).running).toBe(false);
  });

  it.each([
    ['a year back', -365 * 24],
    ['a day back', -24],
    ['an hour back', -1],
  ])('F19 a clock that is set %s puts no job off for longer than its interval', async (_how, hours) => {
    await server(aJob('hourly'), aJob('nightly', { schedule: { cron: '0 4 * * *' } }));
    await pass(2 * hour);
    ran = [];
    clock.jump(hours * hour);
    await pass(25 * hour);
    expect(ran.filter((line) => line.startsWith('hourly')).length).toBeGreaterThanOrEqual(22);
    expect(ran.filter((line) => line.startsWith('hourly')).length).toBeLessThanOrEqual(26);
    expect(ran.filter((line) => line.startsWith('nightly')).length).toBeGreaterThanOrEqual(1);
  });

  it('F19 a clock that is set a year on makes up for one run of each job, not for all', async () => {
    await server(aJob('hourly'));
    await pass(2 * hour);
    ran = [];
    clock.jump(365 * 24 * hour);
    await pass(3 * hour);
    expect(ran.length).toBeGreaterThanOrEqual(2);
    expect(ran.length).toBeLessThanOrEqual(4);
  });

  it('F19 what was planned by a clock in 2038 is planned anew', async () => {
    const first = await server(aJob('hourly'));
    clock.jump(12 * 365 * 24 * hour);
    await pass(2 * hour);
    await first.stop();
    clock.jump(-12 * 365 * 24 * hour);
    ran = [];
    await server(aJob('hourly'));
    await pass(2 * hour);
    expect(ran.length).toBeGreaterThanOrEqual(1);
  });

  it('closes the run of a server that died, and runs the job again when its claim has ended', async () => {
    const states = new JobRepository(kept.database);
    await states.ensure([{ name: 'sync', nextRunAt: new Date(clock.now()) }]);
    const now = new Date(clock.now());
    await states.claim('sync', {
      owner: 'dead',
      trigger: 'schedule',
      now,
      until: new Date(now.getTime() + minute),
    });
    const scheduler = await server(aJob('sync'));
    await settle();
    expect(ran).toEqual([]);
    await pass(2 * minute);
    expect(ran).toEqual(['sync 12:01']);
    const { items } = await scheduler.listRuns('sync', { page: 1, pageSize: 10 });
    expect(items.map(({ outcome }) => outcome)).toEqual(['ok', 'lost']);
  });

  it('tries a failed job again soon, then later, and says to an administrator what was meant for people', async () => {
    let down = true;
    const failing = aJob('sync', {
      schedule: { everyMs: 6 * hour },
      run: () => {
        ran.push(`${(clock.now() - Date.UTC(2026, 10, 22, 12)) / minute}`);
        if (ran.length === 2) return Promise.reject(new Error('SQL with a secret'));
        return down
          ? Promise.reject(new AppError('provider-unavailable', 'TMDB is away.'))
          : Promise.resolve();
      },
    });
    const scheduler = await server(failing);
    await pass(minute);
    expect((await scheduler.get('sync')).state).toMatchObject({
      lastOutcome: 'failed',
      lastMessage: 'TMDB is away.',
      failures: 1,
    });
    await pass(minute);
    expect((await scheduler.get('sync')).state.lastMessage).not.toContain('secret');
    await pass(hour);
    down = false;
    await pass(2 * hour);
    expect((await scheduler.get('sync')).state).toMatchObject({
      lastOutcome: 'ok',
      lastMessage: null,
      failures: 0,
    });
    const gaps = ran.slice(1).map((at, index) => Number(at) - Number(ran[index]));
    expect(gaps).toEqual([...gaps].sort((a, b) => a - b));
    expect(ran.length).toBeLessThan(10);
  });

  it('ends a job that takes too long', async () => {
    const { job } = aLongJob('sync');
    const scheduler = await server({ ...job, timeoutMs: 5 * minute });
    await pass(7 * minute);
    expect((await scheduler.get('sync')).state).toMatchObject({ lastOutcome: 'timed-out', failures: 1 });
  });

  it('asks running jobs to end when the server stops, and begins them again after the next start', async () => {
    const { job } = aLongJob('sync');
    const scheduler = await server(job);
    await pass(minute);
    await scheduler.stop();
    expect((await scheduler.get('sync')).state).toMatchObject({ lastOutcome: 'stopped', failures: 0 });
    expect(clock.waiting).toBe(0);
    await server(aJob('sync'));
    await settle();
    expect(ran).toHaveLength(1);
  });

  it('leaves a paused job alone, also after a restart, but runs it by hand; resumed it goes on', async () => {
    const scheduler = await server(aJob('sync'));
    await scheduler.setPaused('sync', true);
    await pass(5 * hour);
    expect(ran).toEqual([]);
    const restarted = await server(aJob('sync'));
    await pass(5 * hour);
    expect(ran).toEqual([]);
    await restarted.runNow('sync');
    await settle();
    expect(ran).toHaveLength(1);
    await restarted.setPaused('sync', false);
    await pass(2 * hour);
    expect(ran.length).toBeGreaterThanOrEqual(2);
  });

  it('keeps the last fifty runs', async () => {
    const scheduler = await server(aJob('often', { schedule: { everyMs: minute } }));
    await pass(70 * minute);
    const { items, total } = await scheduler.listRuns('often', { page: 1, pageSize: 100 });
    expect(total).toBe(50);
    expect(items[0]?.startedAt.getTime()).toBeGreaterThan(items.at(-1)?.startedAt.getTime() ?? 0);
  });

  it('runs two jobs at a time, the others when there is a place', async () => {
    const long = ['a', 'b', 'c'].map((name) => aLongJob(name));
    await server(...long.map(({ job }) => job));
    await pass(2 * minute);
    const started = () => long.map((one) => one.started());
    expect(started().reduce((sum, one) => sum + one, 0)).toBe(2);
    for (const one of long) one.end();
    await settle();
    expect(started().reduce((sum, one) => sum + one, 0)).toBe(3);
  });

  it('does not know jobs that nobody listed', async () => {
    const scheduler = await server();
    await expect(scheduler.get('nothing')).rejects.toMatchObject({ code: 'not-found' });
    await expect(scheduler.runNow('nothing')).rejects.toMatchObject({ code: 'not-found' });
  });
});
