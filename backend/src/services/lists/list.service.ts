import type { MediaList } from '../../entities/media-list.entity.js';
import type { MediaListItem } from '../../entities/media-list-item.entity.js';
import { AppError, NotFoundError } from '../../errors/app-error.js';
import { isProviderFailure } from '../../http-client/http-client.errors.js';
import type { Logger } from '../../logging/logger.js';
import type { AlsoWriteList, MediaListRepository } from '../../repositories/media-list.repository.js';
import { defaultLanguage } from '../media/language.js';
import type { MetadataProvider } from '../media/metadata-provider.port.js';
import type { Reader, Title } from '../media/reader.js';
import { suits } from '../media/reader.js';
import type { TitleStore } from '../media/title-store.js';
import { ListFollowsError, ListFullError } from './list.errors.js';
import { tmdbListId } from './tmdb-list-id.js';

export interface ListServiceOptions {
  lists: MediaListRepository;
  store: TitleStore;
  provider: MetadataProvider;
  logger: Logger;
  now?: () => Date;
}

export interface KnownList {
  list: MediaList;
  isOwn: boolean;
  itemCount: number;
}

export interface ListedTitle {
  item: MediaListItem;
  title: Title;
}

export interface ListChanges {
  name?: string | undefined;
  description?: string | undefined;
  isShared?: boolean | undefined;
}

/** For whom, and for sure somebody. */
export type Owner = Reader & { userId: string };

/** Tells others of a change of somebody's watchlist, in the same write. */
export type WatchlistFollower = (
  manager: Parameters<AlsoWriteList>[0],
  change: { userId: string; mediaId: string; isOn: boolean },
) => Promise<void>;

const mostLists = 200;
export const mostItems = 2_000;

/** Watchlists, own lists, and lists that follow one elsewhere. Shared ones are seen by the household, changed by their owner. */
export class ListService {
  private readonly now: () => Date;
  private follower: WatchlistFollower | null = null;

  constructor(private readonly options: ListServiceOptions) {
    this.now = options.now ?? (() => new Date());
  }

  /** Who is told of what people put on their watchlists or take off them. */
  onWatchlistChanged(follower: WatchlistFollower): void {
    this.follower = follower;
  }

  /** The watchlist first, which everybody has. */
  async list(owner: Owner): Promise<KnownList[]> {
    await this.watchlist(owner.userId);
    const visible = await this.options.lists.listVisible(owner.userId);
    const rank = ({ kind, ownerId }: MediaList) =>
      ownerId !== owner.userId ? 2 : kind === 'watchlist' ? 0 : 1;
    const sorted = [...visible].sort((a, b) => rank(a) - rank(b));
    return Promise.all(sorted.map((list) => this.describe(list, owner.userId)));
  }

  /** Somebody's watchlist; made when it is first asked for. */
  watchlist(userId: string): Promise<MediaList> {
    const key = `${userId}:watchlist`;
    return this.options.lists.create({ ownerId: userId, kind: 'watchlist', key, name: 'Watchlist' });
  }

  /** Errors: conflict when there are too many. */
  async create(
    owner: Owner,
    { name, description, isShared }: ListChanges & { name: string },
  ): Promise<KnownList> {
    await this.checkRoom(owner.userId);
    const list = await this.options.lists.create({
      ownerId: owner.userId,
      kind: 'own',
      key: null,
      name,
      ...(description !== undefined && { description }),
      ...(isShared !== undefined && { isShared }),
    });
    return this.describe(list, owner.userId);
  }

  /**
   * A list that follows one of TMDB's, by its number or address. Errors: validation-failed, not-found, conflict,
   * provider-unavailable, provider-timeout.
   */
  async follow(owner: Owner, address: string): Promise<KnownList> {
    const externalId = tmdbListId(address);
    if (externalId === null) {
      throw new AppError('validation-failed', 'This is not a list of TMDB.', {
        errors: [{ field: 'body.tmdbList', message: 'Give its number, or its address at themoviedb.org.' }],
      });
    }
    await this.checkRoom(owner.userId);
    const found = await this.options.provider.findList(externalId, { language: defaultLanguage });
    if (!found) throw new NotFoundError('List');
    const list = await this.options.lists.create({
      ownerId: owner.userId,
      kind: 'tmdb',
      key: `${owner.userId}:tmdb:${externalId}`,
      name: found.name || `TMDB list ${externalId}`,
      description: found.description,
      externalId,
    });
    await this.take(list, found.items);
    return this.describe(list, owner.userId);
  }

  /** Errors: not-found, also for what others do not share. */
  async get(id: string, owner: Owner): Promise<KnownList> {
    return this.describe(await this.visible(id, owner.userId), owner.userId);
  }

  /** A page of what is on the list; what does not suit the reader's age is left out. Errors: not-found. */
  async listItems(
    id: string,
    owner: Owner,
    { page, pageSize }: { page: number; pageSize: number },
  ): Promise<{ items: ListedTitle[]; total: number }> {
    const { lists } = this.options;
    const list = await this.visible(id, owner.userId);
    const { language = defaultLanguage, ageLimit = null } = owner;
    const limited = ageLimit !== null;
    // With an age limit pages are cut after the limit has been applied, so that they have no holes.
    const take = limited ? mostItems : pageSize;
    const rows = await lists.listItems(list.id, { skip: limited ? 0 : (page - 1) * pageSize, take });
    const titles = await this.titlesOf(rows, language);
    const shown = rows.flatMap((item) => {
      const title = titles.get(item.mediaId);
      return title && suits(title, ageLimit) ? [{ item, title }] : [];
    });
    if (!limited) return { items: shown, total: await lists.countItems(list.id) };
    return { items: shown.slice((page - 1) * pageSize, page * pageSize), total: shown.length };
  }

  /** Errors: not-found, conflict for the watchlist's name and for what Trakt says of a list of its own. */
  async update(id: string, owner: Owner, changes: ListChanges): Promise<KnownList> {
    const list = await this.own(id, owner.userId);
    if (changes.name !== undefined && list.kind === 'watchlist' && changes.name !== list.name)
      throw new AppError('conflict', 'The watchlist keeps its name.');
    const { name = list.name, description = list.description, isShared = list.isShared } = changes;
    // The next reading would undo it.
    if (list.kind === 'trakt' && (name !== list.name || description !== list.description))
      throw new AppError('conflict', 'This list follows Trakt: its name and description are changed there.');
    return this.describe(
      await this.options.lists.save(Object.assign(list, { name, description, isShared })),
      owner.userId,
    );
  }

  /** Errors: not-found, conflict for the watchlist and for lists of Trakt, which are deleted there. */
  async delete(id: string, owner: Owner): Promise<void> {
    const list = await this.own(id, owner.userId);
    if (list.kind === 'watchlist') throw new AppError('conflict', 'The watchlist cannot be deleted.');
    // It would be back after the next reading.
    if (list.kind === 'trakt') throw new ListFollowsError();
    await this.options.lists.delete(list.id);
  }

  /**
   * Puts a title on the list, or changes its note or place there. Errors: not-found, also for what is not meant for the
   * reader's age; conflict for a list that is full or follows another.
   */
  async putItem(
    id: string,
    mediaId: string,
    owner: Owner,
    change: { note?: string | undefined; index?: number | undefined },
  ): Promise<{ listed: ListedTitle; isNew: boolean }> {
    const { lists } = this.options;
    const list = await this.own(id, owner.userId);
    if (isFollowing(list)) throw new ListFollowsError();
    const title = (await this.titlesOf([{ mediaId }], owner.language ?? defaultLanguage)).get(mediaId);
    if (!title || !suits(title, owner.ageLimit)) throw new NotFoundError('Title');
    const isKnown = (await lists.findItem(list.id, title.id)) !== null;
    if (!isKnown && (await lists.countItems(list.id)) >= mostItems)
      throw new ListFullError(`A list holds at most ${mostItems} titles.`);
    const isNew = await lists.putItem(list.id, title.id, change, this.alsoFor(list));
    const item = await lists.findItem(list.id, title.id);
    if (!item) throw new NotFoundError('Title');
    return { listed: { item, title }, isNew };
  }

  /** Errors: not-found, conflict for a list that follows another. */
  async removeItem(id: string, mediaId: string, owner: Owner): Promise<void> {
    const list = await this.own(id, owner.userId);
    if (isFollowing(list)) throw new ListFollowsError();
    const title = (await this.titlesOf([{ mediaId }], defaultLanguage)).get(mediaId);
    if (!(await this.options.lists.removeItem(list.id, title?.id ?? mediaId, this.alsoFor(list))))
      throw new NotFoundError('Title');
  }

  /** Which of the reader's lists hold the title. */
  async listsHolding({ userId = null }: Reader, mediaId: string): Promise<string[]> {
    return userId === null ? [] : this.options.lists.listsHolding(userId, mediaId);
  }

  /** Brings one list into step with what it follows. Errors: not-found, conflict, provider-unavailable, provider-timeout. */
  async syncNow(id: string, owner: Owner): Promise<KnownList> {
    const list = await this.own(id, owner.userId);
    if (list.kind !== 'tmdb' || list.externalId === null)
      throw new AppError('conflict', 'This list follows no other.');
    await this.sync(list, { background: false });
    return this.describe(list, owner.userId);
  }

  /** Brings all lists into step; one that fails says why, and keeps what it has. */
  async syncAll(signal: AbortSignal): Promise<void> {
    for (const list of await this.options.lists.listByKind('tmdb')) {
      signal.throwIfAborted();
      try {
        await this.sync(list, { background: true });
      } catch (error) {
        if (!isProviderFailure(error)) throw error;
        this.options.logger.warn({ listId: list.id, err: error }, 'a list could not be brought into step');
        await this.options.lists.save(Object.assign(list, { syncMessage: error.message }));
      }
    }
  }

  private async sync(list: MediaList, { background }: { background: boolean }): Promise<void> {
    const found = await this.options.provider.findList(list.externalId ?? '', {
      language: defaultLanguage,
      background,
    });
    if (!found) {
      const syncMessage = 'TMDB has no such public list any more. What it held is kept.';
      await this.options.lists.save(Object.assign(list, { syncMessage }));
      return;
    }
    await this.take(list, found.items);
  }

  private async take(list: MediaList, items: Parameters<TitleStore['keep']>[0]): Promise<void> {
    const { store, lists } = this.options;
    const refs = await store.keep(items.slice(0, mostItems), defaultLanguage);
    await lists.replaceItems(
      list.id,
      refs.map(({ mediaId }) => mediaId),
    );
    await lists.save(Object.assign(list, { syncedAt: this.now(), syncMessage: null }));
  }

  private alsoFor({ kind, ownerId: userId }: MediaList): AlsoWriteList | undefined {
    const { follower } = this;
    if (kind !== 'watchlist' || !follower) return undefined;
    return (manager, { mediaId, isOn }) => follower(manager, { userId, mediaId, isOn });
  }

  private async checkRoom(userId: string): Promise<void> {
    if ((await this.options.lists.countOwned(userId)) >= mostLists)
      throw new ListFullError(`Nobody keeps more than ${mostLists} lists.`);
  }

  private async titlesOf(
    rows: readonly { mediaId: string }[],
    language: string,
  ): Promise<Map<string, Title>> {
    // Films and series are told apart by where they are found.
    const refs = (['movie', 'show'] as const).flatMap((type) =>
      rows.map(({ mediaId }) => ({ mediaId, type })),
    );
    return this.options.store.mapByIds(refs, language);
  }

  private async describe(list: MediaList, userId: string): Promise<KnownList> {
    const itemCount = await this.options.lists.countItems(list.id);
    return { list, isOwn: list.ownerId === userId, itemCount };
  }

  private async visible(id: string, userId: string): Promise<MediaList> {
    const list = await this.options.lists.findById(id);
    if (!list || (list.ownerId !== userId && !list.isShared)) throw new NotFoundError('List');
    return list;
  }

  private async own(id: string, userId: string): Promise<MediaList> {
    const list = await this.options.lists.findById(id);
    if (list?.ownerId !== userId) throw new NotFoundError('List');
    return list;
  }
}

function isFollowing({ kind }: MediaList): boolean {
  return kind === 'tmdb' || kind === 'trakt';
}
