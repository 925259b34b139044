import { describe, expect, it } from '@jest/globals';
import { fc } from '../../../test-support/properties.js';
import { anySwarm, runSwarm, type SwarmShape } from './random-swarm.contract.js';

const forever = Number.POSITIVE_INFINITY;

describe('random swarms', () => {
  it('every reader gets all its bytes and no promise is broken (T12, T13)', () => {
    fc.assert(
      fc.property(anySwarm, (shape) => {
        runSwarm(shape);
      }),
      { numRuns: Number(process.env['SWARMS'] ?? 500) },
    );
  });

  it('T12: a suspect with a trial of its own sends the failed piece it was chosen for', () => {
    const peer: SwarmShape['peers'][number] = {
      rate: 50,
      roundTrip: 20,
      unchokeAt: 0,
      poison: 0,
      hasOneIn: 2,
      jitter: 0,
      joinAt: 0,
      leaveAt: forever,
      isSilent: false,
      stalls: [],
      chokes: [],
      rejects: 0,
      keepsCancelled: false,
    };
    const reader: SwarmShape['readers'][number] = {
      at: 800,
      start: 0,
      tailBytes: 0,
      rate: null,
      seek: null,
      seekAfter: 1,
    };
    const shape: SwarmShape = {
      seed: 0,
      pieces: 13,
      lastPiece: 229_377,
      blocks: 16,
      partialPieces: 100,
      tellsRoundTrip: true,
      downlink: undefined,
      verifyMs: 0,
      anchorRate: 100,
      peers: [
        { ...peer, roundTrip: 400, unchokeAt: 100, poison: 1, hasOneIn: 1 },
        { ...peer, roundTrip: 1, unchokeAt: 100 },
        { ...peer, rate: 500, hasOneIn: 1 },
        { ...peer, rate: 5 },
      ],
      background: false,
      readers: [
        { ...reader, at: 50, tailBytes: 100_000, rate: 100 },
        reader,
        { ...reader, tailBytes: 100_000 },
      ],
      drops: [],
    };
    const swarm = runSwarm(shape);
    expect(swarm.readableTo('reader0')).toBe(swarm.geometry.length);
  });
});
