import type { SourceSearch } from '../../entities/source-search.entity.js';
import type { SourceRepository } from '../../repositories/source.repository.js';
import type { SourceSearchRepository } from '../../repositories/source-search.repository.js';
import type { Job } from '../scheduler/job.js';
import { forgetAfterMs, type SourceService, type SourceTitle } from './source.service.js';

export interface SourceJobsNeeds {
  sources: Pick<SourceService, 'refresh'>;
  sourceRows: SourceRepository;
  searches: SourceSearchRepository;
  counts: { count(signal: AbortSignal): Promise<void> };
  /** The film or episode as the catalogue has it now; null when it is gone. */
  findTitle: (search: Pick<SourceSearch, 'kind' | 'titleId'>) => Promise<SourceTitle | null>;
  /** Titles in people's lists that were not searched yet or are due. */
  listWanted?: (limit: number) => Promise<readonly Pick<SourceSearch, 'kind' | 'titleId'>[]>;
  now: () => Date;
  /** Between two titles, milliseconds. */
  pauseMs?: number;
}

const day = 24 * 3_600_000;
/** What nobody has looked at for this long is not searched by itself any more. */
const interestMs = 60 * day;
/** Titles of one run: indexers are other people's machines. */
const perRun = 10;
const usualPauseMs = 3_000;

/** What keeps sources fresh while nobody looks. */
export function createSourceJobs(needs: SourceJobsNeeds): Job[] {
  return [
    {
      name: 'search-sources',
      description:
        'Looks for new releases of what people look at and keep in their lists, the newest titles most often.',
      schedule: { everyMs: 10 * 60_000 },
      run: ({ signal }) => searchDue(needs, signal),
    },
    {
      name: 'count-swarms',
      description: 'Asks trackers how many seed the releases that were shown lately.',
      schedule: { everyMs: 5 * 60_000 },
      timeoutMs: 2 * 60_000,
      run: ({ signal }) => needs.counts.count(signal),
    },
    {
      name: 'forget-sources',
      description: 'Removes releases that no indexer has shown for a month.',
      schedule: { everyMs: 12 * 3_600_000 },
      run: async ({ signal }) => {
        const now = needs.now().getTime();
        const seenSince = new Date(now - forgetAfterMs);
        while (!signal.aborted && (await needs.sourceRows.forgetUnseenSince(seenSince)) > 0);
        await needs.searches.forgetUnviewedSince(new Date(now - 180 * day));
      },
    },
  ];
}

async function searchDue(
  { sources, searches, findTitle, listWanted, now, pauseMs = usualPauseMs }: SourceJobsNeeds,
  signal: AbortSignal,
) {
  const viewedSince = new Date(now().getTime() - interestMs);
  const due = await searches.listDue({ now: now(), viewedSince, limit: perRun });
  const wanted = (await listWanted?.(perRun - due.length)) ?? [];
  const keys = new Map([...due, ...wanted].map((key) => [key.titleId, key]));
  for (const key of keys.values()) {
    if (signal.aborted) return;
    const title = await findTitle(key);
    if (title) await sources.refresh(title);
    await pause(pauseMs, signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });
}
