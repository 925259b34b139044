import { describe, expect, it } from '@jest/globals';
import type { TorrentStatus } from '../torrent/torrent-engine.port.js';
import { judgeStall, type StallCause, type StallFacts } from './stall-verdict.js';

const torrent: TorrentStatus = {
  infoHash: 'a'.repeat(40),
  stage: 'ready',
  failure: null,
  peers: 4,
  kinds: { seeders: 3, willing: 3, silent: 1, incoming: 0 },
  webSeeds: 0,
  webSeedTrouble: null,
  unstoredBytes: 0,
  lateMs: 2,
  peersKnown: 9,
  trackerWarning: null,
  downloadBytesPerSecond: 400_000,
  uploadBytesPerSecond: 0,
  storageTrouble: null,
  metadata: null,
};
const facts: StallFacts = {
  torrent,
  paused: null,
  isWaiting: true,
  waitingSeconds: 4,
  runwaySeconds: 0,
  bytesPerSecond: 900_000,
  serverLateMs: 1,
};

describe('judgeStall', () => {
  it('says nothing while nothing waits', () => {
    expect(judgeStall({ ...facts, isWaiting: false })).toBeNull();
  });

  it.each<[string, Partial<StallFacts>, StallCause, string]>([
    ['a slow swarm', {}, 'swarm', '0.4 MB/s come in, the film takes 0.9 MB/s'],
    ['an empty swarm', { torrent: { ...torrent, peers: 0 } }, 'swarm', '9 peers heard of'],
    [
      'a silent swarm',
      { torrent: { ...torrent, kinds: { ...torrent.kinds, silent: 3 } } },
      'swarm',
      '4 connected, 3 let us ask, 3 of them are silent',
    ],
    ['a closed tunnel', { paused: 'The VPN is down.' }, 'vpn', 'The VPN is down.'],
    [
      'a disk that does not keep up',
      { torrent: { ...torrent, unstoredBytes: 30 * 1024 * 1024 } },
      'disk',
      '31 MB wait to be stored',
    ],
    ['no room', { torrent: { ...torrent, storageTrouble: 'full' } }, 'disk', '0 MB wait to be stored'],
    ['a busy engine', { torrent: { ...torrent, lateMs: 400 } }, 'cpu', 'Its work is 400 ms late'],
    ['a busy server', { serverLateMs: 900 }, 'cpu', 'Its work is 900 ms late'],
    ['a slow client', { waitingSeconds: null, runwaySeconds: 42 }, 'client', '42 s of film lie ready'],
    [
      'a slow client with the tunnel closed: what lies here needs none',
      { waitingSeconds: null, runwaySeconds: 42, paused: 'The VPN is down.' },
      'client',
      '42 s of film lie ready',
    ],
  ])('%s', (_name, change, cause, evidence) => {
    const verdict = judgeStall({ ...facts, ...change });
    expect(verdict?.cause).toBe(cause);
    expect(verdict?.evidence).toContain(evidence);
  });
});
