import type { Job, JobRun } from '../../api/types.js';
import { formatCount } from '../../ui/format.js';
import { formatAgo } from '../../ui/moment.js';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

type Outcome = NonNullable<Job['lastOutcome']>;

const outcomes: Record<Outcome, string> = {
  ok: 'Went well',
  failed: 'Failed',
  'timed-out': 'Took too long',
  stopped: 'Stopped with the server',
  lost: 'The server ended over it',
};

const triggers: Record<JobRun['trigger'], string> = {
  schedule: 'By plan',
  retry: 'Tried again',
  manual: 'By hand',
};

/** "series-air-dates" as a heading: "Series air dates". */
export function jobTitle(name: string): string {
  const words = name.replaceAll('-', ' ');
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** "every 6 hours", "every minute", or the line of a cron plan. */
export function planWords({ everySeconds, cron }: Job['schedule']): string {
  if (cron !== null) return `by the plan ${cron} (UTC)`;
  const ms = (everySeconds ?? 0) * second;
  const [unit, name] =
    ms % hour === 0 ? [hour, 'hour'] : ms % minute === 0 ? [minute, 'minute'] : [second, 'second'];
  const count = ms / unit;
  return count === 1 ? `every ${name}` : `every ${formatCount(count, name)}`;
}

/** What comes next: "Running for 12 s", "Paused", "Next in 3 hours". */
export function nextWords({ running, paused, nextRunAt, lastStartedAt }: Job, now: number): string {
  if (running) {
    return lastStartedAt === null ? 'Running' : `Running for ${lastsWords(now - Date.parse(lastStartedAt))}`;
  }
  if (paused || nextRunAt === null) return 'Paused';
  return `Next ${inWords(Date.parse(nextRunAt) - now)}`;
}

/** How it went last: "Went well 2 hours ago", "Failed yesterday: TMDB is away"; how often in a row, where it is more than once. */
export function lastWords(job: Job, now: number): string {
  const { lastOutcome, lastFinishedAt, lastMessage, failures } = job;
  if (lastOutcome === null || lastFinishedAt === null) return 'Has not run yet';
  const row = failures > 1 ? `, ${failures} times in a row` : '';
  const message = lastMessage === null ? '' : `: ${lastMessage}`;
  return `${outcomes[lastOutcome]} ${formatAgo(lastFinishedAt, now)}${row}${message}`;
}

/** Of one run: "Went well in 4 s". */
export function runWords({ outcome, startedAt, finishedAt }: JobRun): string {
  if (outcome === null || finishedAt === null) return 'Running';
  return `${outcomes[outcome]}, ${lastsWords(Date.parse(finishedAt) - Date.parse(startedAt))}`;
}

export function triggerWords(trigger: JobRun['trigger']): string {
  return triggers[trigger];
}

/** A run that was ended by a stop of the server did nothing wrong. */
export function isBad(outcome: Outcome | null): boolean {
  return outcome === 'failed' || outcome === 'timed-out' || outcome === 'lost';
}

function lastsWords(ms: number): string {
  if (ms < second) return 'under a second';
  if (ms < minute) return `${Math.floor(ms / second)} s`;
  if (ms < hour) return `${Math.floor(ms / minute)} min`;
  return `${Math.floor(ms / hour)} h ${Math.floor((ms % hour) / minute)} min`;
}

function inWords(ms: number): string {
  if (ms < minute) return 'within a minute';
  const words = new Intl.RelativeTimeFormat('en');
  const minutes = Math.round(ms / minute);
  if (minutes < 60) return words.format(minutes, 'minute');
  const hours = Math.round(ms / hour);
  return hours < 48 ? words.format(hours, 'hour') : words.format(Math.round(ms / day), 'day');
}
