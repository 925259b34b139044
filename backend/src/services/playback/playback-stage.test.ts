import { describe, expect, it } from '@jest/globals';
import type { TorrentStatus } from '../torrent/torrent-engine.port.js';
import { describeStage, type StageFacts } from './playback-stage.js';

const metadata = {
  infoHash: 'a'.repeat(40),
  name: 'film',
  pieceLength: 16_384,
  length: 1,
  files: [],
  isPrivate: false,
};
const torrent: TorrentStatus = {
  infoHash: 'a'.repeat(40),
  stage: 'ready',
  failure: null,
  peers: 3,
  kinds: { seeders: 2, willing: 3, silent: 0, incoming: 0 },
  webSeeds: 0,
  webSeedTrouble: null,
  unstoredBytes: 0,
  lateMs: 0,
  peersKnown: 5,
  trackerWarning: null,
  downloadBytesPerSecond: 2_500_000,
  uploadBytesPerSecond: 0,
  storageTrouble: null,
  metadata,
};
const facts: StageFacts = {
  torrent,
  failure: null,
  delivered: false,
  headShare: 0.6,
  waitingSeconds: null,
  elapsedSeconds: 1,
};

describe('describeStage', () => {
  it.each<[string, Partial<StageFacts>, string, string]>([
    ['before the engine has it', { torrent: null }, 'starting', 'Joining the swarm'],
    [
      'nobody yet',
      { torrent: { ...torrent, metadata: null, peers: 0 } },
      'finding-peers',
      'Meeting peers, 5 heard of so far',
    ],
    [
      'nobody answers',
      { torrent: { ...torrent, metadata: null, peers: 0 }, elapsedSeconds: 12 },
      'finding-peers',
      '5 peers heard of, none answers yet',
    ],
    [
      'nobody knows it',
      { torrent: { ...torrent, metadata: null, peers: 0, peersKnown: 0 }, elapsedSeconds: 12 },
      'finding-peers',
      'Nobody seems to have this film right now',
    ],
    [
      'a tracker complains',
      {
        torrent: {
          ...torrent,
          metadata: null,
          peers: 0,
          peersKnown: 0,
          trackerWarning: 'the tracker refused',
        },
        elapsedSeconds: 12,
      },
      'finding-peers',
      'No peers: the tracker refused',
    ],
    [
      'metadata missing',
      { torrent: { ...torrent, metadata: null, peers: 1 } },
      'fetching-metadata',
      'Asking 1 peer what is in the torrent',
    ],
    [
      'metadata known, nobody there',
      { torrent: { ...torrent, peers: 0 } },
      'finding-peers',
      'Meeting peers, 5 heard of so far',
    ],
    ['first pieces', {}, 'buffering', 'First pieces 60 %, 3 peers, 2.5 MB/s'],
    ['the head is there', { headShare: 1 }, 'ready', 'Playing, 3 peers, 2.5 MB/s'],
    ['bytes have left', { delivered: true }, 'ready', 'Playing, 3 peers, 2.5 MB/s'],
    ['fed in pieces', { delivered: true, waitingSeconds: 1 }, 'ready', 'Playing, 3 peers, 2.5 MB/s'],
    [
      'stalled',
      { delivered: true, waitingSeconds: 4 },
      'stalled',
      'Waiting for the next piece, 3 peers, 2.5 MB/s',
    ],
    [
      'stalled, all gone',
      { delivered: true, waitingSeconds: 4, torrent: { ...torrent, peers: 0 } },
      'stalled',
      'All peers have left; waiting for one to come back',
    ],
    [
      'the VPN is away before the first byte',
      { paused: 'tun0 is down.', torrent: null },
      'starting',
      'Paused: tun0 is down. It goes on by itself.',
    ],
    [
      'the VPN is away in the middle',
      { paused: 'tun0 is down.', delivered: true, waitingSeconds: 2 },
      'stalled',
      'Paused: tun0 is down. It goes on by itself.',
    ],
    [
      'the VPN is away, and the film is here',
      { paused: 'tun0 is down.', headShare: 1 },
      'ready',
      'Playing, 3 peers, 2.5 MB/s',
    ],
    ['a reason of its own', { failure: 'Nothing to play here.' }, 'failed', 'Nothing to play here.'],
    [
      'the torrent failed',
      { torrent: { ...torrent, failure: 'The disk is full.' } },
      'failed',
      'The disk is full.',
    ],
  ])('%s', (_name, change, stage, message) => {
    expect(describeStage({ ...facts, ...change })).toEqual({ stage, message });
  });
});
