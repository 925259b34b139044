import { randomUUID } from 'node:crypto';
import { AppError, NotFoundError } from '../../errors/app-error.js';
import type { Logger } from '../../logging/logger.js';
import type { PlaybackGrants } from '../auth/playback-grants.js';
import { isNarrower } from '../auth/principal.js';
import type { RightsWatch } from '../auth/rights-watch.js';
import type { ClientCapabilities } from '../source/source-score.js';
import { mimeTypeOf } from '../torrent/playable-file.js';
import type { ByteRange, TorrentEngine, TorrentMetadata } from '../torrent/torrent-engine.port.js';
import { fileOfPlay, partOf } from './file-of-play.js';
import { filmRate } from './film-rate.js';
import type { PlayStorage } from './play-storage.port.js';
import { PlaybackDescriber, type PlaybackState } from './playback-describer.js';
import type { PlaybackRequest, PlaybackResolver, ResolvedPlayback } from './playback-resolver.js';
import { type PlaybackOwner, PlaybackSession, type PlayedFile } from './playback-session.js';
import type { TorrentLeases } from './torrent-leases.js';

export interface StartedPlayback {
  id: string;
  grant: string;
  mimeType: string | null;
  resolved: ResolvedPlayback;
  state: PlaybackState;
}

/** A file ready to be read by ranges. */
export interface OpenStream {
  sizeBytes: number;
  mimeType: string;
  fileName: string;
  /** Strong validator (RFC 9110 section 8.8.3): an info-hash and a file index name the bytes for ever. */
  etag: string;
  read(range: ByteRange, signal: AbortSignal): AsyncIterable<Uint8Array>;
}

export interface PlaybackServiceOptions {
  engine: TorrentEngine;
  leases: TorrentLeases;
  resolver: PlaybackResolver;
  grants: PlaybackGrants;
  /** Ends plays whose sign-in ends, or whose user may see less than before. */
  rights: Pick<RightsWatch, 'hold'>;
  storage: PlayStorage;
  logger: Logger;
  /** Whether the rest of a film that plays is fetched too. */
  fetchesWhole?: boolean;
  /** Why torrent traffic must not leave now; null when it may. */
  pauseReason?: () => string | null;
  /** How long the answer to "play" waits for the torrent's metadata, so that it can name the type. Milliseconds. */
  answerWithinMs?: number;
  /** Milliseconds; only differences count. */
  now?: () => number;
}

const limits = {
  /** How long a request for bytes waits for the metadata. */
  streamWaitMs: 30_000,
  /** How long a swarm may take to describe the torrent before the play is called failed. */
  metadataMs: 10 * 60_000,
  /** A player that neither reads nor asks for this long has left. */
  idleMs: 90_000,
  /** The player shows its access token at least this often, or the address it was given opens nothing any more. */
  renewMs: 15 * 60_000,
  sweepMs: 15_000,
  playsPerUser: 6,
};

/** Plays: from "this film" to bytes, and what is happening to them meanwhile. */
export class PlaybackService {
  private readonly sessions = new Map<string, PlaybackSession>();
  private readonly describer: PlaybackDescriber;
  private readonly now: () => number;
  private sweeper: NodeJS.Timeout | undefined;

  constructor(private readonly options: PlaybackServiceOptions) {
    this.now = options.now ?? (() => performance.now());
    this.describer = new PlaybackDescriber(options);
  }

  start(): void {
    this.sweeper = setInterval(() => this.endIdle(), limits.sweepMs);
    this.sweeper.unref();
    this.describer.start();
  }

  stop(): void {
    clearInterval(this.sweeper);
    this.describer.stop();
    for (const session of this.sessions.values()) this.close(session);
    this.options.leases.stop();
  }

  /** Chooses, joins the swarm and grants a stream. Errors: not-found, no-sources, network-closed, magnet-invalid, torrent-invalid, torrent-unplayable, engine-unavailable, forbidden, storage-full. */
  async play(
    owner: PlaybackOwner,
    request: PlaybackRequest,
    capabilities: ClientCapabilities,
  ): Promise<StartedPlayback> {
    const { userId, sessionId, ageLimit = null, language = null } = owner;
    const resolved = await this.options.resolver.resolve(request, capabilities, { ageLimit, language });
    this.makeRoom(userId);
    await this.join(resolved);
    const session = new PlaybackSession(
      randomUUID(),
      { userId, sessionId, ageLimit, language },
      {
        infoHash: resolved.torrent.infoHash,
        title: resolved.title,
        mediaId: resolved.mediaId,
        place: resolved.place,
        durationSeconds: resolved.durationSeconds,
        capabilities,
      },
      this.now,
      (signal) => this.findFile(resolved, userId, signal),
    );
    this.sessions.set(session.id, session);
    await this.holdRights(session, owner);
    const played = await this.firstLook(session);
    return {
      id: session.id,
      grant: await this.options.grants.sign({ playbackId: session.id, userId, sessionId }),
      mimeType: played?.mimeType ?? null,
      resolved,
      state: await this.describer.describe(session),
    };
  }

  /**
   * What is happening to a play of this owner. `isWaiting`: the player has run out of film. `lengthSeconds`: the file's
   * running time, once the player knows it.
   */
  async getState(
    owner: PlaybackOwner,
    id: string,
    { isWaiting = false, lengthSeconds }: { isWaiting?: boolean; lengthSeconds?: number | undefined } = {},
  ): Promise<PlaybackState> {
    const session = this.owned(owner, id);
    session.renew();
    session.lengthSeconds = lengthSeconds ?? session.lengthSeconds;
    session.saysWaiting = isWaiting;
    return await this.describer.describe(session);
  }

  /** What is happening to all plays of a user. */
  listStates(userId: string): Promise<PlaybackState[]> {
    const own = [...this.sessions.values()].filter(({ owner }) => owner.userId === userId);
    return Promise.all(own.map((session) => this.describer.describe(session)));
  }

  /** What is happening to every play, for administrators, who choose no source for anybody. */
  listAllStates(): Promise<{ userId: string; state: PlaybackState }[]> {
    return Promise.all(
      [...this.sessions.values()].map(async (session) => ({
        userId: session.owner.userId,
        state: await this.describer.describe(session, false),
      })),
    );
  }

  end(owner: PlaybackOwner, id: string): void {
    this.close(this.owned(owner, id));
  }

  /** The stream a grant opens, once its file is known. Errors: grant-invalid, not-found when the play has ended, metadata-timeout. */
  async openStream(grant: string, signal: AbortSignal): Promise<OpenStream> {
    const { playbackId } = await this.options.grants.verify(grant);
    const session = this.sessions.get(playbackId);
    if (!session || this.now() - session.renewedAt > limits.renewMs) {
      throw new NotFoundError('This play has ended; start it again. Its stream was');
    }
    session.touch();
    const { file, mimeType } = await session.fileWithin(limits.streamWaitMs, signal);
    const { infoHash, durationSeconds: titleSeconds } = session.subject;
    const durationSeconds = session.lengthSeconds ?? titleSeconds;
    return {
      sizeBytes: file.length,
      mimeType,
      fileName: file.name,
      etag: `"${infoHash}-${file.index}"`,
      read: (range, requestSignal) =>
        session.watch(
          this.options.engine.read({
            infoHash,
            fileIndex: file.index,
            range,
            bytesPerSecond: filmRate(file.length, durationSeconds),
            signal: AbortSignal.any([requestSignal, session.signal]),
          }),
          range.start,
        ),
    };
  }

  /** Whether a player waits for bytes the swarm has not brought. */
  isAnyoneWaiting(): boolean {
    return [...this.sessions.values()].some(({ waitingSeconds }) => (waitingSeconds ?? 0) >= 1);
  }

  /**
   * Ends the play when its sign-in ends or its user may see less, also when that happened while the film was looked for.
   * @throws NotFoundError
   */
  private async holdRights(session: PlaybackSession, owner: PlaybackOwner): Promise<void> {
    let { ageLimit = null } = owner;
    const { checked, release } = this.options.rights.hold(owner, (now) => {
      if (now === null || isNarrower(ageLimit, now.ageLimit)) this.close(session);
      else ({ ageLimit } = now);
    });
    session.signal.addEventListener('abort', release);
    try {
      await checked;
    } catch (error) {
      this.close(session);
      throw error;
    }
    if (session.signal.aborted) throw new NotFoundError('Play');
  }

  private async findFile(
    resolved: ResolvedPlayback,
    userId: string,
    signal: AbortSignal,
  ): Promise<PlayedFile> {
    const known = resolved.metadata;
    const metadata =
      known ??
      (await this.options.engine.waitForMetadata(resolved.torrent.infoHash, {
        timeoutMs: limits.metadataMs,
        signal,
      }));
    const file = fileOfPlay(metadata, resolved);
    if (resolved.episode) this.expectReader(metadata.infoHash, file.index);
    this.remember(metadata);
    const { title, mediaId } = resolved;
    const { engine, storage, fetchesWhole = false } = this.options;
    const { infoHash } = metadata;
    const hasRoom = await storage.admit({ infoHash, userId, title, mediaId }, file.length);
    if (hasRoom && fetchesWhole) await engine.fetchWhole(infoHash, file.index);
    return { file, mimeType: mimeTypeOf(file.name), part: resolved.episode ? null : partOf(metadata, file) };
  }

  private async join({ torrent, fileIndex, episode }: ResolvedPlayback): Promise<void> {
    const { storage, leases } = this.options;
    await storage.enter(torrent.infoHash);
    try {
      await leases.acquire(torrent);
      // Which file an episode is, the engine cannot tell.
      if (!episode) this.expectReader(torrent.infoHash, fileIndex ?? null);
    } catch (error) {
      storage.leave(torrent.infoHash);
      throw error;
    }
  }

  /** The player asks for the stream only when it has our answer; its first bytes can be on their way by then. */
  private expectReader(infoHash: string, fileIndex: number | null): void {
    this.options.engine.expectReader(infoHash, fileIndex).catch(() => undefined);
  }

  private remember(metadata: TorrentMetadata): void {
    this.options.leases.remember(metadata).catch((error: unknown) => {
      this.options.logger.warn({ err: error, infoHash: metadata.infoHash }, 'torrent metadata not kept');
    });
  }

  /** A torrent that describes itself soon enough is answered for at once: its type, or that there is nothing to play. */
  private async firstLook(session: PlaybackSession): Promise<PlayedFile | null> {
    try {
      return await session.fileWithin(this.options.answerWithinMs ?? 1_500);
    } catch (error) {
      if (error instanceof AppError && error.code === 'metadata-timeout') return null;
      this.close(session);
      throw error;
    }
  }

  private owned(owner: PlaybackOwner, id: string): PlaybackSession {
    const session = this.sessions.get(id);
    if (session?.owner.userId !== owner.userId) throw new NotFoundError('Play');
    return session;
  }

  /** A user's oldest play makes room for the next, so that forgotten tabs never lock anyone out. */
  private makeRoom(userId: string): void {
    const own = [...this.sessions.values()].filter(({ owner }) => owner.userId === userId);
    for (const session of own.slice(0, Math.max(0, own.length - limits.playsPerUser + 1)))
      this.close(session);
  }

  /** Ends the plays whose player gives no sign of life; looked at every 15 seconds. */
  endIdle(): void {
    for (const session of this.sessions.values()) {
      const { silentMs, renewedAt } = session;
      if (silentMs > limits.idleMs || this.now() - renewedAt > limits.renewMs) this.close(session);
    }
  }

  private close(session: PlaybackSession): void {
    if (!this.sessions.delete(session.id)) return;
    session.close();
    this.options.leases.release(session.subject.infoHash);
    this.options.storage.leave(session.subject.infoHash);
  }
}
