import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { ChunkStores } from '../../chunk-stores/chunk-stores.js';
import type { Logger } from '../../logging/logger.js';
import type {
  StoredTorrentRepository,
  StoredTorrentSummary,
} from '../../repositories/stored-torrent.repository.js';
import type { TorrentEngine } from '../torrent/torrent-engine.port.js';
import { type EvictionCandidate, type EvictionStep, evictionPlan } from './eviction-plan.js';
import { StorageFullError } from './storage.errors.js';
import { freeDiskBytes, listStoredFolders, measureFolder, type StoredFolder } from './stored-folders.js';
import { headBytes, tailBytes, trimmedBytes, trimTorrent } from './trim-torrent.js';

/** Room that a film needs at least when it plays through a part of itself that moves with the viewer, bytes. */
const movingBytes = 384 * 1024 * 1024;
/** What is given back of what plays beyond what is needed, so that it is not looked for at every turn, bytes. */
const slackBytes = 64 * 1024 * 1024;

export interface StorageLimits {
  /** What all torrents together may take, bytes. */
  limitBytes: number;
  /** What has to stay free on the disk, bytes. */
  minFreeBytes: number;
}

export interface StorageBudgetOptions extends StorageLimits {
  /** Where the chunk stores keep everything. */
  root: string;
  stores: ChunkStores;
  engine: Pick<TorrentEngine, 'remove' | 'forgetPieces'>;
  storedTorrents: StoredTorrentRepository;
  logger: Logger;
  /** Bytes the disk has left. */
  freeBytes?: () => Promise<number>;
  /** How often the budget is looked at while something plays, milliseconds. */
  sweepMs?: number;
}

/** Something stored, and what is known of it. */
export interface StoredItem extends StoredFolder, EvictionCandidate {
  /** The info-hash; the folder's name when no torrent is known that belongs to it. */
  id: string;
  torrent: StoredTorrentSummary | null;
}

/** What is stored at this moment. */
export interface StorageSurvey {
  items: StoredItem[];
  totalBytes: number;
  freeBytes: number;
}

/**
 * Keeps what is stored within its budget: makes room before a play begins, looks after it while something plays, and does
 * nothing at all while nobody watches. What is being played and what is pinned stays.
 */
export class StorageBudget {
  /** How many plays each torrent has. */
  private readonly plays = new Map<string, number>();
  /** What each torrent that plays will come to take, bytes. */
  private readonly expected = new Map<string, number>();
  /** Torrents that are being removed; whoever wants to play one waits. */
  private readonly removing = new Map<string, Promise<void>>();
  private turn: Promise<unknown> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private current: StorageLimits;

  constructor(private readonly options: StorageBudgetOptions) {
    const { limitBytes, minFreeBytes } = options;
    this.current = { limitBytes, minFreeBytes };
  }

  /** What has to hold. */
  get limits(): StorageLimits {
    return this.current;
  }

  /** From now on these have to hold; what is too much goes soon. */
  useLimits({ limitBytes, minFreeBytes }: StorageLimits): void {
    this.current = { limitBytes, minFreeBytes };
    void this.enforceSoon();
  }

  /** Begins to bring what an earlier run left within the budget. */
  start(): void {
    void this.enforceSoon();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.turn;
  }

  /** A play of the torrent begins: from now on it is not removed. To be followed by `leave`. */
  async enter(infoHash: string): Promise<void> {
    this.plays.set(infoHash, (this.plays.get(infoHash) ?? 0) + 1);
    this.schedule();
    await this.removing.get(infoHash);
  }

  /**
   * Makes room for a file of the torrent that plays. One that is larger than all the room there is plays through a part
   * that moves with the viewer, where single pieces can be given back. Answers whether the whole file has room. Error:
   * `StorageFullError` when neither can be; then nothing was removed.
   */
  async reserve(infoHash: string, fileBytes: number): Promise<boolean> {
    const { stores } = this.options;
    // Nothing of it comes to lie on this disk.
    if (stores.directoryOf(infoHash) === null) return false;
    const canMove = await stores.canEvict();
    return this.inTurn(async () => {
      const survey = await this.survey();
      const present = survey.items.find((item) => item.infoHash === infoHash)?.bytes ?? 0;
      const room = this.room(survey, infoHash);
      const removable = survey.items.filter(isRemovable).reduce((sum, { bytes }) => sum + bytes, 0);
      const whole = Math.max(0, fileBytes - present);
      const needed = whole > room + removable && canMove ? Math.min(whole, movingBytes) : whole;
      const short = needed - room;
      if (short > removable) throw new StorageFullError(needed, needed - short + removable);
      if (short > 0 && (await this.free(survey, short)) < short) {
        const after = this.room(await this.survey(), infoHash);
        if (after < needed) throw new StorageFullError(needed, after);
      }
      if (this.plays.has(infoHash))
        this.expected.set(infoHash, Math.max(present + needed, this.expected.get(infoHash) ?? 0));
      return needed === whole;
    });
  }

  /** A play of the torrent is over. */
  leave(infoHash: string): void {
    const left = (this.plays.get(infoHash) ?? 1) - 1;
    if (left > 0) {
      this.plays.set(infoHash, left);
      return;
    }
    this.plays.delete(infoHash);
    this.expected.delete(infoHash);
    this.schedule();
    void this.enforceSoon();
  }

  /** Whether it looks after the budget at present. */
  get isWatching(): boolean {
    return this.timer !== undefined;
  }

  isPlaying(infoHash: string): boolean {
    return this.plays.has(infoHash);
  }

  /** Removes the least recently watched until the limit and the free-space floor hold. */
  async enforce(): Promise<void> {
    await this.inTurn(async () => {
      const survey = await this.survey();
      const { logger } = this.options;
      const { limitBytes, minFreeBytes } = this.current;
      const excess = Math.max(survey.totalBytes - limitBytes, minFreeBytes - survey.freeBytes);
      if (excess <= 0) return;
      let freed = await this.free(survey, excess);
      if (freed < excess) freed += await this.thin(survey, excess - freed + slackBytes);
      if (freed < excess)
        logger.warn({ missingBytes: excess - freed }, 'storage is full, and nothing more may be removed');
    });
  }

  /** Removes an item of the survey. False when it is being played. */
  remove(id: string): Promise<boolean> {
    return this.inTurn(async () => {
      const item = (await this.survey()).items.find((candidate) => candidate.id === id);
      if (item?.isPlaying) return false;
      if (item) await this.take(item, 'delete');
      return true;
    });
  }

  /** Everything stored, at this moment. */
  async survey(): Promise<StorageSurvey> {
    const { root, storedTorrents, stores } = this.options;
    const [folders, freeBytes] = await Promise.all([
      listStoredFolders(root),
      this.options.freeBytes?.() ?? freeDiskBytes(root),
    ]);
    const infoHashes = folders.map(({ directory }) => stores.infoHashOf(directory));
    // Of all that were ever played only what is still here matters; opaque names are found by trying all.
    const torrents = await storedTorrents.list(
      infoHashes.includes(null) ? undefined : infoHashes.flatMap((infoHash) => infoHash ?? []),
    );
    const byDirectory = new Map(torrents.map((torrent) => [stores.directoryOf(torrent.infoHash), torrent]));
    const items = folders.map((folder): StoredItem => {
      const torrent = byDirectory.get(folder.directory) ?? null;
      // A torrent that plays may not be written down yet.
      const infoHash = torrent?.infoHash ?? this.playingIn(folder.directory);
      return {
        ...folder,
        id: infoHash ?? path.basename(folder.directory),
        torrent,
        infoHash,
        lastUsedAt: torrent?.lastUsedAt.getTime() ?? 0,
        isPinned: (torrent?.pinnedAt ?? null) !== null,
        isPlaying: infoHash !== null && this.isPlaying(infoHash),
      };
    });
    return { items, totalBytes: items.reduce((sum, { bytes }) => sum + bytes, 0), freeBytes };
  }

  /** The steps that room would be made by, the first one first. */
  planFor({ items }: StorageSurvey): EvictionStep[] {
    return evictionPlan(items, trimmedBytes);
  }

  private playingIn(directory: string): string | null {
    for (const infoHash of this.plays.keys())
      if (this.options.stores.directoryOf(infoHash) === directory) return infoHash;
    return null;
  }

  /** Bytes that could come without removing anything, when what others will need for what they play is kept for them. */
  private room({ items, totalBytes, freeBytes }: StorageSurvey, infoHash: string): number {
    const { limitBytes, minFreeBytes } = this.current;
    let promised = 0;
    for (const [other, bytes] of this.expected) {
      const present = items.find((item) => item.infoHash === other)?.bytes ?? 0;
      if (other !== infoHash) promised += Math.max(0, bytes - present);
    }
    return Math.min(limitBytes - totalBytes, freeBytes - minFreeBytes) - promised;
  }

  /** Carries the plan out until `wantedBytes` are free; answers how many are. */
  private async free(survey: StorageSurvey, wantedBytes: number): Promise<number> {
    const bytes = new Map(survey.items.map((item) => [item.directory, item.bytes]));
    let freed = 0;
    for (const { directory, action } of this.planFor(survey)) {
      if (freed >= wantedBytes) break;
      const item = survey.items.find((candidate) => candidate.directory === directory);
      // Whoever came meanwhile keeps it.
      if (!item || (item.infoHash !== null && this.isPlaying(item.infoHash))) continue;
      try {
        const left = await this.take(item, action);
        freed += Math.max(0, (bytes.get(directory) ?? 0) - left);
        bytes.set(directory, left);
      } catch (error) {
        this.options.logger.warn({ err: error, infoHash: item.infoHash }, 'could not remove what is stored');
      }
    }
    return freed;
  }

  /** Takes from what plays the pieces that nobody is watching, from the largest first; answers the bytes given back. */
  private async thin({ items }: StorageSurvey, wantedBytes: number): Promise<number> {
    const { engine, logger } = this.options;
    let freed = 0;
    for (const { infoHash, isPinned } of [...items].sort((a, b) => b.bytes - a.bytes)) {
      if (freed >= wantedBytes) break;
      if (infoHash === null || isPinned || !this.isPlaying(infoHash)) continue;
      const bytes = await engine
        .forgetPieces(infoHash, { bytes: wantedBytes - freed, headBytes, tailBytes })
        .catch((error: unknown) => {
          logger.warn({ err: error, infoHash }, 'could not give back pieces of what plays');
          return 0;
        });
      if (bytes > 0) logger.info({ infoHash, bytes }, 'making room in what plays');
      freed += bytes;
    }
    return freed;
  }

  /** Answers the bytes that are left of it. */
  private async take(
    { directory, infoHash }: StoredItem,
    action: EvictionStep['action'] | 'delete',
  ): Promise<number> {
    const { logger } = this.options;
    logger.info({ infoHash, action }, 'making room');
    if (infoHash === null) {
      await rm(directory, { recursive: true, force: true });
      return 0;
    }
    await this.whileRemoving(infoHash, () =>
      action === 'trim' ? this.trim(infoHash) : this.erase(infoHash, action === 'delete'),
    );
    return (await measureFolder(directory)).bytes;
  }

  private async trim(infoHash: string): Promise<void> {
    const { engine, storedTorrents, stores } = this.options;
    const stored = await storedTorrents.find(infoHash);
    // Nobody plays it, but its swarm may not have been left yet.
    await engine.remove(infoHash);
    if (stored) await trimTorrent(stores, stored.torrentFile);
  }

  /** Making room for this machine takes nothing from others; deleting does. */
  private async erase(infoHash: string, forAll: boolean): Promise<void> {
    const { engine, stores } = this.options;
    await engine.remove(infoHash);
    await (forAll ? stores.erase(infoHash) : stores.release(infoHash));
  }

  private async whileRemoving(infoHash: string, work: () => Promise<void>): Promise<void> {
    const removal = work();
    this.removing.set(
      infoHash,
      removal.catch(() => undefined),
    );
    try {
      await removal;
    } finally {
      this.removing.delete(infoHash);
    }
  }

  private async enforceSoon(): Promise<void> {
    try {
      if (!this.stopped) await this.enforce();
    } catch (error) {
      this.options.logger.error({ err: error }, 'storage not looked after');
    }
  }

  /** Looks again after a while, as long as something plays. */
  private schedule(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.stopped || this.plays.size === 0) return;
    this.timer = setTimeout(() => {
      void this.enforceSoon().finally(() => this.schedule());
    }, this.options.sweepMs ?? 10_000);
    this.timer.unref();
  }

  /** One thing at a time, so that two never count on the same room. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }
}

function isRemovable({ isPinned, isPlaying }: EvictionCandidate): boolean {
  return !isPinned && !isPlaying;
}
