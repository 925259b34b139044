import type { TorrentStatus } from '../torrent/torrent-engine.port.js';

export type StallCause = 'swarm' | 'vpn' | 'disk' | 'cpu' | 'client';

/** Why a film stands still: one cause, one sentence, and what it was read from. */
export interface StallVerdict {
  cause: StallCause;
  /** One sentence for viewers. */
  message: string;
  /** What speaks for it, in words with numbers. */
  evidence: string[];
}

export interface StallFacts {
  torrent: TorrentStatus | null;
  /** Why torrent traffic must not leave now; null when it may. */
  paused: string | null;
  /** The player says that it waits, or a request of its has waited long. */
  isWaiting: boolean;
  /** How long the oldest open request has waited for its next bytes, seconds; null when none waits. */
  waitingSeconds: number | null;
  /** Seconds of film that lie here from where the player reads; null while that is not known. */
  runwaySeconds: number | null;
  /** What the film takes; null while unknown. */
  bytesPerSecond: number | null;
  /** How late this process's own work is, milliseconds. */
  serverLateMs: number;
}

/** Film that lies here and yet does not play for lack of data, seconds. */
const plentySeconds = 5;
/** Work this late holds a film up, milliseconds. */
const lateMs = 250;
/** Verified bytes that wait for the disk when it does not keep up. */
const diskBacklog = 24 * 1024 * 1024;

/**
 * The one cause worth naming, the nearest to the viewer's own network last: what forbids traffic, then what does not
 * write, then what does not compute; a film that lies here waits for the client; else it is the swarm. Null while nothing waits.
 */
export function judgeStall(facts: StallFacts): StallVerdict | null {
  const { torrent, paused, isWaiting, serverLateMs } = facts;
  if (!isWaiting) return null;
  const isFed = facts.waitingSeconds === null || facts.waitingSeconds < 1;
  if (paused !== null && !isFed)
    return { cause: 'vpn', message: `Paused: ${paused} It goes on by itself.`, evidence: [paused] };
  if (torrent && (torrent.storageTrouble !== null || torrent.unstoredBytes > diskBacklog) && !isFed) {
    const trouble = torrent.storageTrouble === 'full' ? 'The storage is full' : 'The disk does not keep up';
    return {
      cause: 'disk',
      message: `${trouble}; the film waits for it.`,
      evidence: [`${megabytes(torrent.unstoredBytes)} wait to be stored`],
    };
  }
  const late = Math.max(serverLateMs, torrent?.lateMs ?? 0);
  if (late > lateMs)
    return {
      cause: 'cpu',
      message: 'The server is too busy to keep up.',
      evidence: [`Its work is ${Math.round(late)} ms late`],
    };
  if (isFed && (facts.runwaySeconds ?? 0) >= plentySeconds)
    return {
      cause: 'client',
      message: 'The film is here, but does not reach this device fast enough.',
      evidence: [
        `${Math.round(facts.runwaySeconds ?? 0)} s of film lie ready`,
        'No request of the player waits for the swarm',
      ],
    };
  return ofTheSwarm(facts);
}

function ofTheSwarm({ torrent, bytesPerSecond }: StallFacts): StallVerdict {
  if (!torrent || torrent.peers + torrent.webSeeds === 0) {
    const trouble = torrent?.webSeedTrouble ?? null;
    const known = torrent?.peersKnown ?? 0;
    return {
      cause: 'swarm',
      message: 'Nobody who has this film is connected right now.',
      evidence: [
        `${known} ${known === 1 ? 'peer' : 'peers'} heard of`,
        ...(trouble === null ? [] : [`The server that has it: ${trouble}`]),
      ],
    };
  }
  const { kinds, peers, webSeeds, downloadBytesPerSecond } = torrent;
  const evidence = [
    ...(webSeeds === 0 ? [] : [`${webSeeds} of its servers can be asked`]),
    `${peers} connected, ${kinds.willing} let us ask, ${kinds.silent} of them are silent`,
    bytesPerSecond === null
      ? `${rate(downloadBytesPerSecond)} come in`
      : `${rate(downloadBytesPerSecond)} come in, the film takes ${rate(bytesPerSecond)}`,
  ];
  const message =
    kinds.willing + webSeeds <= kinds.silent
      ? 'The peers that have this film do not send right now.'
      : 'The peers that have this film are slower than it plays.';
  return { cause: 'swarm', message, evidence };
}

function rate(bytesPerSecond: number): string {
  return `${(bytesPerSecond / 1e6).toFixed(1)} MB/s`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
