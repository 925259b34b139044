import { Lateness } from '../torrent/lateness.js';
import type { ByteRange, SwarmKinds, TorrentEngine, TorrentStatus } from '../torrent/torrent-engine.port.js';
import { filmRate } from './film-rate.js';
import { lengthDoubt } from './length-doubt.js';
import type { PlaybackResolver } from './playback-resolver.js';
import type { PlaybackSession } from './playback-session.js';
import { describeStage, type PlaybackStage, stallAfterSeconds } from './playback-stage.js';
import { judgeStall, type StallVerdict } from './stall-verdict.js';

export interface PlaybackState {
  id: string;
  /** The film or the series; null for a torrent opened by hand. */
  mediaId: string | null;
  /** Place of the episode in its series; null for a film, as `episode`. */
  season: number | null;
  episode: number | null;
  title: string;
  stage: PlaybackStage;
  message: string;
  elapsedSeconds: number;
  peers: number;
  /** Web seeds (BEP 19) that can be asked. */
  webSeeds: number;
  downloadBytesPerSecond: number;
  uploadBytesPerSecond: number;
  file: { index: number; name: string; sizeBytes: number; mimeType: string } | null;
  /** Connected peers by kind. */
  swarm: SwarmKinds;
  /** Seconds of film that lie here from where the player reads; null while the film's rate is not known. */
  runwaySeconds: number | null;
  /** Why the file may not be the title, by its running time; null when nothing speaks against it. */
  lengthDoubt: string | null;
  /** Why it stands still, when it does. */
  verdict: StallVerdict | null;
  /** Other sources of the title, best first, while the swarm of this one fails the viewer. */
  alternatives: string[];
  downloadedBytes: number;
  downloadedRanges: { start: number; end: number }[];
}

export interface PlaybackDescriberOptions {
  engine: Pick<TorrentEngine, 'status' | 'progress'>;
  resolver: Pick<PlaybackResolver, 'listOthers'>;
  /** Why torrent traffic must not leave now; null when it may. */
  pauseReason?: (() => string | null) | undefined;
}

const limits = {
  ranges: 200,
  /** How long a player waits for its swarm before other sources are named, seconds. */
  switchAfterSeconds: 8,
  /** A source for which nobody comes in so long is left for another. The best one may have been found after Play was pressed. */
  aloneSeconds: 12,
  /** The first bytes of the film, whose arrival is shown as "first pieces". */
  headBytes: 1 << 20,
};

/** Tells what is happening to a play: stage, swarm, runway, and when it stalls why, and what could be played instead. */
export class PlaybackDescriber {
  private readonly lateness = new Lateness();

  constructor(private readonly options: PlaybackDescriberOptions) {}

  start(): void {
    this.lateness.start();
  }

  stop(): void {
    this.lateness.stop();
  }

  /** `namesOthers`: whether other sources are looked for when the viewer has waited too long. */
  async describe(session: PlaybackSession, namesOthers = true): Promise<PlaybackState> {
    const { infoHash, title, mediaId, place } = session.subject;
    const { played } = session;
    const [torrent, progress] = await Promise.all([
      this.options.engine.status(infoHash),
      played ? this.options.engine.progress(infoHash, played.file.index) : null,
    ]);
    const head = Math.min(limits.headBytes, played?.file.length ?? 0);
    const first = progress?.ranges[0];
    const paused = this.options.pauseReason?.() ?? null;
    const { lengthSeconds } = session;
    const titleSeconds = session.subject.durationSeconds;
    const bytesPerSecond = played && filmRate(played.file.length, lengthSeconds ?? titleSeconds);
    const runwaySeconds = bytesPerSecond
      ? runway(progress?.ranges ?? [], session.position) / bytesPerSecond
      : null;
    const verdict = judgeStall({
      torrent,
      paused,
      isWaiting:
        session.saysWaiting || (session.delivered && (session.waitingSeconds ?? 0) >= stallAfterSeconds),
      waitingSeconds: session.waitingSeconds,
      runwaySeconds,
      bytesPerSecond: bytesPerSecond ?? null,
      serverLateMs: this.lateness.ms,
    });
    const headShare = head > 0 && first?.start === 0 ? Math.min(1, first.end / head) : 0;
    return {
      id: session.id,
      mediaId,
      season: place?.season ?? null,
      episode: place?.episode ?? null,
      title,
      ...describeStage({
        torrent,
        failure: session.failure,
        paused,
        delivered: session.delivered,
        headShare,
        waitingSeconds: session.waitingSeconds,
        elapsedSeconds: session.elapsedSeconds,
      }),
      elapsedSeconds: Math.round(session.elapsedSeconds * 10) / 10,
      peers: torrent?.peers ?? 0,
      webSeeds: torrent?.webSeeds ?? 0,
      downloadBytesPerSecond: Math.round(torrent?.downloadBytesPerSecond ?? 0),
      uploadBytesPerSecond: Math.round(torrent?.uploadBytesPerSecond ?? 0),
      file: played && {
        index: played.file.index,
        name: played.file.name,
        sizeBytes: played.file.length,
        mimeType: played.mimeType,
      },
      swarm: torrent?.kinds ?? { seeders: 0, willing: 0, silent: 0, incoming: 0 },
      runwaySeconds: runwaySeconds === null ? null : Math.round(runwaySeconds * 10) / 10,
      lengthDoubt: lengthDoubt(lengthSeconds, titleSeconds, played?.part ?? null),
      verdict,
      alternatives: namesOthers ? await this.alternativesTo(session, { verdict, torrent, paused }) : [],
      downloadedBytes: progress?.downloadedBytes ?? 0,
      downloadedRanges: (progress?.ranges ?? [])
        .slice(0, limits.ranges)
        .map(({ start, end }) => ({ start, end })),
    };
  }

  /** Only when the viewer has waited long enough to prefer a break to more waiting, or nobody has come at all. */
  private async alternativesTo(
    session: PlaybackSession,
    now: { verdict: StallVerdict | null; torrent: TorrentStatus | null; paused: string | null },
  ): Promise<string[]> {
    const { subject, owner, waitingSeconds, delivered, elapsedSeconds } = session;
    const isSlow = now.verdict?.cause === 'swarm' && (waitingSeconds ?? 0) >= limits.switchAfterSeconds;
    const { torrent } = now;
    const isAlone = !delivered && now.paused === null && torrent?.peers === 0 && torrent.webSeeds === 0;
    const isDead = isAlone && elapsedSeconds >= limits.aloneSeconds;
    if (subject.mediaId === null || (!isSlow && !isDead)) return [];
    try {
      const { ageLimit = null, language = null } = owner;
      return await this.options.resolver.listOthers(subject, { ageLimit, language });
    } catch {
      // Indexers that do not answer are no reason not to tell the state.
      return [];
    }
  }
}

/** Bytes that lie here from `position` on without a gap. */
function runway(ranges: readonly ByteRange[], position: number): number {
  const here = ranges.find(({ start, end }) => start <= position && position < end);
  return here ? here.end - position : 0;
}
