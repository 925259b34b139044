import { expect, test } from '@jest/globals';
import type { Job } from '../../api/types.js';
import { jobTitle, lastWords, nextWords, planWords, runWords } from './job-words.js';

const now = Date.parse('2026-11-22T12:00:00Z');
const job: Job = {
  name: 'series-air-dates',
  description: 'Reads what is new.',
  schedule: { everySeconds: 10_800, cron: null },
  running: false,
  paused: false,
  failures: 0,
  nextRunAt: '2026-11-22T15:00:00Z',
  lastStartedAt: '2026-11-22T09:59:00Z',
  lastFinishedAt: '2026-11-22T10:00:00Z',
  lastOutcome: 'ok',
  lastMessage: null,
};

test('a name reads as a heading', () => expect(jobTitle(job.name)).toBe('Series air dates'));

test.each([
  [{ everySeconds: 3_600, cron: null }, 'every hour'],
  [{ everySeconds: 86_400, cron: null }, 'every 24 hours'],
  [{ everySeconds: 90, cron: null }, 'every 90 seconds'],
  [{ everySeconds: 60, cron: null }, 'every minute'],
  [{ everySeconds: null, cron: '30 4 * * *' }, 'by the plan 30 4 * * * (UTC)'],
])('%j is %s', (schedule, words) => expect(planWords(schedule)).toBe(words));

test.each<[Partial<Job>, string]>([
  [{}, 'Next in 3 hours'],
  [{ nextRunAt: '2026-11-22T12:59:59Z' }, 'Next in 1 hour'],
  [{ nextRunAt: '2026-11-22T11:59:00Z' }, 'Next within a minute'],
  [{ nextRunAt: '2026-11-26T12:00:00Z' }, 'Next in 4 days'],
  [{ paused: true, nextRunAt: null }, 'Paused'],
  [{ running: true, lastStartedAt: '2026-11-22T11:59:48Z' }, 'Running for 12 s'],
  [{ running: true, paused: true, lastStartedAt: '2026-11-22T10:30:00Z' }, 'Running for 1 h 30 min'],
])('with %j it says %s', (facts, words) => expect(nextWords({ ...job, ...facts }, now)).toBe(words));

test.each<[Partial<Job>, string]>([
  [{}, 'Went well 2 hours ago'],
  [{ lastOutcome: null, lastFinishedAt: null }, 'Has not run yet'],
  [
    { lastOutcome: 'failed', lastMessage: 'TMDB is away', failures: 3 },
    'Failed 2 hours ago, 3 times in a row: TMDB is away',
  ],
])('of the last run with %j it says %s', (facts, words) =>
  expect(lastWords({ ...job, ...facts }, now)).toBe(words),
);

test('a run says how it went and how long it took', () => {
  const run = { id: 'a', trigger: 'manual', startedAt: '2026-11-22T10:00:00Z', message: null } as const;
  expect(runWords({ ...run, finishedAt: '2026-11-22T10:00:04Z', outcome: 'ok' })).toBe('Went well, 4 s');
  expect(runWords({ ...run, finishedAt: null, outcome: null })).toBe('Running');
});
