import { type EvictionCandidate, type EvictionStep, evictionPlan } from './eviction-plan.js';
import { StorageFullError } from './storage.errors.js';
import { type StorageSurvey, type SurveyOptions, surveyStorage } from './storage-survey.js';
import { StoredPlays } from './stored-plays.js';
import { type RemovalOptions, StoredRemoval } from './stored-removal.js';
import { trimmedBytes } from './trim-torrent.js';

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

export interface StorageBudgetOptions extends StorageLimits, SurveyOptions, RemovalOptions {
  /** How often the budget is looked at while something plays, milliseconds. */
  sweepMs?: number;
}

/**
 * Keeps what is stored within its budget: makes room before a play begins, looks after it while something plays, and does
 * nothing at all while nobody watches. What is being played and what is pinned stays.
 */
export class StorageBudget {
  private readonly plays = new StoredPlays();
  private readonly removal: StoredRemoval;
  private turn: Promise<unknown> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private current: StorageLimits;

  constructor(private readonly options: StorageBudgetOptions) {
    const { limitBytes, minFreeBytes } = options;
    this.current = { limitBytes, minFreeBytes };
    this.removal = new StoredRemoval(options, this.plays);
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
    this.plays.enter(infoHash);
    this.schedule();
    await this.removal.settled(infoHash);
  }

  /**
   * Makes room for a file of the torrent that plays. One that is larger than all the room there is plays through a part
   * that moves with the viewer, where single pieces can be given back. Answers whether the whole file has room. Error:
   * `StorageFullError` when neither can be; then nothing was removed.
   */
  async reserve(infoHash: string, fileBytes: number): Promise<boolean> {
    const { stores } = this.options;
    this.plays.watch(infoHash);
    // Nothing of it comes to lie on this disk.
    if (stores.directoryOf(infoHash) === null) return false;
    const canMove = await stores.canEvict();
    return this.inTurn(async () => {
      const survey = await this.survey();
      const present = presentBytes(survey, infoHash);
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
      this.plays.expect(infoHash, present + needed);
      return needed === whole;
    });
  }

  /** A play of the torrent is over. */
  leave(infoHash: string): void {
    if (!this.plays.leave(infoHash)) return;
    this.schedule();
    if (this.plays.takeWatched(infoHash)) this.noteWatched(infoHash);
    void this.enforceSoon();
  }

  /** It was being watched until now, whenever that began. */
  private noteWatched(infoHash: string): void {
    const { storedTorrents, logger } = this.options;
    this.inTurn(() => storedTorrents.touch(infoHash)).catch((error: unknown) =>
      logger.warn({ err: error, infoHash }, 'not noted when it was watched last'),
    );
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
      if (freed < excess) freed += await this.removal.thin(survey.items, excess - freed + slackBytes);
      if (freed < excess)
        logger.warn({ missingBytes: excess - freed }, 'storage is full, and nothing more may be removed');
    });
  }

  /** Removes an item of the survey. False when it is being played. */
  remove(id: string): Promise<boolean> {
    return this.inTurn(async () => {
      const item = (await this.survey()).items.find((candidate) => candidate.id === id);
      if (item?.isPlaying) return false;
      if (item) await this.removal.take(item, 'delete');
      return true;
    });
  }

  /** Everything stored, at this moment. */
  survey(): Promise<StorageSurvey> {
    return surveyStorage(this.options, this.plays);
  }

  /** The steps that room would be made by, the first one first. */
  planFor({ items }: StorageSurvey): EvictionStep[] {
    return evictionPlan(items, trimmedBytes);
  }

  /** Bytes that could come without removing anything, when what others will need for what they play is kept for them. */
  private room(survey: StorageSurvey, infoHash: string): number {
    const { limitBytes, minFreeBytes } = this.current;
    const promised = this.plays.promisedBeside(infoHash, (other) => presentBytes(survey, other));
    return Math.min(limitBytes - survey.totalBytes, survey.freeBytes - minFreeBytes) - promised;
  }

  private free(survey: StorageSurvey, wantedBytes: number): Promise<number> {
    return this.removal.follow(this.planFor(survey), survey.items, wantedBytes);
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
    if (this.stopped || this.plays.areNone) return;
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

function presentBytes({ items }: StorageSurvey, infoHash: string): number {
  return items.find((item) => item.infoHash === infoHash)?.bytes ?? 0;
}
