import { AppError } from '../../errors/app-error.js';
import type { ClientCapabilities } from '../source/source-score.js';
import type { EpisodePlace } from '../source/source-titles.js';
import { MetadataTimeoutError } from '../torrent/torrent.errors.js';
import type { TorrentFile } from '../torrent/torrent-engine.port.js';
import type { FilmPart } from './length-doubt.js';

/** The file being played. */
export interface PlayedFile {
  file: TorrentFile;
  mimeType: string;
  /** Which part it is of a film that comes in several files; null when it is whole. */
  part?: FilmPart | null;
}

export interface PlaybackOwner {
  userId: string;
  /** The sign-in it was started from; it ends with it. */
  sessionId: string;
  /** Years; null, or nothing, plays everything. */
  ageLimit?: number | null;
  /** Language of the account, which releases are ranked by; null, or nothing, for each title's original. */
  language?: string | null;
  /** Of the account when it was asked; left out, the first look decides. */
  securityVersion?: number | null;
}

export interface PlaybackSubject {
  infoHash: string;
  title: string;
  mediaId: string | null;
  /** Which episode, when `mediaId` is a series. */
  place: EpisodePlace | null;
  /** As the catalogue has it; null when it does not know. */
  durationSeconds: number | null;
  /** What the player can decode. */
  capabilities: ClientCapabilities;
}

/** One play from its start to its end: what it plays, whether the file is known yet, and how its requests fare. */
export class PlaybackSession {
  played: PlayedFile | null = null;
  failure: string | null = null;
  delivered = false;
  /** Last sign of life of the player, milliseconds of the injected clock. */
  private lastSeenAt: number;
  /** When somebody signed in last asked for it. Reading bytes does not count: that takes no more than the address. */
  renewedAt: number;
  /** The player has said that it has run out of film. */
  saysWaiting = false;
  /** Running time of the file as the player found it in the container, seconds; null until it has. */
  lengthSeconds: number | null = null;
  /** Where the player reads, or last read: bytes of the file. */
  position = 0;
  private readonly waiting = new Set<{ since: number }>();
  /** Requests for bytes that are open, read from or not: a paused player keeps its connection. */
  private reading = 0;
  private readonly closed = new AbortController();
  private readonly file: Promise<PlayedFile>;

  constructor(
    readonly id: string,
    readonly owner: PlaybackOwner,
    readonly subject: PlaybackSubject,
    private readonly now: () => number,
    findFile: (signal: AbortSignal) => Promise<PlayedFile>,
  ) {
    this.startedAt = this.lastSeenAt = this.renewedAt = now();
    this.file = findFile(this.closed.signal);
    this.file.then(
      (played) => (this.played = played),
      (error: unknown) =>
        (this.failure = error instanceof AppError ? error.message : 'The torrent could not be read.'),
    );
  }

  readonly startedAt: number;

  /** Fires when the play ends; everything it holds hangs on it. */
  get signal(): AbortSignal {
    return this.closed.signal;
  }

  get elapsedSeconds(): number {
    return (this.now() - this.startedAt) / 1000;
  }

  /** How long the request that waits longest has waited, seconds; null when none waits. */
  get waitingSeconds(): number | null {
    const since = Math.min(...[...this.waiting].map((wait) => wait.since));
    return Number.isFinite(since) ? (this.now() - since) / 1000 : null;
  }

  /** Milliseconds since the player's last sign of life; 0 while it has a stream open. */
  get silentMs(): number {
    return this.reading > 0 ? 0 : this.now() - this.lastSeenAt;
  }

  touch(): void {
    this.lastSeenAt = this.now();
  }

  renew(): void {
    this.touch();
    this.renewedAt = this.lastSeenAt;
  }

  /** The file, once the swarm has described the torrent; `MetadataTimeoutError` after `timeoutMs`. */
  async fileWithin(timeoutMs: number, signal?: AbortSignal): Promise<PlayedFile> {
    const limit = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]);
    return new Promise((resolve, reject) => {
      const late = () => reject(new MetadataTimeoutError(Math.round(timeoutMs / 1000)));
      limit.addEventListener('abort', late, { once: true });
      this.file.then(resolve, reject).finally(() => limit.removeEventListener('abort', late));
    });
  }

  /** Passes a reader's bytes through, keeping note of when it waits and how far it got; `from` in bytes of the file. */
  async *watch(bytes: AsyncIterable<Uint8Array>, from: number): AsyncGenerator<Uint8Array> {
    let position = from;
    this.position = from;
    const wait = { since: this.now() };
    this.waiting.add(wait);
    this.reading += 1;
    try {
      for await (const chunk of bytes) {
        this.waiting.delete(wait);
        this.delivered = true;
        this.touch();
        position += chunk.length;
        this.position = position;
        yield chunk;
        wait.since = this.now();
        this.waiting.add(wait);
      }
    } finally {
      this.waiting.delete(wait);
      this.reading -= 1;
      this.touch();
    }
  }

  close(): void {
    this.closed.abort();
  }
}
