import { setTimeout as sleep } from 'node:timers/promises';
import type { TextSealer } from '../../encryption/sealed-text.js';
import type { HttpCaller } from '../../http-client/http-caller.js';
import type { Logger } from '../../logging/logger.js';
import type { RatingRepository } from '../../repositories/rating.repository.js';
import type { TraktOutboxRepository, TraktRepository } from '../../repositories/trakt.repository.js';
import type { WatchRepository } from '../../repositories/watch.repository.js';
import type { Cache } from '../../utils/cache/cache.js';
import type { AuditLogService } from '../audit/audit-log.service.js';
import type { LeaseKeeper } from '../leases/lease-keeper.js';
import type { ListService } from '../lists/list.service.js';
import type { MirroredLists } from '../lists/mirrored-lists.js';
import type { HomeService } from '../media/home.service.js';
import { RatingService } from '../ratings/rating.service.js';
import type { TitleDirectory } from '../watch/title-directory.port.js';
import { WatchService } from '../watch/watch.service.js';
import { WatchNews } from '../watch/watch-news.js';
import { OwnPlays } from './own-plays.js';
import { RemoteNames } from './remote-names.js';
import { RemoteRows } from './remote-rows.js';
import { TraktClient, type TraktConfig } from './trakt.client.js';
import { TraktError } from './trakt.errors.js';
import { TraktService } from './trakt.service.js';
import { TraktAccountService } from './trakt-account.service.js';
import { TraktCalls, waitAfter } from './trakt-calls.js';
import { TraktExport } from './trakt-export.js';
import { TraktHistory } from './trakt-history.js';
import { TraktLists } from './trakt-lists.js';
import { type Schedule, TraktOutage } from './trakt-outage.js';
import { TraktOutbox } from './trakt-outbox.js';
import { TraktPages } from './trakt-pages.js';
import { TraktPlayback } from './trakt-playback.js';
import { TraktRatings } from './trakt-ratings.js';
import { TraktRows, type TraktRowsOptions } from './trakt-rows.js';
import { TraktSync, type TraktSyncSection } from './trakt-sync.js';
import { TraktTeller } from './trakt-teller.js';

export interface TraktParts {
  http: Pick<HttpCaller, 'call'>;
  config: () => TraktConfig;
  accounts: TraktRepository;
  outboxEntries: TraktOutboxRepository;
  watches: WatchRepository;
  ratings: RatingRepository;
  titles: TitleDirectory;
  lists: Pick<ListService, 'onWatchlistChanged'>;
  mirrors: MirroredLists;
  home: Pick<HomeService, 'addTraktRows'>;
  leases: LeaseKeeper;
  cache: Cache;
  /** The stored titles, with what their pages say as far as that can be read in a moment. */
  describe: TraktRowsOptions['describe'];
  /** Shows of which somebody has watched an episode. */
  onShowsMet: (showIds: readonly string[]) => Promise<void>;
  audit: AuditLogService;
  sealer: TextSealer;
  logger: Logger;
  now: () => number;
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Timers; those of the process unless given. */
  schedule?: Schedule;
  betweenWritesMs?: number;
}

const day = 24 * 60 * 60_000;

/** What is watched, and Trakt beside it: each knows the other, so they are made together. */
export function createTrakt(parts: TraktParts): {
  watch: WatchService;
  ratings: RatingService;
  news: WatchNews;
  trakt: TraktService;
} {
  const { accounts, outboxEntries, watches, ratings, titles, mirrors, logger, now, sealer } = parts;
  const wait =
    parts.sleep ?? ((ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal, ref: false }));
  const client = new TraktClient(parts.http, parts.config);
  const account = new TraktAccountService({
    ...{ client, accounts, sealer, logger, now, leases: parts.leases },
    sleep: (ms) => wait(ms, new AbortController().signal),
  });
  const calls = new TraktCalls({ account, accounts, now, sleep: wait });
  const names = new RemoteNames(titles, accounts);
  const onQueued = (userId: string) => trakt.kick(userId);
  const exporter = new TraktExport({ accounts, outbox: outboxEntries, now, onQueued });
  const news = new WatchNews();
  const watch = new WatchService({ watches, titles, now, news, also: exporter.record });
  parts.lists.onWatchlistChanged(exporter.recordWatchlist);
  const rating = new RatingService({ ratings, titles, now, news, also: exporter.recordRating });
  parts.home.addTraktRows(
    new TraktRows({ client, names, cache: parts.cache, describe: parts.describe, logger, now }),
  );
  const pages = new TraktPages({ client, calls });
  const told = { accounts, outbox: outboxEntries, onQueued, now };
  const lists = new TraktLists({ ...told, pages, calls, names, mirrors });
  const opinions = new TraktRatings({ ...told, pages, ratings, names });
  const rows = new RemoteRows(names, watch, now);
  const reading = { client, calls, rows, watch, watches };
  const playback = new TraktPlayback({ ...reading, accounts, now });
  const ownPlays = new OwnPlays({ ...told, watches });
  const history = new TraktHistory({ ...told, ...reading, ownPlays, onShowsMet: parts.onShowsMet });
  const sections: TraktSyncSection[] = [
    { name: 'paused', read: (userId, signal) => playback.read(userId, signal) },
    { name: 'watchlist', read: (userId, signal) => lists.readWatchlist(userId, signal) },
    // Nothing tells that somebody else has changed a list one likes.
    { name: 'lists', atLeastEveryMs: day, read: (userId, signal) => lists.readLists(userId, signal) },
    { name: 'ratings', read: (userId, signal) => opinions.read(userId, signal) },
  ];
  const teller = new TraktTeller({ client, calls, accounts, outbox: outboxEntries, ratings, watch, now });
  const schedule = parts.schedule ?? timerOf;
  const outage = new TraktOutage({
    schedule,
    probe: () =>
      client.checkClientId().catch((error: unknown) => {
        // A refusal is an answer: Trakt is there.
        if (error instanceof TraktError && waitAfter(error, 1) !== null) throw error;
      }),
    onBack: () =>
      trakt
        .wakeAfterOutage()
        .catch((error: unknown) => logger.warn({ err: error }, 'trakt outbox not resumed')),
  });
  const trakt: TraktService = new TraktService({
    account,
    accounts,
    outboxEntries,
    sync: new TraktSync({ client, calls, accounts, history, sections, now }),
    calls,
    outbox: new TraktOutbox({
      ...{ accounts, outbox: outboxEntries, names, teller, logger, now },
      sleep: wait,
      onOutage: () => outage.suspect(),
      ...(parts.betweenWritesMs !== undefined && { betweenWritesMs: parts.betweenWritesMs }),
    }),
    outage,
    schedule,
    leases: parts.leases,
    titles,
    mirrors,
    audit: parts.audit,
    logger,
    now,
  });
  return { watch, ratings: rating, news, trakt };
}

/** A timer that does not keep the process alive. */
function timerOf(ms: number, work: () => Promise<void>): () => void {
  const timer = setTimeout(() => void work(), ms);
  timer.unref();
  return () => clearTimeout(timer);
}
