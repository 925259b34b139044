import { Cron } from 'croner';
import type { JobSchedule } from './job.js';

const minute = 60_000;

/**
 * When the job is due next, in milliseconds since 1970: a little later than planned, at random, so that several servers
 * and several jobs do not all call the same provider in the same second.
 * @param random 0 to 1
 */
export function nextDue(schedule: JobSchedule, now: number, random: number): number {
  if ('everyMs' in schedule) return Math.round(now + schedule.everyMs + jitter(schedule.everyMs, random));
  const at = new Cron(schedule.cron, { timezone: 'UTC', paused: true }).nextRun(new Date(now));
  if (at === null) throw new Error(`The cron line "${schedule.cron}" has no next time.`);
  return Math.round(at.getTime() + jitter(at.getTime() - now, random));
}

/** A new job with an interval runs soon after the start, not only an interval later. */
export function firstDue(schedule: JobSchedule, now: number, random: number): number {
  if (!('everyMs' in schedule)) return nextDue(schedule, now, random);
  return Math.round(now + Math.min(schedule.everyMs, 10_000 + random * 50_000));
}

/** When a job that failed is tried again: after a minute, doubling up to an hour, but never later than its plan says. */
export function retryDue(
  schedule: JobSchedule,
  { now, failures, random }: { now: number; failures: number; random: number },
): number {
  const bound = Math.min(60 * minute, minute * 2 ** Math.min(failures - 1, 10));
  return Math.min(nextDue(schedule, now, random), Math.round(now + bound * (0.5 + random / 2)));
}

/** Up to a tenth of the interval, at most five minutes. */
function jitter(intervalMs: number, random: number): number {
  return random * Math.min(intervalMs / 10, 5 * minute);
}
