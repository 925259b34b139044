import type { ArchiveSync } from '../archive/archive-sync.js';
import type { ListService } from '../lists/list.service.js';
import type { Job } from '../scheduler/job.js';
import type { MediaSync } from './media-sync.js';
import type { TitleRefresher } from './title-refresher.js';

export interface MediaJobsOptions {
  sync: MediaSync;
  refresher: TitleRefresher;
  lists: ListService;
  archive: ArchiveSync;
}

const hour = 3_600_000;
const longMs = hour;

export function createMediaJobs({ sync, refresher, lists, archive }: MediaJobsOptions): Job[] {
  return [
    {
      name: 'catalogue-changes',
      description: 'Asks TMDB what changed, and refreshes those of our titles.',
      schedule: { everyMs: 6 * hour },
      timeoutMs: longMs,
      run: async ({ signal }) => {
        await sync.takeChanges(signal);
        await refresher.drain(signal);
      },
    },
    {
      name: 'series-air-dates',
      description: 'Refreshes series whose next episode was due.',
      schedule: { everyMs: 3 * hour },
      timeoutMs: longMs,
      run: async ({ signal }) => {
        await sync.takeAired();
        await refresher.drain(signal);
      },
    },
    {
      name: 'catalogue-upkeep',
      description: 'Refreshes some of the titles that were not asked for in a long time.',
      schedule: { everyMs: 24 * hour },
      timeoutMs: longMs,
      run: async ({ signal }) => {
        await sync.takeOld();
        await refresher.drain(signal);
      },
    },
    {
      name: 'followed-lists',
      description: 'Brings lists that follow one of TMDB into step with it.',
      schedule: { everyMs: 6 * hour },
      timeoutMs: longMs,
      run: ({ signal }) => lists.syncAll(signal),
    },
    {
      name: 'archive-catalogue',
      description: 'Takes the free films of the Internet Archive into the library.',
      schedule: { everyMs: 24 * hour },
      timeoutMs: longMs,
      run: ({ signal }) => archive.takeCatalogue(signal),
    },
    {
      name: 'archive-match',
      description: 'Looks films of the Internet Archive up at TMDB, some at a time.',
      schedule: { everyMs: 6 * hour },
      timeoutMs: longMs,
      run: ({ signal }) => archive.match(signal),
    },
  ];
}
