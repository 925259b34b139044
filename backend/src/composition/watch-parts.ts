import type { Configuration } from '../configuration.js';
import type { Database } from '../database/database.js';
import type { TextSealer } from '../encryption/sealed-text.js';
import { newId } from '../entities/id.js';
import { HttpCaller } from '../http-client/http-caller.js';
import type { Logger } from '../logging/logger.js';
import type { Metrics } from '../logging/metrics.js';
import { EpisodeRepository } from '../repositories/episode.repository.js';
import { LeaseRepository } from '../repositories/lease.repository.js';
import { MovieRepository } from '../repositories/movie.repository.js';
import { RatingRepository } from '../repositories/rating.repository.js';
import { ShowRepository } from '../repositories/show.repository.js';
import { TraktOutboxRepository, TraktRepository } from '../repositories/trakt.repository.js';
import { WatchRepository } from '../repositories/watch.repository.js';
import type { AuditLogService } from '../services/audit/audit-log.service.js';
import { LeaseKeeper } from '../services/leases/lease-keeper.js';
import type { createCatalogue } from '../services/media/catalogue.js';
import type { LiveSettings } from '../services/settings/live-settings.js';
import { createTrakt } from '../services/trakt/create-trakt.js';
import { ShowRefreshes } from '../services/trakt/show-refreshes.js';
import { LibraryTitles } from '../services/watch/library-titles.js';
import { WatchOverview } from '../services/watch/watch-overview.js';
import type { Cache } from '../utils/cache/cache.js';

export interface WatchPartsNeeds {
  database: Database;
  live: LiveSettings<Configuration>;
  cache: Cache;
  catalogue: Pick<
    ReturnType<typeof createCatalogue>,
    'lists' | 'mirrors' | 'refresher' | 'home' | 'describe'
  >;
  audit: AuditLogService;
  sealer: TextSealer;
  metrics: Metrics;
  logger: Logger;
  version: string;
}

/** Where everyone stopped, and the same at Trakt. */
export function createWatchParts({
  database,
  live,
  cache,
  catalogue,
  audit,
  sealer,
  metrics,
  logger,
  version,
}: WatchPartsNeeds) {
  const watches = new WatchRepository(database);
  const titles = new LibraryTitles(
    new MovieRepository(database),
    new ShowRepository(database),
    new EpisodeRepository(database),
  );
  const ratingRows = new RatingRepository(database);
  const watchOverview = new WatchOverview(watches, titles, ratingRows, Date.now);
  const traktHttp = new HttpCaller({
    provider: 'Trakt',
    userAgent: `Kinora/${version}`,
    onCall: (outcome, seconds) => metrics.providerCalled('Trakt', outcome, seconds),
  });
  const leases = new LeaseKeeper({
    leases: new LeaseRepository(database),
    owner: newId(),
    logger,
    now: Date.now,
  });
  const { watch, ratings, news, trakt } = createTrakt({
    http: traktHttp,
    config: () => ({
      apiUrl: live.now.TRAKT_API_URL,
      authUrl: live.now.TRAKT_AUTH_URL,
      clientId: live.now.TRAKT_CLIENT_ID,
      clientSecret: live.now.TRAKT_CLIENT_SECRET,
    }),
    accounts: new TraktRepository(database),
    outboxEntries: new TraktOutboxRepository(database),
    ...{ watches, titles, audit, sealer, logger, now: Date.now },
    ...{ ratings: ratingRows, leases, cache, home: catalogue.home },
    ...{ lists: catalogue.lists, mirrors: catalogue.mirrors },
    describe: catalogue.describe,
    onShowsMet: new ShowRefreshes(new EpisodeRepository(database), catalogue.refresher).want,
  });
  // Read anew for every call.
  live.follow(['TRAKT_API_URL', 'TRAKT_AUTH_URL', 'TRAKT_CLIENT_ID', 'TRAKT_CLIENT_SECRET'], () => undefined);
  return { watch, watchOverview, ratings, watchNews: news, trakt, traktHttp };
}
