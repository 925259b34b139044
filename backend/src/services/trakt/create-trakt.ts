import { setTimeout as sleep } from 'node:timers/promises';
import type { TextSealer } from '../../encryption/sealed-text.js';
import type { HttpCaller } from '../../http-client/http-caller.js';
import type { Logger } from '../../logging/logger.js';
import type { TraktOutboxRepository, TraktRepository } from '../../repositories/trakt.repository.js';
import type { WatchRepository } from '../../repositories/watch.repository.js';
import type { AuditLogService } from '../audit/audit-log.service.js';
import type { ListService } from '../lists/list.service.js';
import type { MirroredLists } from '../lists/mirrored-lists.js';
import type { TitleDirectory } from '../watch/title-directory.port.js';
import { WatchService } from '../watch/watch.service.js';
import { RemoteNames } from './remote-names.js';
import { TraktClient, type TraktConfig } from './trakt.client.js';
import { TraktService } from './trakt.service.js';
import { TraktAccountService } from './trakt-account.service.js';
import { TraktCalls } from './trakt-calls.js';
import { TraktExport } from './trakt-export.js';
import { TraktLists } from './trakt-lists.js';
import { TraktOutbox } from './trakt-outbox.js';
import { TraktPages } from './trakt-pages.js';
import { TraktRatings } from './trakt-ratings.js';
import { TraktSync, type TraktSyncSection } from './trakt-sync.js';

export interface TraktParts {
  http: Pick<HttpCaller, 'call'>;
  config: () => TraktConfig;
  accounts: TraktRepository;
  outboxEntries: TraktOutboxRepository;
  watches: WatchRepository;
  titles: TitleDirectory;
  lists: Pick<ListService, 'onWatchlistChanged'>;
  mirrors: MirroredLists;
  /** Shows of which somebody has watched an episode. */
  onShowsMet: (showIds: readonly string[]) => Promise<void>;
  audit: AuditLogService;
  sealer: TextSealer;
  logger: Logger;
  now: () => number;
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  gatherMs?: number;
  betweenWritesMs?: number;
}

const day = 24 * 60 * 60_000;

/** What is watched, and Trakt beside it: each knows the other, so they are made together. */
export function createTrakt(parts: TraktParts): { watch: WatchService; trakt: TraktService } {
  const { accounts, outboxEntries, watches, titles, mirrors, logger, now, sealer } = parts;
  const wait =
    parts.sleep ?? ((ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal, ref: false }));
  const client = new TraktClient(parts.http, parts.config);
  const account = new TraktAccountService({ client, accounts, sealer, logger, now });
  const calls = new TraktCalls({ account, accounts, now, sleep: wait });
  const names = new RemoteNames(titles, accounts);
  const onQueued = (userId: string) => trakt.kick(userId);
  const exporter = new TraktExport({ accounts, outbox: outboxEntries, now, onQueued });
  const watch = new WatchService({ watches, titles, now, also: exporter.record });
  parts.lists.onWatchlistChanged(exporter.recordWatchlist);
  const pages = new TraktPages({ client, calls });
  const read = { pages, calls, accounts, outbox: outboxEntries, names, now };
  const lists = new TraktLists({ ...read, mirrors, onQueued });
  const ratings = new TraktRatings(read);
  const sections: TraktSyncSection[] = [
    { name: 'watchlist', read: (userId, signal) => lists.readWatchlist(userId, signal) },
    // Nothing tells that somebody else has changed a list one likes.
    { name: 'lists', atLeastEveryMs: day, read: (userId, signal) => lists.readLists(userId, signal) },
    { name: 'ratings', read: (userId, signal) => ratings.read(userId, signal) },
  ];
  const shared = { client, calls, accounts, outbox: outboxEntries, watch, names, now };
  const trakt: TraktService = new TraktService({
    account,
    accounts,
    outboxEntries,
    sync: new TraktSync({ ...shared, watches, onQueued, onShowsMet: parts.onShowsMet, sections }),
    outbox: new TraktOutbox({
      ...shared,
      logger,
      sleep: wait,
      ...(parts.betweenWritesMs !== undefined && { betweenWritesMs: parts.betweenWritesMs }),
    }),
    titles,
    mirrors,
    audit: parts.audit,
    logger,
    now,
    ...(parts.gatherMs !== undefined && { gatherMs: parts.gatherMs }),
  });
  return { watch, trakt };
}
