import { NotFoundError } from '../../errors/app-error.js';
import type { Logger } from '../../logging/logger.js';
import type { StoredTorrentRepository } from '../../repositories/stored-torrent.repository.js';
import type { NamedTorrentUse, TorrentUseRepository } from '../../repositories/torrent-use.repository.js';
import type { AuditAction, AuditLogService } from '../audit/audit-log.service.js';
import type { RequestOrigin } from '../audit/request-origin.js';
import type { Principal } from '../auth/principal.js';
import type { AdmittedPlay, PlayStorage } from '../playback/play-storage.port.js';
import type { SharedStorage } from './shared-storage.js';
import { StorageInUseError } from './storage.errors.js';
import type { StorageBudget } from './storage-budget.js';
import type { StoredItem } from './storage-survey.js';

/** Something stored, as administrators see it. */
export interface StorageEntry {
  /** The info-hash, or the folder's name when no torrent is known that belongs to it. */
  id: string;
  title: string;
  infoHash: string | null;
  /** Of our catalogue, to link to; null for a torrent that a user brought. */
  mediaId: string | null;
  bytes: number;
  /** In the bucket that servers share. */
  bucketBytes: number;
  /** All there is of it, bytes; null when unknown. */
  lengthBytes: number | null;
  files: { index: number; bytes: number }[];
  lastUsedAt: Date | null;
  usedBy: string[];
  pinned: boolean;
  playing: boolean;
  nextToGo: boolean;
}

export interface StorageOverview {
  /** Least recently used first, as they would go. */
  items: StorageEntry[];
  totalBytes: number;
  limitBytes: number;
  freeBytes: number;
  minFreeBytes: number;
  /** Null when there is none. */
  bucket: BucketOverview | null;
}

/** Of the bucket that servers share. */
export interface BucketOverview {
  isReachable: boolean;
  totalBytes: number;
  /** Null for as much as comes. */
  limitBytes: number | null;
}

export type StorageTotals = Pick<StorageOverview, 'totalBytes' | 'limitBytes' | 'freeBytes' | 'minFreeBytes'>;

export interface StorageServiceOptions {
  budget: StorageBudget;
  /** Null where there is no bucket. */
  shared: SharedStorage | null;
  storedTorrents: StoredTorrentRepository;
  uses: TorrentUseRepository;
  audit: Pick<AuditLogService, 'record'>;
  logger: Logger;
}

/** What is stored, for whom, and what administrators do about it. */
export class StorageService implements PlayStorage {
  constructor(private readonly options: StorageServiceOptions) {}

  enter(infoHash: string): Promise<void> {
    return this.options.budget.enter(infoHash);
  }

  async admit(play: AdmittedPlay, fileBytes: number): Promise<boolean> {
    const hasRoom = await this.options.budget.reserve(play.infoHash, fileBytes);
    try {
      await this.options.uses.record(play);
    } catch (error) {
      this.options.logger.warn({ err: error, infoHash: play.infoHash }, 'not noted who plays it');
    }
    return hasRoom;
  }

  leave(infoHash: string): void {
    this.options.budget.leave(infoHash);
  }

  /** How full this machine's disk is: the bucket is not asked, so that it can be looked at often. */
  async getTotals(): Promise<StorageTotals> {
    const { totalBytes, freeBytes } = await this.options.budget.survey();
    return { totalBytes, freeBytes, ...this.options.budget.limits };
  }

  async getOverview(): Promise<StorageOverview> {
    const { budget, uses, shared } = this.options;
    const [survey, bucket] = await Promise.all([budget.survey(), shared?.survey()]);
    const inBucket = new Map((bucket?.torrents ?? []).map(({ infoHash, bytes }) => [infoHash, bytes]));
    const known = [
      ...new Set([...survey.items.flatMap(({ infoHash }) => infoHash ?? []), ...inBucket.keys()]),
    ];
    const allUses = await uses.list(known);
    const next = budget.planFor(survey)[0]?.directory;
    const items = [...survey.items, ...(await this.onlyIn(inBucket, survey.items))]
      .map((item) => {
        const ofItem = allUses.filter(({ infoHash }) => infoHash === item.infoHash);
        const bucketBytes = inBucket.get(item.infoHash ?? '') ?? 0;
        return { ...entryOf(item, ofItem, item.directory === next && next !== ''), bucketBytes };
      })
      .sort((a, b) => (a.lastUsedAt?.getTime() ?? 0) - (b.lastUsedAt?.getTime() ?? 0));
    return {
      items,
      totalBytes: survey.totalBytes,
      freeBytes: survey.freeBytes,
      ...budget.limits,
      bucket: bucket
        ? {
            isReachable: bucket.torrents !== null,
            totalBytes: [...inBucket.values()].reduce((sum, bytes) => sum + bytes, 0),
            limitBytes: bucket.limitBytes,
          }
        : null,
    };
  }

  /** Errors: not-found. */
  async setPinned(
    infoHash: string,
    pinned: boolean,
    actor: Principal,
    origin: RequestOrigin,
  ): Promise<StorageEntry> {
    const entry = await this.get(infoHash);
    if (!(await this.options.storedTorrents.setPinned(infoHash, pinned))) throw new NotFoundError('Torrent');
    if (entry.pinned !== pinned)
      await this.record(pinned ? 'storage.pinned' : 'storage.unpinned', entry, actor, origin);
    return { ...entry, pinned, nextToGo: entry.nextToGo && !pinned };
  }

  /** Removes what is stored of it and who played it. Errors: not-found; conflict while it is being played. */
  async delete(id: string, actor: Principal, origin: RequestOrigin): Promise<void> {
    const entry = await this.get(id);
    const { budget, shared, storedTorrents, uses } = this.options;
    if (entry.playing || !(await budget.remove(id))) throw new StorageInUseError();
    if (entry.bucketBytes > 0) await shared?.remove(id);
    await storedTorrents.delete(id);
    await uses.deleteOf(id);
    await this.record('storage.deleted', entry, actor, origin);
  }

  /** What lies in the bucket and not here. */
  private async onlyIn(
    bucket: ReadonlyMap<string, number>,
    here: readonly StoredItem[],
  ): Promise<StoredItem[]> {
    const elsewhere = new Set(bucket.keys());
    for (const { infoHash } of here) elsewhere.delete(infoHash ?? '');
    const torrents = await this.options.storedTorrents.list([...elsewhere]);
    return [...elsewhere].map((infoHash): StoredItem => {
      const torrent = torrents.find((one) => one.infoHash === infoHash) ?? null;
      return {
        ...{ id: infoHash, infoHash, torrent, directory: '', bytes: 0, files: [] },
        lastUsedAt: torrent?.lastUsedAt.getTime() ?? 0,
        isPinned: (torrent?.pinnedAt ?? null) !== null,
        isPlaying: this.options.budget.isPlaying(infoHash),
      };
    });
  }

  private async get(id: string): Promise<StorageEntry> {
    const { items } = await this.getOverview();
    const entry = items.find((item) => item.id === id);
    if (!entry) throw new NotFoundError('Torrent');
    return entry;
  }

  private record(
    action: AuditAction,
    { infoHash, title, bytes }: StorageEntry,
    { userId, username }: Principal,
    origin: RequestOrigin,
  ): Promise<void> {
    return this.options.audit.record({
      action,
      outcome: 'ok',
      actor: { id: userId, name: username },
      origin,
      detail: { title, infoHash, bytes },
    });
  }
}

function entryOf(
  item: StoredItem,
  uses: readonly NamedTorrentUse[],
  nextToGo: boolean,
): Omit<StorageEntry, 'bucketBytes'> {
  const { id, torrent, infoHash, bytes, files, isPinned, isPlaying } = item;
  const [latest] = uses;
  return {
    id,
    title: latest?.title ?? torrent?.name ?? 'Unknown',
    infoHash,
    mediaId: latest?.mediaId ?? null,
    bytes,
    lengthBytes: torrent?.length ?? null,
    files,
    lastUsedAt: torrent?.lastUsedAt ?? null,
    usedBy: uses.map(({ username }) => username),
    pinned: isPinned,
    playing: isPlaying,
    nextToGo,
  };
}
