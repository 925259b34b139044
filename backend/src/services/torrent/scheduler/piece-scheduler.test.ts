import { describe, expect, it } from '@jest/globals';
import { PieceScheduler } from './piece-scheduler.js';
import type { BlockRequest, SchedulerSettings } from './scheduler-types.js';
import { blockLength } from './torrent-geometry.js';

const pieceLength = 4 * blockLength;
const pieces = 100;
const length = pieces * pieceLength;

function withPeers(names: readonly string[], settings: Partial<SchedulerSettings> = {}): PieceScheduler {
  const scheduler = new PieceScheduler({ length, pieceLength }, () => 0, settings);
  for (const name of names) {
    scheduler.peerJoined(name, 40);
    scheduler.peerBitfield(name, new Uint8Array(Math.ceil(pieces / 8)).fill(0xff));
    scheduler.peerUnchoked(name);
  }
  return scheduler;
}

/** Answers requests in order, a block every `blockTime` milliseconds from `now` on; gives the time after the last. */
function answer(
  scheduler: PieceScheduler,
  requests: readonly BlockRequest[],
  now: number,
  blockTime = 10,
): number {
  let time = now;
  for (const request of requests) {
    time += blockTime;
    if (scheduler.blockArrived(request, time) === 'completed') scheduler.pieceVerified(request.piece, time);
  }
  return time;
}

function piecesOf(requests: readonly BlockRequest[]): number[] {
  return [...new Set(requests.map(({ piece }) => piece))];
}

describe('PieceScheduler', () => {
  it('asks for the first piece, then some of the container index beside the rest in order', () => {
    const scheduler = withPeers(['a', 'b']);
    scheduler.readerOpened('r', { start: 0, end: length, bytesPerSecond: null, tailBytes: 1 });
    const { requests } = scheduler.plan(0);
    expect(requests).toHaveLength(16);
    expect(piecesOf(requests)).toEqual([0, 99, 1, 2, 3]);
    expect(requests.filter(({ piece }) => piece === 99).length).toBeLessThan(4);
    expect(requests.filter(({ piece, peerId }) => piece === 0 && peerId === 'a')).toHaveLength(2);
  });

  it('asks for nothing beyond the window of a reader that does not move (F25)', () => {
    const mebibyte = 1024 * 1024;
    const scheduler = new PieceScheduler({ length: 64 * mebibyte, pieceLength: mebibyte }, () => 0);
    scheduler.peerJoined('a', 1);
    scheduler.peerBitfield('a', new Uint8Array(8).fill(0xff));
    scheduler.peerUnchoked('a');
    scheduler.readerOpened('r', { start: 0, end: 64 * mebibyte, bytesPerSecond: 500_000 });
    const asked = new Set<number>();
    let now = 0;
    for (;;) {
      const { requests } = scheduler.plan(now);
      if (requests.length === 0) break;
      for (const piece of piecesOf(requests)) asked.add(piece);
      now = answer(scheduler, requests, now, 1);
    }
    expect([...asked]).toEqual(Array.from({ length: 17 }, (_, piece) => piece));
  });

  it('asks for nothing when nobody reads, and need not be woken', () => {
    expect(withPeers(['a']).plan(0)).toMatchObject({ requests: [], nextWakeAt: Number.POSITIVE_INFINITY });
  });

  it('cancels on a seek what nobody wants any more, before it asks for the new place (F26)', () => {
    const scheduler = withPeers(['a']);
    scheduler.readerOpened('r', { start: 0, end: length, bytesPerSecond: null });
    const first = scheduler.plan(0).requests;
    scheduler.readerClosed('r');
    scheduler.readerOpened('s', { start: 50 * pieceLength, end: length, bytesPerSecond: null });
    const { cancels, requests } = scheduler.plan(5);
    expect(cancels).toEqual(first);
    expect(piecesOf(requests)).toEqual([50, 51]);
  });

  it('keeps on a seek what another reader wants', () => {
    const scheduler = withPeers(['a']);
    scheduler.readerOpened('r', { start: 0, end: length, bytesPerSecond: null });
    scheduler.readerOpened('other', { start: 0, end: length, bytesPerSecond: null });
    scheduler.plan(0);
    scheduler.readerClosed('r');
    expect(scheduler.plan(5).cancels).toEqual([]);
  });

  it('serves the reader that is nearest to stalling first', () => {
    const scheduler = withPeers(['a']);
    for (const piece of [0, 1, 2, 3, 4, 5, 6, 7]) scheduler.pieceVerified(piece, 0);
    scheduler.readerOpened('well off', { start: 0, end: length, bytesPerSecond: 100_000 });
    scheduler.readerOpened('poor', { start: 60 * pieceLength, end: length, bytesPerSecond: 100_000 });
    expect(piecesOf(scheduler.plan(0).requests)).toEqual([60, 61]);
    expect(scheduler.runway()).toBe(0);
  });

  it('gives the next piece to both of two readers that wait', () => {
    const scheduler = withPeers(['a']);
    scheduler.readerOpened('one', { start: 0, end: length, bytesPerSecond: null });
    scheduler.readerOpened('two', { start: 60 * pieceLength, end: length, bytesPerSecond: null });
    expect(piecesOf(scheduler.plan(0).requests)).toEqual([0, 60]);
  });

  it('never asks a choking peer, and asks others for what it owed', () => {
    const scheduler = withPeers(['a', 'b']);
    scheduler.readerOpened('r', { start: 0, end: 2 * pieceLength, bytesPerSecond: null });
    const asked = scheduler.plan(0).requests.filter(({ peerId }) => peerId === 'a');
    scheduler.peerChoked('a', 10);
    const { requests, cancels } = scheduler.plan(10);
    expect(cancels).toEqual([]);
    expect(requests).toEqual(asked.map((request) => ({ ...request, peerId: 'b' })));
  });

  it('asks others for a rejected block, and lets a peer rest that keeps rejecting (T13)', () => {
    const scheduler = withPeers(['a']);
    scheduler.readerOpened('r', { start: 0, end: length, bytesPerSecond: null });
    let rejected = 0;
    for (let now = 0; now < 1_000; now += 10) {
      for (const request of scheduler.plan(now).requests) {
        rejected += 1;
        scheduler.requestRejected(request, now);
      }
    }
    expect(rejected).toBeGreaterThan(4);
    expect(rejected).toBeLessThan(20);
  });

  it('snubs a silent peer after 2 s, wakes for it, and has its blocks sent by another (T13)', () => {
    const scheduler = withPeers(['silent']);
    scheduler.readerOpened('r', { start: 0, end: 2 * pieceLength, bytesPerSecond: null });
    const { requests, nextWakeAt } = scheduler.plan(0);
    expect(nextWakeAt).toBe(20);
    scheduler.peerJoined('good', 40);
    scheduler.peerBitfield('good', new Uint8Array(13).fill(0xff));
    expect(scheduler.plan(2_030).snubbed).toEqual([]);
    const snubbing = scheduler.plan(2_041);
    expect(snubbing.snubbed).toEqual(['silent']);
    expect(snubbing.cancels).toEqual(requests.slice(1));
    scheduler.peerUnchoked('good');
    expect(scheduler.plan(2_050).requests).toEqual(
      requests.map((request) => ({ ...request, peerId: 'good' })),
    );
  });

  it('asks a second peer for a block that is late and cancels the loser', () => {
    const scheduler = withPeers(['a', 'b']);
    scheduler.readerOpened('r', { start: 0, end: 4 * pieceLength, bytesPerSecond: null });
    const { requests } = scheduler.plan(0);
    const mine = requests.filter(({ peerId }) => peerId === 'a');
    const late = requests.filter(({ peerId }) => peerId === 'b');
    const now = answer(scheduler, mine, 40);
    const second = scheduler.plan(now + 60).requests;
    expect(second.length).toBeGreaterThan(0);
    expect(second.every(({ peerId }) => peerId === 'a')).toBe(true);
    const [won] = second;
    if (!won) throw new Error('nothing asked twice');
    expect(scheduler.blockArrived(won, now + 110)).toBe('accepted');
    const loser = { ...won, peerId: 'b' };
    expect(late).toContainEqual(loser);
    expect(scheduler.plan(now + 110).cancels).toEqual([loser]);
    expect(scheduler.blockArrived(loser, now + 120)).toBe('duplicate');
  });

  it('takes no block it did not ask that peer for (T12)', () => {
    const scheduler = withPeers(['a', 'b'], {});
    scheduler.readerOpened('r', { start: 0, end: length, bytesPerSecond: null });
    const [request] = scheduler.plan(0).requests;
    if (!request) throw new Error('nothing asked');
    expect(scheduler.blockArrived({ ...request, peerId: 'b' }, 50)).toBe('unwanted');
    expect(scheduler.blockArrived({ ...request, piece: 70 }, 50)).toBe('unwanted');
    expect(scheduler.blockArrived(request, 50)).toBe('accepted');
    expect(scheduler.blockArrived(request, 51)).toBe('unwanted');
  });

  it('bans the only sender of a piece that fails at once (T12)', () => {
    const scheduler = withPeers(['a']);
    scheduler.readerOpened('r', { start: 0, end: length, bytesPerSecond: null });
    for (const request of scheduler.plan(0).requests.slice(0, 4)) scheduler.blockArrived(request, 50);
    scheduler.pieceFailed(0, 60);
    const { banned, requests } = scheduler.plan(60);
    expect(banned).toEqual(['a']);
    expect(requests).toEqual([]);
  });

  it('has a failed piece sent again by one of its two senders alone (T12)', () => {
    const scheduler = withPeers(['a', 'b']);
    scheduler.readerOpened('r', { start: 0, end: pieceLength, bytesPerSecond: null });
    for (const request of scheduler.plan(0).requests) scheduler.blockArrived(request, 80);
    scheduler.pieceFailed(0, 90);
    const { banned, requests } = scheduler.plan(90);
    expect(banned).toEqual([]);
    expect(new Set(requests.map(({ peerId }) => peerId)).size).toBe(1);
  });

  it('fetches a piece again that is stored no more', () => {
    const scheduler = withPeers(['a']);
    for (let piece = 0; piece < pieces; piece++) scheduler.pieceVerified(piece, 0);
    scheduler.readerOpened('r', { start: 0, end: length, bytesPerSecond: null });
    expect(scheduler.plan(0).requests).toEqual([]);
    scheduler.pieceDropped(3);
    expect(piecesOf(scheduler.plan(1).requests)).toEqual([3]);
  });

  it('stays within the bytes it is given', () => {
    const scheduler = withPeers(['a', 'b']);
    scheduler.readerOpened('r', { start: 0, end: length, bytesPerSecond: null });
    expect(scheduler.plan(0, 3 * blockLength).requests).toHaveLength(3);
  });

  it('begins no more pieces than its memory holds, but always the one a reader waits for', () => {
    const scheduler = withPeers(['a', 'b', 'c'], { partialBytes: 2 * pieceLength });
    scheduler.readerOpened('r', { start: 0, end: length, bytesPerSecond: null });
    expect(piecesOf(scheduler.plan(0).requests)).toEqual([0, 1]);
    scheduler.readerOpened('s', { start: 70 * pieceLength, end: length, bytesPerSecond: null });
    expect(piecesOf(scheduler.plan(1).requests)).toEqual([70]);
  });

  it('fetches the rarest of the background only when every window is full', () => {
    const scheduler = withPeers(['a', 'b']);
    scheduler.setBackground([{ start: 0, end: length }]);
    scheduler.readerOpened('r', { start: 0, end: pieceLength, bytesPerSecond: null });
    scheduler.peerJoined('c', 40);
    for (let piece = 1; piece < 60; piece++) if (piece !== 40) scheduler.peerHas('c', piece);
    const asked = piecesOf(scheduler.plan(0).requests);
    expect(asked[0]).toBe(0);
    expect(asked[1]).toBe(40);
  });

  it('owes a peer no more requests than it takes', () => {
    const scheduler = withPeers(['a', 'b']);
    scheduler.peerTakes('a', 3);
    scheduler.peerTakes('b', -5);
    scheduler.readerOpened('r', { start: 0, end: length, bytesPerSecond: null });
    const owed = { a: 0, b: 0 };
    let now = 0;
    for (let turn = 0; turn < 50; turn += 1) {
      const { requests } = scheduler.plan(now);
      for (const { peerId } of requests) owed[peerId === 'a' ? 'a' : 'b'] += 1;
      expect([owed.a, owed.b]).toEqual([3, 1]);
      now = answer(scheduler, requests, now);
      for (const { peerId } of requests) owed[peerId === 'a' ? 'a' : 'b'] -= 1;
    }
  });

  it('asks others for what a peer has given back, and it no more (BEP 54)', () => {
    const scheduler = withPeers(['a', 'b']);
    scheduler.readerOpened('r', { start: 0, end: pieceLength, bytesPerSecond: null });
    expect(scheduler.plan(0).requests.map(({ peerId }) => peerId)).toEqual(['a', 'b', 'a', 'b']);
    scheduler.peerLacks('a', 0, 1);
    const { requests, cancels } = scheduler.plan(1);
    expect(cancels).toEqual([]);
    expect(requests).toMatchObject([
      { peerId: 'b', piece: 0, offset: 0 },
      { peerId: 'b', piece: 0, offset: 2 * blockLength },
    ]);
    scheduler.peerLacks('a', 0, 2);
    scheduler.peerHas('a', 0);
    scheduler.peerLeft('b', 3);
    expect(scheduler.plan(3).requests).toHaveLength(4);
  });

  it('T13: a silent peer keeps no block to itself, though it is asked for one now and then', () => {
    // Nothing may be asked twice, so that only the probe itself can be in the way.
    const scheduler = withPeers(['silent'], { duplicateAllowance: 0, duplicateShare: 0 });
    scheduler.readerOpened('r', { start: 0, end: pieceLength, bytesPerSecond: null });
    const [probe] = scheduler.plan(0).requests;
    expect(scheduler.plan(5_000).snubbed).toEqual(['silent']);
    if (!probe) throw new Error('nothing was asked');
    scheduler.requestRejected(probe, 5_001);
    expect(scheduler.plan(60_000).requests).toHaveLength(1);
    scheduler.peerJoined('good', 40);
    scheduler.peerBitfield('good', new Uint8Array(13).fill(0xff));
    scheduler.peerUnchoked('good');
    const { requests } = scheduler.plan(60_010);
    expect(requests.filter(({ peerId }) => peerId === 'good')).toHaveLength(4);
  });

  it('asks a server for long stretches away from what peers will do next, and for what is due like everybody', () => {
    const mebibyte = 1024 * 1024;
    const scheduler = new PieceScheduler({ length: 64 * mebibyte, pieceLength: mebibyte / 4 }, () => 0);
    scheduler.peerJoined('peer', 10);
    scheduler.peerJoined('server', 10, { isServer: true });
    for (const name of ['peer', 'server']) {
      scheduler.peerBitfield(name, new Uint8Array(32).fill(0xff));
      scheduler.peerUnchoked(name);
    }
    // The window is 30 s of it: 60 pieces, of which the first eight are due within four seconds.
    scheduler.readerOpened('r', { start: 0, end: 64 * mebibyte, bytesPerSecond: mebibyte / 2 });
    const atServer: number[] = [];
    let now = 0;
    for (let round = 0; round < 2_000; round += 1) {
      const { requests } = scheduler.plan(now);
      for (const { peerId, piece } of requests)
        if (peerId === 'server' && atServer.at(-1) !== piece) atServer.push(piece);
      const owed = ['peer', 'server'].flatMap(
        (name) => requests.filter(({ peerId }) => peerId === name) satisfies BlockRequest[],
      );
      if (owed.length === 0) break;
      now = answer(scheduler, owed, now, 2);
    }
    const calm = atServer.filter((piece) => piece > 8);
    const jumps = calm.filter((piece, at) => at > 0 && piece !== (calm[at - 1] ?? 0) + 1);
    expect(calm.length).toBeGreaterThan(10);
    expect(jumps.length).toBeLessThan(5);
    expect(atServer[0]).toBeLessThan(8);
    // Nothing of the window is left behind.
    expect(scheduler.runway()).toBeGreaterThan(29_000);
  });
});
