import type { MediaList } from '../../entities/media-list.entity.js';
import type { MediaListRepository } from '../../repositories/media-list.repository.js';
import { mostItems } from './list.service.js';

export interface MirroredListsOptions {
  lists: MediaListRepository;
  now: () => Date;
}

/** A list of Trakt, as it is there. */
export interface ForeignList {
  /** Trakt's number of it. */
  externalId: string;
  name: string;
  description: string;
}

const longestName = 100;

/** Somebody's lists at Trakt, kept here as they are there, and the watchlist, which both ends change. */
export class MirroredLists {
  constructor(private readonly options: MirroredListsOptions) {}

  /** The list here that follows this one; made when it is new, renamed when it was renamed. */
  async mirror(ownerId: string, { externalId, name, description }: ForeignList): Promise<MediaList> {
    const { lists } = this.options;
    const shown = name.slice(0, longestName) || 'Trakt list';
    const key = `${ownerId}:trakt:${externalId}`;
    const facts = { name: shown, description };
    const list = await lists.create({ ownerId, kind: 'trakt', key, externalId, ...facts });
    if (list.name === shown && list.description === description) return list;
    return lists.save(Object.assign(list, facts));
  }

  /** Makes the list hold exactly these, in this order; of very many the first ones. */
  async fill(list: MediaList, mediaIds: readonly string[]): Promise<void> {
    const { lists, now } = this.options;
    await lists.replaceItems(list.id, mediaIds.slice(0, mostItems));
    await lists.save(Object.assign(list, { syncedAt: now(), syncMessage: null }));
  }

  /** Deletes the lists that follow others than these. @returns what was deleted */
  async keepOnly(ownerId: string, externalIds: readonly string[]): Promise<MediaList[]> {
    const { lists } = this.options;
    const gone = (await lists.listOwnedByKind(ownerId, 'trakt')).filter(
      ({ externalId }) => externalId === null || !externalIds.includes(externalId),
    );
    for (const { id } of gone) await lists.delete(id);
    return gone;
  }

  /** What is on somebody's watchlist. */
  async listWatchlist(userId: string): Promise<string[]> {
    const list = await this.watchlist(userId);
    const items = await this.options.lists.listItems(list.id, { skip: 0, take: mostItems });
    return items.map(({ mediaId }) => mediaId);
  }

  /** Puts titles at the end of somebody's watchlist, as far as there is room, and takes others off; nobody is told of it. */
  async changeWatchlist(userId: string, put: readonly string[], drop: readonly string[]): Promise<void> {
    const { lists } = this.options;
    const { id } = await this.watchlist(userId);
    for (const mediaId of drop) await lists.removeItem(id, mediaId);
    await lists.appendItems(id, put, mostItems);
  }

  private watchlist(userId: string): Promise<MediaList> {
    const key = `${userId}:watchlist`;
    return this.options.lists.create({ ownerId: userId, kind: 'watchlist', key, name: 'Watchlist' });
  }
}
