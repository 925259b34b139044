import type { SharedChunks, SharedTorrent } from '../../chunk-stores/shared-chunks.js';
import type { Logger } from '../../logging/logger.js';
import type {
  StoredTorrentRepository,
  StoredTorrentSummary,
} from '../../repositories/stored-torrent.repository.js';
import { hasHash } from '../torrent/stored-pieces.js';
import { parseTorrentFile, pieceHashesIn } from '../torrent/torrent-file.js';

export interface SharedStorageOptions {
  shared: SharedChunks;
  storedTorrents: StoredTorrentRepository;
  /** Torrents of which something lies on this machine, and a word that changes with what does. */
  listHere: () => Promise<readonly { infoHash: string; version: string }[]>;
  isPlaying: (infoHash: string) => boolean;
  /** What the bucket may hold; null for as much as comes. */
  limitBytes: number | null;
  logger: Logger;
  now?: () => number;
  /** Between two rounds, milliseconds. */
  everyMs?: number;
}

/** Of the bucket, at a moment. Null instead of torrents while it does not answer. */
export interface SharedSurvey {
  torrents: readonly SharedTorrent[] | null;
  limitBytes: number | null;
}

const firstRoundMs = 60_000;
/** A survey is good for so long: it is a listing of everything. */
const keepMs = 30_000;

/**
 * Looks after the bucket that servers share: brings there what could not be uploaded when it was fetched, and removes the
 * least recently used while it holds more than it may. What was put there lately by whichever server, what is pinned and
 * what plays here stays.
 */
export class SharedStorage {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();
  private readonly stopping = new AbortController();
  /** What was complete in the bucket, as it was here then. */
  private readonly complete = new Map<string, string>();
  private kept: { survey: Promise<SharedSurvey>; until: number } | null = null;
  private readonly now: () => number;

  constructor(private readonly options: SharedStorageOptions) {
    this.now = options.now ?? Date.now;
  }

  start(): void {
    this.schedule(firstRoundMs);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.round;
  }

  /** What the bucket holds, at most half a minute old. */
  survey(): Promise<SharedSurvey> {
    if (this.kept && this.kept.until > this.now()) return this.kept.survey;
    const { shared, limitBytes, logger } = this.options;
    const survey = shared.list().then(
      (torrents): SharedSurvey => ({ torrents, limitBytes }),
      (error: unknown): SharedSurvey => {
        logger.warn({ err: error }, 'the bucket was not listed');
        return { torrents: null, limitBytes };
      },
    );
    this.kept = { survey, until: this.now() + keepMs };
    return survey;
  }

  /** Removes a torrent from the bucket, for all servers. Errors: `S3UnavailableError`. */
  async remove(infoHash: string): Promise<void> {
    this.kept = null;
    await this.options.shared.erase(infoHash);
  }

  /** Brings what is missing there and removes what is too much. Errors: `S3UnavailableError`. */
  async lookAfter(): Promise<void> {
    const { shared, limitBytes } = this.options;
    const held = limitBytes === null ? 0 : sumOf(await shared.list());
    // What was removed to make room must not be brought back.
    await this.catchUp(limitBytes === null ? Infinity : limitBytes - held);
    await this.enforce();
  }

  private async catchUp(room: number): Promise<void> {
    const { signal } = this.stopping;
    const isStopping = () => signal.aborted;
    let left = room;
    const { shared, storedTorrents, listHere, isPlaying, logger } = this.options;
    for (const { infoHash, version } of await listHere()) {
      if (isStopping()) return;
      // What plays is uploaded as it comes; what failed of it is brought later.
      if (isPlaying(infoHash) || this.complete.get(infoHash) === version) continue;
      const stored = await storedTorrents.find(infoHash);
      if (!stored) continue;
      const { pieceLength, length, files } = parseTorrentFile(stored.torrentFile).metadata;
      if (length > left) continue;
      const hashes = pieceHashesIn(stored.torrentFile);
      const isIntact = (piece: number, chunk: Uint8Array) => hasHash(hashes, piece, chunk);
      const torrent = { infoHash, chunkLength: pieceLength, length, files, isIntact };
      const put = await shared.catchUp(torrent, signal);
      left -= Math.min(length, put * pieceLength);
      if (put > 0) logger.info({ infoHash, put }, 'brought to the bucket what was missing there');
      if (isStopping()) return;
      this.complete.set(infoHash, version);
    }
  }

  private async enforce(): Promise<void> {
    const { shared, storedTorrents, isPlaying, limitBytes, logger } = this.options;
    if (limitBytes === null || this.stopping.signal.aborted) return;
    const torrents = await shared.list();
    let excess = sumOf(torrents) - limitBytes;
    if (excess <= 0) return;
    const known = new Map(
      (await storedTorrents.list(torrents.map(({ infoHash }) => infoHash))).map((one) => [one.infoHash, one]),
    );
    const removable = torrents
      .filter(({ infoHash }) => !isPlaying(infoHash) && (known.get(infoHash)?.pinnedAt ?? null) === null)
      .map((torrent) => ({ ...torrent, usedAt: usedAt(torrent, known.get(torrent.infoHash)) }))
      .sort((a, b) => a.usedAt - b.usedAt);
    for (const { infoHash, bytes } of removable) {
      if (excess <= 0) break;
      logger.info({ infoHash, bytes }, 'making room in the bucket');
      await this.remove(infoHash);
      // It goes there again only when somebody fetches more of it.
      excess -= bytes;
    }
    if (excess > 0)
      logger.warn({ missingBytes: excess }, 'the bucket is full, and nothing more may be removed');
  }

  private schedule(afterMs: number): void {
    this.timer = setTimeout(() => {
      this.round = this.lookAfter()
        .catch((error: unknown) => {
          this.options.logger.warn({ err: error }, 'the bucket was not looked after');
        })
        .finally(() => {
          if (!this.stopping.signal.aborted) this.schedule(this.options.everyMs ?? 600_000);
        });
    }, afterMs);
    this.timer.unref();
  }
}

function sumOf(torrents: readonly SharedTorrent[]): number {
  return torrents.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Another server may use what this one knows nothing of: what was put there lately counts as used. */
function usedAt({ changedAt }: SharedTorrent, known: StoredTorrentSummary | undefined): number {
  return Math.max(changedAt, known?.lastUsedAt.getTime() ?? 0);
}
