import type { JobState } from '../../entities/job.entity.js';
import type { JobRepository } from '../../repositories/job.repository.js';
import { firstDue, nextDue } from './due.js';
import type { Job } from './job.js';

/** A time planned long ago may be a little later than what would be planned now (`nextDue` adds up to five minutes). */
const slackMs = 10 * 60_000;

/**
 * Plans jobs anew whose next run, or claim, is further away than any plan puts it: the clock was ahead when that was written,
 * and they would wait until it is there again. Answers whether there were any.
 */
export async function undoFuture(
  states: JobRepository,
  known: readonly JobState[],
  jobs: Iterable<Job>,
  { now, leaseMs, random }: { now: number; leaseMs: number; random: () => number },
): Promise<boolean> {
  const kept = new Map(known.map((state) => [state.name, state]));
  let wereAny = false;
  for (const { name, schedule } of jobs) {
    const state = kept.get(name);
    if (!state) continue;
    const latest = Math.max(nextDue(schedule, now, 1), now + leaseMs) + slackMs;
    if (Math.max(state.nextRunAt.getTime(), state.claimedUntil?.getTime() ?? 0) <= latest) continue;
    wereAny = true;
    await states.bringForward(name, {
      now: new Date(now),
      until: new Date(now + leaseMs),
      nextRunAt: new Date(firstDue(schedule, now, random())),
    });
  }
  return wereAny;
}
