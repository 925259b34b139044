import fc from 'fast-check';
import { promise } from './broken-promise.contract.js';
import { type PeerTraits, peerTraits } from './simulated-peer.contract.js';
import { SimulatedSwarm } from './simulated-swarm.contract.js';
import { seededRandom } from './simulated-time.contract.js';
import { blockLength } from './torrent-geometry.js';

const pieceCounts = { min: 1, max: 24 };
const duplicateAllowance = 8 * blockLength;
const span = fc
  .record({ from: fc.integer({ min: 0, max: 6_000 }), length: fc.integer({ min: 1, max: 4_000 }) })
  .map(({ from, length }) => ({ from, to: from + length }));

const anyPeer = fc.record({
  rate: fc.constantFrom(5, 50, 500, 2_000, 20_000),
  roundTrip: fc.constantFrom(1, 20, 40, 150, 400),
  jitter: fc.constantFrom(0, 0, 5, 50),
  joinAt: fc.constantFrom(0, 0, 0, 500, 3_000),
  unchokeAt: fc.constantFrom(0, 0, 100, 2_000),
  leaveAt: fc.constantFrom(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 700, 5_000),
  isSilent: fc.constantFrom(false, false, false, true),
  stalls: fc.array(span, { maxLength: 1 }),
  chokes: fc.array(span, { maxLength: 1 }),
  poison: fc.constantFrom(0, 0, 0, 0, 0.05, 1),
  rejects: fc.constantFrom(0, 0, 0, 0.2, 1),
  keepsCancelled: fc.boolean(),
  hasOneIn: fc.constantFrom(1, 1, 1, 2, 5),
});

/** Swarms, readers and mishaps of all kinds; one honest peer that has everything is always there. */
export const anySwarm = fc.record({
  seed: fc.integer(),
  pieces: fc.integer(pieceCounts),
  lastPiece: fc.integer({ min: 1, max: 16 * blockLength }),
  blocks: fc.constantFrom(1, 2, 4, 16),
  partialPieces: fc.constantFrom(2, 4, 100),
  tellsRoundTrip: fc.boolean(),
  downlink: fc.constantFrom(undefined, undefined, 1_000),
  verifyMs: fc.constantFrom(0, 3, 40),
  anchorRate: fc.constantFrom(100, 1_500),
  peers: fc.array(anyPeer, { maxLength: 7 }),
  background: fc.boolean(),
  readers: fc.array(
    fc.record({
      at: fc.constantFrom(0, 0, 50, 800, 2_500),
      start: fc.double({ min: 0, max: 0.99, noNaN: true }),
      tailBytes: fc.constantFrom(0, 100_000),
      rate: fc.constantFrom(null, 100, 1_000),
      /** Where it goes instead after a while; null stays. */
      seek: fc.option(fc.double({ min: 0, max: 0.99, noNaN: true })),
      seekAfter: fc.integer({ min: 1, max: 2_000 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  drops: fc.array(fc.record({ at: fc.integer({ min: 1, max: 4_000 }), piece: fc.nat(40) }), { maxLength: 2 }),
});
export type SwarmShape = typeof anySwarm extends fc.Arbitrary<infer T> ? T : never;

/** Lets the swarm run until every reader has all its bytes; throws when a promise is broken on the way. */
export function runSwarm(shape: SwarmShape): SimulatedSwarm {
  const swarm = buildSwarm(shape);
  swarm.run(5_000);
  const isDone = (): boolean =>
    shape.readers.every((_, index) => swarm.readableTo(`reader${index}`) === swarm.geometry.length) &&
    (!shape.background || swarm.verified.size === swarm.geometry.pieceCount);
  const isHere = swarm.run(180_000, isDone);
  promise(isHere && swarm.now <= 170_000, `not all bytes came by ${swarm.now} ms`);
  // Cancels of a seek or a choke cross blocks under way; of these nobody is to blame.
  const isCalm =
    shape.readers.every(({ seek }) => seek === null) &&
    shape.peers.every(({ chokes }) => chokes.length === 0);
  const isWasteful = swarm.duplicates > 2 * duplicateAllowance + 0.1 * swarm.received;
  promise(!(isCalm && isWasteful), `${swarm.duplicates} of ${swarm.received} bytes came twice`);
  const isAllHonest = shape.peers.every(({ poison }) => poison === 0);
  promise(!(isAllHonest && swarm.banned.has('anchor')), 'a peer was banned though nobody sent bad data');
  return swarm;
}

function buildSwarm(shape: SwarmShape): SimulatedSwarm {
  const pieceLength = shape.blocks * blockLength;
  const length = (shape.pieces - 1) * pieceLength + Math.min(pieceLength, shape.lastPiece);
  const random = seededRandom(shape.seed);
  // One honest peer stays, so that everything can be had.
  const anchor = peerTraits('anchor', { rate: shape.anchorRate, jitter: 3 });
  const others = shape.peers.map(({ hasOneIn, ...traits }, index): PeerTraits => {
    return peerTraits(`peer${index}`, { ...traits, has: (piece) => (piece * 7 + index) % hasOneIn === 0 });
  });
  const swarm = new SimulatedSwarm({ length, pieceLength }, [anchor, ...others], random, {
    settings: { partialBytes: shape.partialPieces * pieceLength, duplicateAllowance },
    tellsRoundTrip: shape.tellsRoundTrip,
    verifyMs: shape.verifyMs,
    ...(shape.downlink === undefined ? {} : { downlink: shape.downlink }),
  });
  if (shape.background) swarm.setBackground([{ start: 0, end: length }]);
  for (const [index, reader] of shape.readers.entries()) {
    const id = `reader${index}`;
    const open = (share: number): void => {
      const spec = { start: Math.floor(share * length), end: length, tailBytes: reader.tailBytes };
      swarm.open(
        id,
        { ...spec, bytesPerSecond: reader.rate === null ? null : reader.rate * 1000 },
        reader.rate,
      );
    };
    swarm.at(reader.at, () => open(reader.start));
    const { seek } = reader;
    if (seek === null) continue;
    swarm.at(reader.at + reader.seekAfter, () => {
      swarm.close(id);
      open(seek);
    });
  }
  for (const { at, piece } of shape.drops) swarm.at(at, () => swarm.drop(piece));
  swarm.watchForStarvation();
  return swarm;
}
