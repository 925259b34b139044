import type { TraktDecision } from '../../entities/trakt-account.entity.js';
import type { TraktOutboxRepository, TraktRepository } from '../../repositories/trakt.repository.js';
import type { MirroredLists } from '../lists/mirrored-lists.js';
import type { RemoteNames } from './remote-names.js';
import { TraktError } from './trakt.errors.js';
import { titleSubjectOf } from './trakt.mapper.js';
import {
  likedListRowSchema,
  listItemRowSchema,
  listRowSchema,
  type TraktListItemRow,
  type TraktListRow,
} from './trakt.schemas.js';
import type { TraktCalls } from './trakt-calls.js';
import { watchlistEntry } from './trakt-export.js';
import type { TraktPages } from './trakt-pages.js';
import { mergeWatchlists } from './watchlist-merge.js';

export interface TraktListsOptions {
  pages: TraktPages;
  calls: TraktCalls;
  accounts: TraktRepository;
  outbox: TraktOutboxRepository;
  names: RemoteNames;
  mirrors: MirroredLists;
  now: () => number;
  onQueued: (userId: string) => void;
}

/** More of a user's lists, and more of what is on one, is not taken over. */
const limits = { lists: 100, items: 2_000, watchlist: 10_000 } as const;

/** Before the number of a list, among what was read completely. */
const listStamp = 'list:';

/** The watchlist, which both ends change; and personal and liked lists, kept here as they are there. */
export class TraktLists {
  constructor(private readonly options: TraktListsOptions) {}

  async readWatchlist(userId: string, signal: AbortSignal): Promise<void> {
    const { pages, accounts, outbox, mirrors, onQueued, now } = this.options;
    // Asked before Trakt is: what is told meanwhile may or may not be in the answer.
    const tasks = await outbox.listTasks(userId, ['watchlist-add', 'watchlist-remove']);
    const limit = { most: limits.watchlist, signal };
    const { rows, isWhole } = await pages.all(userId, 'sync/watchlist', listItemRowSchema, limit);
    const there = await this.adopt(rows);
    const here = await mirrors.listWatchlist(userId);
    const before = await accounts.listWatchlist(userId);
    const idsOf = (wanted: string) =>
      new Set(tasks.filter(({ task }) => task === wanted).map(({ mediaId }) => mediaId));
    const waiting = { add: idsOf('watchlist-add'), remove: idsOf('watchlist-remove') };
    const { put, drop, tell, base } = mergeWatchlists(here, there, before, waiting);
    const gone = isWhole ? drop : [];
    await mirrors.changeWatchlist(userId, put, gone);
    const after = new Set(await mirrors.listWatchlist(userId));
    const both = [...base, ...put.filter((mediaId) => after.has(mediaId)), ...(isWhole ? [] : drop)];
    await accounts.replaceWatchlist(userId, both);
    await outbox.add(tell.map((mediaId) => watchlistEntry(userId, mediaId, true, now())));
    if (tell.length > 0) onQueued(userId);
    const facts = { at: now(), season: null, episode: null, name: null, winner: 'trakt' } as const;
    await accounts.noteDecisions(
      userId,
      gone.map((mediaId): TraktDecision => ({ ...facts, mediaId, rule: 'watchlist-removed' })),
    );
  }

  async readLists(userId: string, signal: AbortSignal): Promise<void> {
    const { pages, accounts, calls, mirrors, now } = this.options;
    const limit = { most: limits.lists, signal };
    const own = await pages.all(userId, 'users/me/lists', listRowSchema, limit);
    const liked = await this.readLiked(userId, signal);
    const found = new Map<string, { row: TraktListRow; path: string }>();
    for (const row of own.rows)
      found.set(String(row.ids.trakt), { row, path: `users/me/lists/${row.ids.trakt}` });
    for (const row of liked.rows) {
      const id = String(row.ids.trakt);
      if (!found.has(id)) found.set(id, { row, path: `lists/${id}` });
    }
    const there: string[] = [];
    for (const [externalId, { row, path }] of [...found].slice(0, limits.lists)) {
      if (await this.readList(userId, externalId, row, path, signal)) there.push(externalId);
    }
    if (!own.isWhole || !liked.isWhole) return;
    const gone = await mirrors.keepOnly(userId, there);
    const { activities } = await calls.getAccount(userId);
    const kept = Object.entries(activities).filter(
      ([name]) => !name.startsWith(listStamp) || there.includes(name.slice(listStamp.length)),
    );
    await accounts.changeAccount(userId, { activities: Object.fromEntries(kept) });
    const facts = { at: now(), mediaId: null, season: null, episode: null, winner: 'trakt' } as const;
    await accounts.noteDecisions(
      userId,
      gone.map(({ name }): TraktDecision => ({ ...facts, name, rule: 'list-removed' })),
    );
  }

  /** Without them the rest is still of use. */
  private async readLiked(
    userId: string,
    signal: AbortSignal,
  ): Promise<{ rows: TraktListRow[]; isWhole: boolean }> {
    try {
      const limit = { most: limits.lists, signal };
      return await this.options.pages.all(userId, 'users/me/likes/lists', likedListRowSchema, limit);
    } catch (error) {
      if (error instanceof TraktError && (error.fault === 'not-found' || error.fault === 'vip-only'))
        return { rows: [], isWhole: false };
      throw error;
    }
  }

  /** False when it is not there any more, or not for this user. */
  private async readList(
    userId: string,
    externalId: string,
    { name, description, updated_at: updatedAt, item_count: count }: TraktListRow,
    path: string,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { pages, accounts, calls, mirrors } = this.options;
    const stamp = `${updatedAt}/${count}`;
    const key = `${listStamp}${externalId}`;
    const { activities } = await calls.getAccount(userId);
    const list = await mirrors.mirror(userId, { externalId, name, description: description ?? '' });
    if (activities[key] === stamp && list.syncedAt !== null) return true;
    try {
      const limit = { most: limits.items, signal };
      const { rows } = await pages.all(userId, `${path}/items/movie,show`, listItemRowSchema, limit);
      await mirrors.fill(list, await this.adopt(rows));
    } catch (error) {
      if (error instanceof TraktError && error.fault === 'not-found') return false;
      throw error;
    }
    const known = (await calls.getAccount(userId)).activities;
    await accounts.changeAccount(userId, { activities: { ...known, [key]: stamp } });
    return true;
  }

  /** Our ids, in their order; what has no id by which we could know it is left out. */
  private async adopt(rows: readonly TraktListItemRow[]): Promise<string[]> {
    const subjects = rows.map(titleSubjectOf).filter((subject) => subject !== null);
    const mediaIds = await this.options.names.adopt(subjects);
    return mediaIds.filter((mediaId) => mediaId !== null);
  }
}
