import { BackgroundPieces } from './background-pieces.js';
import { DuplicateBudget } from './duplicate-budget.js';
import { Fleet, type Quote } from './fleet.js';
import { LateBlocks } from './late-blocks.js';
import { type PacePrior, PeerPace } from './peer-pace.js';
import { PieceSet } from './piece-set.js';
import { PieceTable } from './piece-table.js';
import { ReaderWindow } from './reader-window.js';
import { type Assignment, RequestPlanner } from './request-planner.js';
import {
  type Arrival,
  type BlockRequest,
  defaultSettings,
  type Plan,
  type ReaderSpec,
  type SchedulerSettings,
  type TorrentRange,
} from './scheduler-types.js';
import { Suspicion } from './suspicion.js';
import { type Ask, type BegunPiece, SwarmPeer } from './swarm-peer.js';
import { blockLength, TorrentGeometry } from './torrent-geometry.js';
import { WantedPieces } from './wanted-pieces.js';

/** Milliseconds between looks at late blocks while a reader waits and nothing arrives. */
const watchInterval = 20;
/** Milliseconds a reader's next piece may be a suspect's alone when others are quicker. */
const trialPatience = 1_000;

/**
 * Decides what is asked of whom in one torrent. Pure: events and the time go in, `plan` tells what to send. It holds
 * no bytes; the binding keeps the buffers of partial pieces and frees them on verification or when told to.
 */
export class PieceScheduler {
  private readonly geometry: TorrentGeometry;
  private readonly table: PieceTable;
  private readonly settings: SchedulerSettings;
  private readonly peers = new Map<string, SwarmPeer>();
  private readonly readers = new Map<string, ReaderWindow>();
  private readonly suspicion = new Suspicion();
  private readonly background: BackgroundPieces;
  private readonly duplicates: DuplicateBudget;
  private readonly prior: PacePrior = { rate: 1_000, roundTrip: 100, blocks: 8 };
  private cancels: BlockRequest[] = [];
  private drops: number[] = [];
  private snubbed: string[] = [];
  private banned: string[] = [];
  /** A reader jumped or left: look for what nobody wants. */
  private mustSweep = false;

  /** `length` and `pieceLength` in bytes; `random` as Math.random, for the rarest-first sample. */
  constructor(
    torrent: { length: number; pieceLength: number },
    random: () => number,
    settings: Partial<SchedulerSettings> = {},
  ) {
    this.geometry = new TorrentGeometry(torrent.length, torrent.pieceLength);
    this.settings = { ...defaultSettings, ...settings };
    this.table = new PieceTable(this.geometry);
    this.background = new BackgroundPieces(this.table, random);
    this.duplicates = new DuplicateBudget(this.settings);
  }

  /**
   * `roundTripMs` as seen while connecting, null if unknown. Peers begin choking and with no pieces. A server is best asked for
   * long stretches: it gets whole pieces.
   */
  peerJoined(peerId: string, roundTripMs: number | null, { isServer = false } = {}): void {
    if (this.peers.has(peerId)) return;
    const pace = new PeerPace(this.prior, this.settings.margin, roundTripMs);
    this.peers.set(peerId, new SwarmPeer(peerId, pace, this.geometry.pieceCount, isServer));
  }

  peerLeft(peerId: string, now: number): void {
    const peer = this.peers.get(peerId);
    if (!peer) return;
    this.releaseAll(peer, now, false);
    this.endParole(peer, now);
    this.background.left(peer);
    this.peers.delete(peerId);
    this.suspicion.forget(peerId);
    this.cancels = this.cancels.filter((cancel) => cancel.peerId !== peerId);
  }

  peerHas(peerId: string, piece: number): void {
    const peer = this.peers.get(peerId);
    if (peer?.pieces.add(piece)) this.background.gained(piece);
  }

  /** A bitfield message, or have-all as a bitfield of ones. Pieces add to those known. */
  peerBitfield(peerId: string, bitfield: Uint8Array): void {
    const peer = this.peers.get(peerId);
    if (!peer) return;
    for (const piece of PieceSet.piecesOf(bitfield, this.geometry.pieceCount)) {
      if (peer.pieces.add(piece)) this.background.gained(piece);
    }
  }

  /** It gave the piece back (BEP 54); what it owes of it is asked of others. */
  peerLacks(peerId: string, piece: number, now: number): void {
    const peer = this.peers.get(peerId);
    if (!peer?.pieces.remove(piece)) return;
    this.background.lost(piece);
    for (const ask of peer.queue.filter((owed) => owed.piece.index === piece)) {
      this.release(ask);
      peer.withdraw(ask, now);
    }
  }

  /** How many requests the peer says it takes at once; at least one. */
  peerTakes(peerId: string, requests: number): void {
    const peer = this.peers.get(peerId);
    if (peer) peer.mostOwed = Math.max(1, Math.floor(requests));
  }

  peerUnchoked(peerId: string): void {
    const peer = this.peers.get(peerId);
    if (peer) peer.isChoking = false;
  }

  /** What it owes is asked of others; blocks under way are still welcome. */
  peerChoked(peerId: string, now: number): void {
    const peer = this.peers.get(peerId);
    if (!peer) return;
    peer.isChoking = true;
    this.releaseAll(peer, now, false);
    this.endParole(peer, now);
  }

  blockArrived(block: BlockRequest, now: number): Arrival {
    const peer = this.peers.get(block.peerId);
    if (!peer) return 'unwanted';
    const index = block.offset / blockLength;
    if (!peer.delivered(block.piece, index, block.length, now)) return 'unwanted';
    const partial = this.table.find(block.piece);
    if (partial && !partial.isHere(index) && partial.mayCome(peer.id))
      return this.receive(partial, index, peer, now);
    if (!partial?.isHere(index) && !this.table.isVerified(block.piece)) return 'unwanted';
    this.duplicates.arrivedTwice(block.length);
    return 'duplicate';
  }

  /** BEP 6; also for a request that timed out or could not be sent. */
  requestRejected(request: Omit<BlockRequest, 'length'>, now: number): void {
    const peer = this.peers.get(request.peerId);
    const ask = peer?.queue.find(
      ({ piece, block }) => piece.index === request.piece && block * blockLength === request.offset,
    );
    if (!peer || !ask) return;
    peer.rejected(ask, now);
    this.release(ask);
  }

  /** The piece passed its hash, or was found on disk. */
  pieceVerified(piece: number, now: number): void {
    const partial = this.table.find(piece);
    if (partial) {
      const isNarrow = partial.onlyPeer !== null || partial.onlyPeers !== null;
      this.suspicion.verified(partial.contributors(), isNarrow);
      for (const ask of partial.asks()) this.cancel(ask, now);
      this.table.forget(partial);
    }
    for (const reader of this.readers.values()) reader.served(piece, now);
    this.table.setVerified(piece, true);
  }

  /** The piece failed its hash: it is fetched again, and its senders answer for it. */
  pieceFailed(piece: number, now: number): void {
    const partial = this.table.find(piece);
    if (!partial) return;
    const contributors = partial.contributors();
    for (const ask of partial.asks()) this.cancel(ask, now);
    this.table.forget(partial);
    for (const peerId of this.suspicion.failed(contributors, {
      begun: partial.begun,
      now: this.table.begun,
      isNarrow: partial.onlyPeers !== null,
    }))
      this.ban(peerId, now);
    this.reopen(piece);
    // One trial at a time; other failed pieces go whole to suspects, one each.
    if (contributors.size === 1 || this.table.all().some(({ onlyPeers }) => onlyPeers !== null)) return;
    const able = this.ableToRetry(piece, now).map(({ id }) => id);
    const retry = this.suspicion.retryPeers(contributors, able);
    if (retry) this.table.begin(piece).onlyPeers = retry;
  }

  /** The piece is not stored any more. */
  pieceDropped(piece: number): void {
    this.table.setVerified(piece, false);
    this.reopen(piece);
  }

  readerOpened(readerId: string, spec: ReaderSpec): void {
    this.readers.set(readerId, new ReaderWindow(readerId, spec, this.table, this.settings));
    this.mustSweep = true;
  }

  /** `position`: first byte of the torrent the consumer has not taken. */
  readerMoved(readerId: string, position: number): void {
    if (this.readers.get(readerId)?.moveTo(position)) this.mustSweep = true;
  }

  readerRate(readerId: string, bytesPerSecond: number | null): void {
    this.readers.get(readerId)?.setRate(bytesPerSecond);
  }

  readerClosed(readerId: string): void {
    if (this.readers.delete(readerId)) this.mustSweep = true;
  }

  /** Gives up every partial piece no reader wants, when nobody is expected to want them soon. */
  trim(now: number): void {
    this.dropUnwanted([...this.readers.values()], now, 0);
  }

  /** What to finish while every window is full. None at first. */
  setBackground(ranges: readonly TorrentRange[]): void {
    this.background.set(ranges);
    this.mustSweep = true;
  }

  /** Milliseconds until the reader nearest to it stalls; to share a budget among torrents, the smallest goes first. */
  runway(): number {
    let least = Number.POSITIVE_INFINITY;
    for (const reader of this.readers.values()) least = Math.min(least, reader.runway());
    return least;
  }

  /** Peers that let us ask and do not answer. */
  get silentPeers(): number {
    let count = 0;
    for (const { isSnubbed, isChoking } of this.peers.values()) if (isSnubbed && !isChoking) count += 1;
    return count;
  }

  /** What to send now. At most `budget` bytes are asked for. */
  plan(now: number, budget = Number.POSITIVE_INFINITY): Plan {
    this.learn();
    this.snub(now);
    const readers = [...this.readers.values()];
    if (this.mustSweep) this.sweep(readers, now);
    this.dropUnwanted(readers, now, this.settings.partialBytes);
    for (const reader of readers) this.freeNextPiece(reader, now);
    const requests: BlockRequest[] = [];
    const isWatching =
      readers.length > 0 || !this.background.isEmpty ? this.ask(readers, requests, now, budget) : false;
    const plan: Plan = {
      cancels: this.cancels,
      requests,
      drops: this.drops,
      snubbed: this.snubbed,
      banned: this.banned,
      nextWakeAt: this.nextWakeAt(now, isWatching),
    };
    this.cancels = [];
    this.drops = [];
    this.snubbed = [];
    this.banned = [];
    return plan;
  }

  /** Fills the peers' queues; true when late blocks are to be watched for. */
  private ask(
    readers: readonly ReaderWindow[],
    requests: BlockRequest[],
    now: number,
    budget: number,
  ): boolean {
    const fleet = new Fleet(this.peers.values(), this.suspicion, now);
    const wanted = new WantedPieces(readers, this.table);
    const planner = new RequestPlanner(wanted, this.table, fleet, this.settings);
    let left = budget;
    const send = (quote: Quote, { piece, block }: Assignment, isHedge: boolean): boolean => {
      const length = this.geometry.blockSize(piece.index, block);
      if (length > left) return false;
      left -= length;
      requests.push(this.request(quote, piece, block, isHedge, now));
      fleet.asked(quote);
      return true;
    };
    const sendSecond = (late: Ask, quote: Quote): boolean => {
      // The peer of a piece of its own turned out too slow.
      if (quote.peer.id !== late.piece.onlyPeer) late.piece.onlyPeer = null;
      return this.duplicates.allows && send(quote, late, true);
    };

    const late = new LateBlocks(readers, this.table, now);
    late.hedge(fleet, this.peers.values(), false, sendSecond);
    const isHolding = late.areWithStrangers(this.peers.values());
    const idle: Quote[] = [];
    for (let quote = fleet.soonest(() => true); quote && left > 0; quote = fleet.soonest(() => true)) {
      const next = planner.next(quote, now, isHolding && quote.peer.isBusy(now));
      if (next && send(quote, next, false)) continue;
      idle.push({ ...quote });
      quote.room = 0;
    }
    for (const quote of fleet.probes) {
      const probe = planner.probe(quote);
      if (probe) send(quote, probe, false);
    }
    if (idle.length > 0) this.askIdle({ idle, fleet, planner, readers, now }, send, sendSecond);
    const isWatching = new LateBlocks(readers, this.table, now).isWatching;
    return isWatching || readers.some((reader) => this.fencedNext(reader) !== null);
  }

  private askIdle(
    state: {
      idle: Quote[];
      fleet: Fleet;
      planner: RequestPlanner;
      readers: readonly ReaderWindow[];
      now: number;
    },
    send: (quote: Quote, assignment: Assignment, isHedge: boolean) => boolean,
    sendSecond: (late: Ask, quote: Quote) => boolean,
  ): void {
    const { idle, fleet, planner, readers, now } = state;
    for (const quote of fleet.quotes) quote.room = idle.find(({ peer }) => peer === quote.peer)?.room ?? 0;
    const isUnderSuspicion = fleet.quotes.some(({ isSuspect }) => isSuspect);
    for (const reader of isUnderSuspicion ? readers : []) {
      const next = reader.firstMissing();
      const rescue = next <= reader.windowEnd(readers.length) ? planner.rescue(next) : null;
      if (rescue) send(rescue.quote, rescue.assignment, false);
    }
    new LateBlocks(readers, this.table, now).hedge(fleet, this.peers.values(), true, sendSecond);
    if (this.background.isEmpty || !planner.areWindowsFull) return;
    for (const quote of fleet.quotes) {
      while (quote.room > 0) {
        const next = planner.background(quote, this.background);
        if (!next || !send(quote, next, false)) break;
      }
    }
  }

  private request(
    { peer, room, finish }: Quote,
    piece: BegunPiece,
    block: number,
    isHedge: boolean,
    now: number,
  ): BlockRequest {
    const clean = peer.owed(now) === 0;
    const ask: Ask = {
      peer,
      piece,
      block,
      sentAt: now,
      expectedAt: finish,
      clean,
      full: room === 1,
      isHedge,
    };
    peer.queue.push(ask);
    piece.ask(ask);
    // Others may be asked for a probe: nobody knows whether it is ever answered.
    if (peer.isSnubbed) {
      piece.demote(ask);
      this.reopen(piece.index);
    }
    if (isHedge) this.duplicates.hedged(this.geometry.blockSize(piece.index, block));
    return this.toRequest(ask);
  }

  private toRequest({ peer, piece, block }: Ask): BlockRequest {
    const length = this.geometry.blockSize(piece.index, block);
    return { peerId: peer.id, piece: piece.index, offset: block * blockLength, length };
  }

  private receive(piece: BegunPiece, block: number, peer: SwarmPeer, now: number): Arrival {
    const bytes = this.geometry.blockSize(piece.index, block);
    this.duplicates.arrived(bytes);
    for (const ask of piece.receive(block, peer.id)) {
      if (ask.isHedge) this.duplicates.settled(bytes);
      if (ask.peer !== peer) this.withdraw(ask, now);
    }
    return piece.isWhole ? 'completed' : 'accepted';
  }

  /** Takes back a request and tells the peer. */
  private cancel(ask: Ask, now: number): void {
    this.release(ask);
    this.withdraw(ask, now);
  }

  private withdraw(ask: Ask, now: number): void {
    ask.peer.withdraw(ask, now);
    this.cancels.push(this.toRequest(ask));
  }

  private release(ask: Ask): void {
    if (ask.isHedge) this.duplicates.settled(this.geometry.blockSize(ask.piece.index, ask.block));
    ask.piece.release(ask);
    this.reopen(ask.piece.index);
  }

  private releaseAll(peer: SwarmPeer, now: number, isTold: boolean): void {
    for (const ask of [...peer.queue]) {
      if (isTold) this.cancel(ask, now);
      else {
        this.release(ask);
        peer.withdraw(ask, now);
      }
    }
  }

  private reopen(piece: number): void {
    for (const reader of this.readers.values()) reader.reopen(piece);
  }

  private ban(peerId: string, now: number): void {
    const peer = this.peers.get(peerId);
    if (!peer) return;
    this.peerLeft(peerId, now);
    this.banned.push(peerId);
  }

  /** Peers fast enough to have a piece sent by few of them. */
  private ableToRetry(piece: number, now: number): SwarmPeer[] {
    const able = [...this.peers.values()].filter(
      (peer) => !peer.isChoking && !peer.isSnubbed && now >= peer.restUntil && peer.pieces.has(piece),
    );
    const fastest = Math.min(...able.map(({ pace }) => pace.blockTime));
    return able.filter(({ pace }) => pace.isProven && pace.blockTime <= 4 * fastest);
  }

  /** A suspect that cannot go on leaves its pieces to others, without what it sent. */
  private endParole(peer: SwarmPeer, now: number): void {
    for (const partial of this.table.all()) {
      if (partial.onlyPeer === peer.id) {
        if (partial.isWhole) continue;
        if (peer.isServer && !this.suspicion.isSuspect(peer.id)) {
          partial.onlyPeer = null;
          continue;
        }
        for (const ask of partial.asks()) this.cancel(ask, now);
        if (partial.received > 0) this.drops.push(partial.index);
        this.table.forget(partial);
        this.reopen(partial.index);
      } else if (partial.onlyPeers?.has(peer.id)) {
        const left = [...partial.onlyPeers].filter((peerId) => peerId !== peer.id);
        partial.onlyPeers = left.length > 0 ? new Set(left) : null;
      }
    }
  }

  /** Suspicion must not keep a reader waiting: when none of those allowed can go on, everybody may. */
  private freeNextPiece(reader: ReaderWindow, now: number): void {
    const partial = this.fencedNext(reader);
    if (!partial) return;
    for (const peerId of partial.onlyPeers ?? [partial.onlyPeer ?? '']) {
      const peer = this.peers.get(peerId);
      if (peer?.isAble(now) && !this.isHeldUpBy(peer, partial, now)) return;
    }
    partial.onlyPeer = null;
    partial.onlyPeers = null;
  }

  /** The piece a reader needs next, when only some may send what is missing of it. */
  private fencedNext(reader: ReaderWindow): BegunPiece | null {
    const partial = this.table.find(reader.firstMissing());
    if (!partial || partial.missing === 0) return null;
    return partial.onlyPeer === null && partial.onlyPeers === null ? null : partial;
  }

  /** It would take this peer too long, and one above suspicion is idle or could do it in a quarter of the time. */
  private isHeldUpBy(peer: SwarmPeer, { index, missing }: BegunPiece, now: number): boolean {
    if (missing * peer.pace.blockTime < trialPatience) return false;
    return [...this.peers.values()].some(
      (other) =>
        other.isAble(now) &&
        !this.suspicion.isSuspect(other.id) &&
        other.pieces.has(index) &&
        (other.queue.length === 0 || 4 * other.pace.blockTime < peer.pace.blockTime),
    );
  }

  private snub(now: number): void {
    for (const peer of this.peers.values()) {
      if (peer.isSnubbed || peer.queue.length === 0 || peer.silence(now) < this.patience(peer)) continue;
      peer.snub(now);
      this.snubbed.push(peer.id);
      const [probe, ...rest] = peer.queue;
      for (const ask of rest) this.cancel(ask, now);
      if (probe) {
        probe.piece.demote(probe);
        this.reopen(probe.piece.index);
      }
      this.endParole(peer, now);
    }
  }

  private patience(peer: SwarmPeer): number {
    return Math.max(this.settings.snubAfter, 8 * peer.pace.roundTrip);
  }

  private sweep(readers: readonly ReaderWindow[], now: number): void {
    this.mustSweep = false;
    for (const partial of this.table.all()) {
      if (readers.some((reader) => reader.wants(partial.index, readers.length))) continue;
      for (const ask of partial.asks()) this.cancel(ask, now);
      if (partial.received === 0) this.table.forget(partial);
    }
  }

  private dropUnwanted(readers: readonly ReaderWindow[], now: number, bytes: number): void {
    if (this.table.partialBytes <= bytes) return;
    const unwanted = this.table
      .all()
      .filter(
        ({ index, isWhole }) => !isWhole && !readers.some((reader) => reader.wants(index, readers.length)),
      )
      .sort((a, b) => a.begun - b.begun);
    for (const partial of unwanted) {
      if (this.table.partialBytes <= bytes) return;
      for (const ask of partial.asks()) this.cancel(ask, now);
      this.table.forget(partial);
      this.drops.push(partial.index);
    }
  }

  /** Keeps what is assumed of new peers near to what the known ones do. */
  private learn(): void {
    let rates = 0;
    let proven = 0;
    let roundTrip = Number.POSITIVE_INFINITY;
    for (const { pace } of this.peers.values()) {
      if (pace.measuredRate !== null) {
        rates += pace.measuredRate;
        proven += 1;
      }
      if (pace.knownRoundTrip !== null) roundTrip = Math.min(roundTrip, pace.knownRoundTrip);
    }
    this.prior.rate = proven === 0 ? 1_000 : Math.min(4_000, Math.max(250, rates / proven));
    this.prior.roundTrip = Number.isFinite(roundTrip) ? roundTrip * 1.2 : 100;
  }

  private nextWakeAt(now: number, isWatching: boolean): number {
    let wakeAt = Number.POSITIVE_INFINITY;
    for (const peer of this.peers.values()) {
      if (peer.queue.length > 0 && !peer.isSnubbed)
        wakeAt = Math.min(wakeAt, now + this.patience(peer) - peer.silence(now));
      if (peer.restUntil > now && !peer.isChoking) wakeAt = Math.min(wakeAt, peer.restUntil);
    }
    return Math.max(now + 1, isWatching ? Math.min(wakeAt, now + watchInterval) : wakeAt);
  }
}
