import type { Source } from '../../entities/source.entity.js';
import type { Logger } from '../../logging/logger.js';
import type { SourceRepository, SwarmCount } from '../../repositories/source.repository.js';
import { usableTrackers } from '../torrent/tracker-urls.js';
import { nextInterval } from './count-interval.js';
import type { Scraper } from './tracker-scraper.js';
import { mostPerScrape } from './udp-scrape.js';

export interface SwarmCountsOptions {
  sources: Pick<SourceRepository, 'setCounts'>;
  scraper: Scraper;
  /** Asked for every swarm. */
  trackers: readonly string[];
  logger: Logger;
  /** Milliseconds. */
  now?: () => number;
}

interface Swarm {
  announce: readonly string[];
  seeders: number | null;
  intervalMs: number | null;
  dueAt: number;
}

/** Trackers that do not answer are left alone, twice as long each time. Milliseconds. */
const pause = { first: 5 * 60_000, most: 2 * 3_600_000 } as const;
const limits = { swarms: 2_000, perRun: 210, trackersPerSwarm: 6, trackersPerRun: 12 } as const;

/**
 * How many seed what people are shown, as trackers say. Swarms come in when somebody looks at a title; each is counted
 * when its last count is no longer good, which follows how much it moves. Nothing runs while nothing is due.
 */
export class SwarmCounts {
  private readonly swarms = new Map<string, Swarm>();
  private readonly resting = new Map<string, { until: number; ms: number }>();
  private readonly stopping = new AbortController();
  private counting: Promise<void> | null = null;
  private readonly now: () => number;

  constructor(private readonly options: SwarmCountsOptions) {
    this.now = options.now ?? Date.now;
  }

  /** Somebody looks at these: they are counted at once unless a count still holds, and from now on by the job. */
  want(sources: readonly Pick<Source, 'infoHash' | 'announce' | 'seeders'>[]): void {
    for (const { infoHash, announce, seeders } of sources) {
      const known = this.swarms.get(infoHash);
      // The latest asked for last: the oldest make room.
      this.swarms.delete(infoHash);
      this.swarms.set(infoHash, known ?? { announce, seeders, intervalMs: null, dueAt: 0 });
    }
    for (const infoHash of this.swarms.keys()) {
      if (this.swarms.size <= limits.swarms) break;
      this.swarms.delete(infoHash);
    }
    void this.count(this.stopping.signal);
  }

  /** Counts what is due; settles when that is done. It never fails: a tracker that does is left alone for a while. */
  count(signal: AbortSignal): Promise<void> {
    this.counting ??= this.countDue(AbortSignal.any([signal, this.stopping.signal]))
      .catch((error: unknown) => this.options.logger.warn({ err: error }, 'swarms were not counted'))
      .finally(() => {
        this.counting = null;
      });
    return this.counting;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.counting;
  }

  private async countDue(signal: AbortSignal): Promise<void> {
    const now = this.now();
    const due = [...this.swarms].filter(([, { dueAt }]) => dueAt <= now).slice(-limits.perRun);
    if (due.length === 0) return;
    const found = new Map<string, SwarmCount>();
    await Promise.all(
      [...this.byTracker(due)].map(([tracker, infoHashes]) => this.ask(tracker, infoHashes, found, signal)),
    );
    if (signal.aborted) return;
    for (const [infoHash, swarm] of due) {
      const count = found.get(infoHash);
      const intervalMs = nextInterval(swarm.intervalMs, swarm.seeders, count?.seeders ?? swarm.seeders ?? 0);
      this.swarms.set(infoHash, {
        ...swarm,
        seeders: count?.seeders ?? swarm.seeders,
        intervalMs,
        dueAt: now + intervalMs,
      });
    }
    if (found.size > 0) await this.options.sources.setCounts([...found.values()]);
  }

  /** Each tracker once, with all it can be asked about. */
  private byTracker(due: readonly (readonly [string, Swarm])[]): Map<string, string[]> {
    const byTracker = new Map<string, string[]>();
    for (const [infoHash, { announce }] of due) {
      const trackers = usableTrackers([...this.options.trackers, ...announce], true).slice(
        0,
        limits.trackersPerSwarm,
      );
      for (const tracker of trackers) {
        if ((this.resting.get(tracker)?.until ?? 0) > this.now()) continue;
        byTracker.set(tracker, [...(byTracker.get(tracker) ?? []), infoHash]);
      }
    }
    const busiest = [...byTracker].sort(([, a], [, b]) => b.length - a.length);
    return new Map(busiest.slice(0, limits.trackersPerRun));
  }

  /** Every tracker sees a part of a swarm: the highest count is nearest to the truth. */
  private async ask(
    tracker: string,
    infoHashes: readonly string[],
    found: Map<string, SwarmCount>,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      for (let at = 0; at < infoHashes.length; at += mostPerScrape) {
        for (const count of await this.options.scraper.scrape(
          tracker,
          infoHashes.slice(at, at + mostPerScrape),
          signal,
        )) {
          const best = found.get(count.infoHash);
          if (!best || count.seeders > best.seeders) found.set(count.infoHash, count);
        }
      }
      this.resting.delete(tracker);
    } catch (error) {
      if (signal.aborted) return;
      const ms = Math.min(pause.most, (this.resting.get(tracker)?.ms ?? pause.first / 2) * 2);
      if (this.resting.size > 500) this.resting.clear();
      this.resting.set(tracker, { until: this.now() + ms, ms });
      this.options.logger.debug({ err: error, tracker: new URL(tracker).host }, 'a tracker told no counts');
    }
  }
}
