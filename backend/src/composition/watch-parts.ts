import type { Configuration } from '../configuration.js';
import type { Database } from '../database/database.js';
import type { TextSealer } from '../encryption/sealed-text.js';
import { HttpCaller } from '../http-client/http-caller.js';
import type { Logger } from '../logging/logger.js';
import type { Metrics } from '../logging/metrics.js';
import { EpisodeRepository } from '../repositories/episode.repository.js';
import { MovieRepository } from '../repositories/movie.repository.js';
import { ShowRepository } from '../repositories/show.repository.js';
import { TraktOutboxRepository, TraktRepository } from '../repositories/trakt.repository.js';
import { WatchRepository } from '../repositories/watch.repository.js';
import type { AuditLogService } from '../services/audit/audit-log.service.js';
import type { createCatalogue } from '../services/media/catalogue.js';
import type { LiveSettings } from '../services/settings/live-settings.js';
import { createTrakt } from '../services/trakt/create-trakt.js';
import { ShowRefreshes } from '../services/trakt/show-refreshes.js';
import { LibraryTitles } from '../services/watch/library-titles.js';
import { WatchOverview } from '../services/watch/watch-overview.js';

export interface WatchPartsNeeds {
  database: Database;
  live: LiveSettings<Configuration>;
  catalogue: Pick<ReturnType<typeof createCatalogue>, 'lists' | 'mirrors' | 'refresher'>;
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
  const watchOverview = new WatchOverview(watches, titles, Date.now);
  const traktHttp = new HttpCaller({
    provider: 'Trakt',
    userAgent: `Kinora/${version}`,
    onCall: (outcome, seconds) => metrics.providerCalled('Trakt', outcome, seconds),
  });
  const { watch, trakt } = createTrakt({
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
    ...{ lists: catalogue.lists, mirrors: catalogue.mirrors },
    onShowsMet: new ShowRefreshes(new EpisodeRepository(database), catalogue.refresher).want,
  });
  // Read anew for every call.
  live.follow(['TRAKT_API_URL', 'TRAKT_AUTH_URL', 'TRAKT_CLIENT_ID', 'TRAKT_CLIENT_SECRET'], () => undefined);
  return { watch, watchOverview, trakt, traktHttp };
}
