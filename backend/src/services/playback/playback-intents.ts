import { AppError } from '../../errors/app-error.js';
import type { Logger } from '../../logging/logger.js';
import { isNarrower } from '../auth/principal.js';
import type { RightsHold, RightsWatch } from '../auth/rights-watch.js';
import type { ClientCapabilities } from '../source/source-score.js';
import type { ByteRange, TorrentEngine } from '../torrent/torrent-engine.port.js';
import { fileOfPlay } from './file-of-play.js';
import type { PlayStorage } from './play-storage.port.js';
import type { PlaybackRequest, PlaybackResolver, ResolvedPlayback } from './playback-resolver.js';
import type { PlaybackOwner } from './playback-session.js';
import type { TorrentLeases } from './torrent-leases.js';

export interface PlaybackIntentsOptions {
  engine: TorrentEngine;
  leases: TorrentLeases;
  resolver: Pick<PlaybackResolver, 'resolve'>;
  storage: PlayStorage;
  /** Lets go when the sign-in ends, or the user may see less than before. */
  rights: Pick<RightsWatch, 'hold'>;
  logger: Logger;
  /** Whether somebody who plays waits for bytes: nobody's guess may hold that up. */
  isAnyoneWaiting: () => boolean;
  /** Bytes fetched of the start of the film, and of its end, where many containers keep their index. Whole pieces are fetched, one at least of each. */
  headBytes?: number;
  tailBytes?: number;
  /** How long a title is kept warm after it was last asked for, milliseconds. */
  warmMs?: number;
}

interface Intent {
  infoHash: string;
  abort: AbortController;
  timer: NodeJS.Timeout;
  rights: RightsHold;
  /** Settles when all that was to be fetched is here, or it was let go. */
  fetched: Promise<void>;
}

/** Titles kept warm for all users together. */
const maxIntents = 8;

/**
 * Makes ready what somebody may be about to play: the swarm is joined, and the first and last bytes of the film are
 * fetched. One title a user; leaving it, or a few minutes, lets go.
 */
export class PlaybackIntents {
  private readonly intents = new Map<string, Intent>();

  constructor(private readonly options: PlaybackIntentsOptions) {}

  /** Info-hash of what is kept warm for the user; null for nothing. */
  warmFor(userId: string): string | null {
    return this.intents.get(userId)?.infoHash ?? null;
  }

  /** Begins in the background. Errors: not-found, no-sources, forbidden, as play has them. */
  async begin(
    owner: PlaybackOwner,
    request: Extract<PlaybackRequest, { kind: 'media' | 'source' }>,
    capabilities: ClientCapabilities,
  ): Promise<void> {
    const { userId, ageLimit = null, language = null } = owner;
    const { resolver, storage, leases, warmMs = 3 * 60_000 } = this.options;
    const resolved = await resolver.resolve(request, capabilities, { ageLimit, language });
    const { torrent } = resolved;
    const { infoHash } = torrent;
    const running = this.intents.get(userId);
    if (running?.infoHash === infoHash) {
      running.timer.refresh();
      return;
    }
    this.end(userId);
    if (this.intents.size >= maxIntents || this.options.isAnyoneWaiting()) return;
    await storage.enter(infoHash);
    try {
      await leases.acquire(torrent);
    } catch (error) {
      storage.leave(infoHash);
      throw error;
    }
    // Another wish of the same user may have come in meanwhile.
    this.end(userId);
    const abort = new AbortController();
    this.intents.set(userId, {
      infoHash,
      abort,
      timer: setTimeout(() => this.end(userId), warmMs).unref(),
      rights: this.options.rights.hold(owner, (now) => {
        if (now === null || isNarrower(ageLimit, now.ageLimit)) this.end(userId);
      }),
      fetched: this.warm(resolved, abort.signal),
    });
  }

  /** Lets go; what was fetched stays for a while like that of any play. */
  end(userId: string): void {
    const intent = this.intents.get(userId);
    if (!intent) return;
    this.intents.delete(userId);
    clearTimeout(intent.timer);
    intent.rights.release();
    intent.abort.abort();
    this.options.leases.release(intent.infoHash);
    this.options.storage.leave(intent.infoHash);
  }

  /** Settles when what is to be fetched for the user is here. */
  async ready(userId: string): Promise<void> {
    await this.intents.get(userId)?.fetched;
  }

  stop(): void {
    for (const userId of [...this.intents.keys()]) this.end(userId);
  }

  private async warm(resolved: ResolvedPlayback, signal: AbortSignal): Promise<void> {
    const { infoHash } = resolved.torrent;
    const {
      engine,
      leases,
      logger,
      headBytes = 4 << 20,
      tailBytes = 512 << 10,
      warmMs = 3 * 60_000,
    } = this.options;
    try {
      const metadata = await engine.waitForMetadata(infoHash, { timeoutMs: warmMs, signal });
      const file = fileOfPlay(metadata, resolved);
      await leases.remember(metadata);
      // A piece larger than the budget is fetched for its first byte alone.
      const wanted: ByteRange[] = [
        { start: 0, end: Math.min(file.length, within(headBytes, metadata.pieceLength)) },
        { start: Math.max(0, file.length - within(tailBytes, metadata.pieceLength)), end: file.length },
      ];
      await Promise.all(
        wanted.map(async (range) => {
          for await (const _ of engine.read({ infoHash, fileIndex: file.index, range, signal }));
        }),
      );
    } catch (error) {
      if (!signal.aborted && !(error instanceof AppError))
        logger.warn({ err: error, infoHash }, 'not made ready');
    }
  }
}

function within(bytes: number, pieceLength: number): number {
  return pieceLength > bytes ? 1 : bytes;
}
