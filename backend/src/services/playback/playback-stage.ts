import type { TorrentStatus } from '../torrent/torrent-engine.port.js';

export type PlaybackStage =
  | 'starting'
  | 'finding-peers'
  | 'fetching-metadata'
  | 'buffering'
  | 'ready'
  | 'stalled'
  | 'failed';

export interface StageFacts {
  /** What the engine says; null while it has not taken the torrent. */
  torrent: TorrentStatus | null;
  /** Why this play cannot go on, if it cannot. */
  failure: string | null;
  /** Why torrent traffic must not leave now, if it must not; one sentence. */
  paused?: string | null;
  /** Whether any byte of the film has left for the player. */
  delivered: boolean;
  /** Verified share of the film's first bytes, 0 to 1. */
  headShare: number;
  /** How long the player's oldest open request has waited for its next bytes, in seconds; null when none waits. */
  waitingSeconds: number | null;
  /** Since play was asked for, seconds. */
  elapsedSeconds: number;
}

/** A player that waits less than this is only being fed in pieces. Seconds. */
export const stallAfterSeconds = 3;
/** When silence of the swarm is worth saying, seconds. */
const quietAfterSeconds = 10;

/** What is happening to a play, and the sentence that says so. */
export function describeStage(facts: StageFacts): { stage: PlaybackStage; message: string } {
  const { torrent } = facts;
  const failure = facts.failure ?? torrent?.failure ?? null;
  if (failure !== null) return { stage: 'failed', message: failure };
  if (isPaused(facts)) {
    const stage = facts.delivered ? 'stalled' : 'starting';
    return { stage, message: `Paused: ${facts.paused ?? ''} It goes on by itself.` };
  }
  if (!torrent || torrent.stage === 'starting') return { stage: 'starting', message: 'Joining the swarm' };
  if (!torrent.metadata) return withoutMetadata(torrent, facts.elapsedSeconds);
  if (facts.waitingSeconds !== null && facts.waitingSeconds >= stallAfterSeconds && facts.delivered) {
    return { stage: 'stalled', message: stallReason(torrent) };
  }
  if (facts.delivered || facts.headShare >= 1)
    return { stage: 'ready', message: `Playing, ${swarmInWords(torrent)}${storageInWords(torrent)}` };
  if (isAlone(torrent)) return { stage: 'finding-peers', message: nobody(torrent, facts.elapsedSeconds) };
  return {
    stage: 'buffering',
    message: `First pieces ${Math.floor(facts.headShare * 100)} %, ${swarmInWords(torrent)}`,
  };
}

/** A film that is here already plays on without the network. */
function isPaused({ paused, delivered, headShare, waitingSeconds }: StageFacts): boolean {
  if (paused === undefined || paused === null) return false;
  const isFed = delivered ? waitingSeconds === null || waitingSeconds < 1 : headShare >= 1;
  return !isFed;
}

function withoutMetadata(
  torrent: TorrentStatus,
  elapsedSeconds: number,
): { stage: PlaybackStage; message: string } {
  if (torrent.peers === 0) return { stage: 'finding-peers', message: nobody(torrent, elapsedSeconds) };
  return {
    stage: 'fetching-metadata',
    message: `Asking ${count(torrent.peers, 'peer')} what is in the torrent`,
  };
}

function nobody(torrent: TorrentStatus, elapsedSeconds: number): string {
  if (elapsedSeconds < quietAfterSeconds) return `Meeting peers, ${torrent.peersKnown} heard of so far`;
  if (torrent.webSeedTrouble !== null) return `The server that has this film: ${torrent.webSeedTrouble}`;
  if (torrent.peersKnown > 0) return `${count(torrent.peersKnown, 'peer')} heard of, none answers yet`;
  if (torrent.trackerWarning !== null) return `No peers: ${torrent.trackerWarning}`;
  return 'Nobody seems to have this film right now';
}

function stallReason(torrent: TorrentStatus): string {
  if (isAlone(torrent)) {
    return torrent.webSeedTrouble === null
      ? 'All peers have left; waiting for one to come back'
      : `The server that has this film: ${torrent.webSeedTrouble}`;
  }
  return `Waiting for the next piece, ${swarmInWords(torrent)}${storageInWords(torrent)}`;
}

/** Playing goes on without the disk, but looking back and seeding suffer. */
function storageInWords({ storageTrouble }: TorrentStatus): string {
  if (storageTrouble === null) return '';
  return storageTrouble === 'full'
    ? '; the storage is full, so this plays from memory'
    : '; the storage cannot be written, so this plays from memory';
}

function isAlone({ peers, webSeeds }: TorrentStatus): boolean {
  return peers + webSeeds === 0;
}

function swarmInWords(torrent: TorrentStatus): string {
  const { peers, webSeeds } = torrent;
  const who = [
    ...(peers > 0 || webSeeds === 0 ? [count(peers, 'peer')] : []),
    ...(webSeeds > 0 ? [count(webSeeds, 'server')] : []),
  ].join(' and ');
  return `${who}, ${(torrent.downloadBytesPerSecond / 1e6).toFixed(1)} MB/s`;
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
