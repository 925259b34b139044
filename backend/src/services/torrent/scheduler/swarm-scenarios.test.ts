import { describe, expect, it } from '@jest/globals';
import { type PeerTraits, peerTraits } from './simulated-peer.contract.js';
import { SimulatedSwarm } from './simulated-swarm.contract.js';
import { seededRandom } from './simulated-time.contract.js';
import { blockLength } from './torrent-geometry.js';

const MiB = 1024 * 1024;
const film = { length: 605 * MiB, pieceLength: MiB };

function several(count: number, name: string, traits: Partial<PeerTraits>): PeerTraits[] {
  return Array.from({ length: count }, (_, index) => peerTraits(`${name}${index}`, { jitter: 2, ...traits }));
}

/** The swarms of the streaming bench; `ceiling` in bytes per millisecond. */
const one = {
  peers: several(1, 'fast', { rate: 200_000, roundTrip: 1, jitter: 0 }),
  ceiling: 200_000,
  roundTrip: 1,
};
const home = { peers: several(8, 'home', { rate: 1_500 }), ceiling: 12_000, roundTrip: 40 };
const ragged = {
  peers: [
    ...several(4, 'fast', { rate: 2_000 }),
    ...several(3, 'slow', { rate: 50 }),
    ...several(1, 'silent', { isSilent: true }),
  ],
  ceiling: 8_150,
  roundTrip: 40,
};
/** As they are on narrow lines with long buffers: what was asked of the slow ones comes, cancelled or not. */
const clogged = {
  ...ragged,
  peers: ragged.peers.map((peer) => (peer.rate < 1_000 ? { ...peer, keepsCancelled: true } : peer)),
};
type Scenario = typeof home;

/** No scheduler can have one whole piece sooner after asking. */
function floorOf({ roundTrip, ceiling }: Scenario): number {
  return roundTrip + MiB / ceiling;
}

function start({ peers }: Scenario, tellsRoundTrip = true): SimulatedSwarm {
  const swarm = new SimulatedSwarm(film, peers, seededRandom(1), { tellsRoundTrip });
  swarm.open('reader', { start: 0, end: film.length, bytesPerSecond: null });
  return swarm;
}

function firstPiece(scenario: Scenario, tellsRoundTrip: boolean): number {
  const swarm = start(scenario, tellsRoundTrip);
  swarm.run(60_000, () => swarm.verified.has(0));
  return swarm.now;
}

/** Bytes per millisecond, the longest wait between two readable pieces, and what quick peers owe at the end; milliseconds. */
function sustained(
  scenario: Scenario,
  duration: number,
): { rate: number; pause: number; duplicates: number; backlog: number } {
  const swarm = start(scenario);
  swarm.run(duration);
  const { progress } = swarm.reader('reader');
  const [first] = progress;
  const last = progress.at(-1);
  const quick = scenario.peers.filter(({ rate, isSilent }) => rate > 1_000 && !isSilent);
  const pauses = progress.slice(1).map(({ at }, index) => at - (progress[index]?.at ?? 0));
  return {
    rate: ((last?.to ?? 0) - (first?.to ?? 0)) / ((last?.at ?? 0) - (first?.at ?? 0)),
    pause: Math.max(...pauses),
    duplicates: swarm.duplicates / swarm.received,
    backlog: Math.max(...quick.map(({ id, rate }) => (swarm.outstandingAt(id) * blockLength) / rate)),
  };
}

/** Milliseconds to the first piece of each of 100 seeks, ascending. */
function seeks(scenario: Scenario, dwell: number): number[] {
  const swarm = start(scenario);
  const random = seededRandom(5);
  let reader = 'reader';
  return Array.from({ length: 100 }, (_, index) => {
    swarm.run(swarm.now + random() * (index % 2 === 0 ? dwell / 10 : dwell));
    swarm.close(reader);
    reader = `seek${index}`;
    const position = Math.floor(random() * (film.length - MiB));
    const piece = swarm.geometry.pieceAt(position);
    for (let next = piece; next < piece + 64; next++) swarm.drop(next);
    const began = swarm.now;
    swarm.open(reader, { start: position, end: film.length, bytesPerSecond: null });
    swarm.run(began + 60_000, () => swarm.verified.has(piece));
    return swarm.now - began;
  }).sort((a, b) => a - b);
}

describe.each([
  { name: 'A, one seeder', scenario: one, duration: 700, dwell: 40, pause: 10, worst: 10 },
  { name: 'B, eight home seeders', scenario: home, duration: 10_000, dwell: 700, pause: 120, worst: 2 },
  {
    name: 'C, slow and silent peers among the seeders',
    scenario: ragged,
    duration: 20_000,
    dwell: 3_000,
    pause: 220,
    worst: 2,
  },
  {
    name: 'C, where the slow ones cannot call back what was cancelled',
    scenario: clogged,
    duration: 20_000,
    dwell: 3_000,
    pause: 220,
    worst: 2,
  },
])('$name', ({ scenario, duration, dwell, pause, worst }) => {
  it('has the first piece within 1.15 of what is possible', () => {
    expect(firstPiece(scenario, true) / floorOf(scenario)).toBeLessThan(1.15);
  });

  it('is not far from that when nothing is known of the round trips', () => {
    expect(firstPiece(scenario, false) / floorOf(scenario)).toBeLessThan(1.25);
  });

  it('keeps up 98 % of the ceiling without long pauses or duplicates', () => {
    const seen = sustained(scenario, duration);
    expect(seen.rate / scenario.ceiling).toBeGreaterThan(0.98);
    expect(seen.pause).toBeLessThan(pause);
    expect(seen.duplicates).toBeLessThan(0.01);
    expect(seen.backlog).toBeLessThan(scenario.roundTrip + 150);
  });

  it('seeks within 1.15 of what is possible, the worst of 100 within its bound', () => {
    const times = seeks(scenario, dwell);
    expect((times[50] ?? 0) / floorOf(scenario)).toBeLessThan(1.15);
    expect((times[99] ?? 0) / floorOf(scenario)).toBeLessThan(worst);
  });
});

describe('a swarm slower than its viewers', () => {
  it('gives readers that have run dry their pieces in turn', () => {
    const swarm = new SimulatedSwarm(film, several(1, 'slow', { rate: 500 }), seededRandom(1));
    swarm.open('first', { start: 0, end: film.length, bytesPerSecond: null });
    swarm.open('second', { start: 300 * MiB, end: film.length, bytesPerSecond: null });
    swarm.run(42_000);
    const got = ['first', 'second'].map((id) => swarm.readableTo(id) - swarm.reader(id).spec.start);
    expect(Math.min(...got) / MiB).toBeGreaterThanOrEqual(8);
    expect((Math.max(...got) - Math.min(...got)) / MiB).toBeLessThanOrEqual(2);
  });
});
