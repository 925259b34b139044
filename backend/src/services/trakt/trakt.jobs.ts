import type { Job } from '../scheduler/job.js';
import type { TraktService } from './trakt.service.js';

const minute = 60_000;

/** What keeps every link up to date, besides what is told at once. */
export function traktJobs(trakt: TraktService): Job[] {
  return [
    {
      name: 'trakt-sync',
      description: 'Reads what changed at Trakt, for everyone who is connected',
      schedule: { everyMs: 15 * minute },
      timeoutMs: 60 * minute,
      run: ({ signal }) => trakt.syncAll(signal),
    },
    {
      name: 'trakt-outbox',
      description: 'Tells Trakt what could not be told before',
      schedule: { everyMs: minute },
      run: ({ signal }) => trakt.tellAll(signal),
    },
  ];
}
