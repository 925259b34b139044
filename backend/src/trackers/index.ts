import type { HttpClient } from '../http-client/http-client.js';
import type { Tracker } from '../services/source/tracker.port.js';
import { OpenFilmsTracker } from './open-films/open-films.tracker.js';
import { YtsTracker } from './yts/yts.tracker.js';

export interface TrackersConfig {
  /** Mirrors of one YTS-compatible API, each up to and without `/list_movies.json`; none = off. */
  ytsApiUrls: readonly string[];
}

/**
 * The indexers that are on: the openly licensed films always, others where an operator has configured them.
 * @param createHttp makes a client for the provider of that name; called once per mirror
 */
export function createTrackers(
  { ytsApiUrls }: TrackersConfig,
  createHttp: (provider: string) => HttpClient,
): Tracker[] {
  const trackers: Tracker[] = [];
  if (ytsApiUrls.length > 0) {
    trackers.push(new YtsTracker(ytsApiUrls.map((baseUrl) => ({ baseUrl, http: createHttp('YTS') }))));
  }
  trackers.push(new OpenFilmsTracker());
  return trackers;
}
