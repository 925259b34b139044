import { describe, expect, it } from '@jest/globals';
import { type PeerTraits, peerTraits } from './simulated-peer.contract.js';
import { SimulatedSwarm } from './simulated-swarm.contract.js';
import { seededRandom } from './simulated-time.contract.js';
import { blockLength } from './torrent-geometry.js';

const MiB = 1024 * 1024;

function several(count: number, name: string, traits: Partial<PeerTraits>): PeerTraits[] {
  return Array.from({ length: count }, (_, index) => peerTraits(`${name}${index}`, { jitter: 2, ...traits }));
}

function read(torrent: { length: number; pieceLength: number }, peers: readonly PeerTraits[]) {
  const swarm = new SimulatedSwarm(torrent, peers, seededRandom(1));
  swarm.open('reader', { start: 0, end: torrent.length, bytesPerSecond: null });
  swarm.run(200_000, () => swarm.readableTo('reader') === torrent.length);
  const times = [0, ...swarm.reader('reader').progress.map(({ at }) => at)];
  const gap = Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? 0)));
  return { swarm, time: swarm.now, gap };
}

describe('hostile swarms', () => {
  it('T13: twenty silent peers hold up a good one for less than a second', () => {
    const silent = several(20, 'silent', { isSilent: true });
    const { gap, time } = read({ length: 20 * MiB, pieceLength: MiB }, [
      ...silent,
      ...several(1, 'good', { rate: 4_000 }),
    ]);
    expect(gap).toBeLessThan(1_000);
    expect(time).toBeLessThan(1.1 * ((20 * MiB) / 4_000));
  });

  it('T13: peers that choke whatever they are asked hold up nobody', () => {
    const chokes = Array.from({ length: 200 }, (_, turn) => ({ from: turn * 100 + 30, to: turn * 100 + 60 }));
    const choking = several(5, 'choking', { roundTrip: 60, chokes });
    const { gap } = read({ length: 20 * MiB, pieceLength: MiB }, [
      ...choking,
      ...several(1, 'good', { rate: 4_000 }),
    ]);
    expect(gap).toBeLessThan(1_000);
  });

  it('T12: ten poisoners cost little time and, with small pieces, little junk', () => {
    const torrent = { length: 4 * MiB, pieceLength: blockLength };
    const good = several(1, 'good', { rate: 1_000 });
    const alone = read(torrent, good).time;
    const { swarm, time } = read(torrent, [...good, ...several(10, 'bad', { rate: 1_000, poison: 1 })]);
    expect(time / alone).toBeLessThan(1.2);
    expect(swarm.received - torrent.length).toBeLessThan(0.4 * MiB);
    expect(swarm.banned.has('good0')).toBe(false);
  });

  it('T12: with pieces of many blocks the poisoners are found and the good peer is kept', () => {
    const torrent = { length: 16 * MiB, pieceLength: MiB };
    const good = several(1, 'good', { rate: 1_000 });
    const { swarm, time } = read(torrent, [...good, ...several(10, 'bad', { rate: 1_000, poison: 1 })]);
    expect(time).toBeLessThan(1.2 * read(torrent, good).time);
    expect([...swarm.banned].sort()).toEqual(several(10, 'bad', {}).map(({ id }) => id));
  });

  it('T12: one peer that poisons now and then is found, the pause stays below 5 s', () => {
    const peers = [...several(7, 'good', {}), ...several(1, 'bad', { poison: 0.05 })];
    const { swarm, gap } = read({ length: 100 * MiB, pieceLength: MiB }, peers);
    expect([...swarm.banned]).toEqual(['bad0']);
    expect(gap).toBeLessThan(2_500);
  });

  it('finds its speed again when the way to all peers becomes five times as long', () => {
    const peers = several(4, 'peer', { rate: 2_000 });
    const swarm = new SimulatedSwarm({ length: 400 * MiB, pieceLength: MiB }, peers, seededRandom(1));
    swarm.open('reader', { start: 0, end: 400 * MiB, bytesPerSecond: null });
    swarm.run(5_000);
    for (const peer of peers) peer.roundTrip = 200;
    swarm.run(10_000);
    const before = swarm.received;
    swarm.run(15_000);
    expect((swarm.received - before) / 5_000).toBeGreaterThan(0.95 * 8_000);
  });
});
