import { BackgroundPieces } from './background-pieces.js';
import { DuplicateBudget } from './duplicate-budget.js';
import { PacePrior } from './pace-prior.js';
import { PeerPace } from './peer-pace.js';
import { PieceSet } from './piece-set.js';
import { PieceTable } from './piece-table.js';
import { ReaderWindows } from './reader-windows.js';
import { RequestLedger } from './request-ledger.js';
import { RequestRound } from './request-round.js';
import {
  type Arrival,
  type BlockRequest,
  defaultSettings,
  type Plan,
  type ReaderSpec,
  type SchedulerSettings,
  type TorrentRange,
} from './scheduler-types.js';
import { SilenceWatch } from './silence-watch.js';
import { SwarmPeer } from './swarm-peer.js';
import type { SwarmState } from './swarm-state.js';
import { blockLength, TorrentGeometry } from './torrent-geometry.js';
import { Trials } from './trials.js';
import { UnwantedPieces } from './unwanted-pieces.js';

/** Milliseconds between looks at what is late while a reader waits and nothing arrives. */
const watchInterval = 20;

/**
 * Decides what is asked of whom in one torrent. Pure: events and the time go in, `plan` tells what to send. It holds
 * no bytes; the binding keeps the buffers of partial pieces and frees them on verification or when told to.
 */
export class PieceScheduler {
  private readonly geometry: TorrentGeometry;
  private readonly table: PieceTable;
  private readonly peers = new Map<string, SwarmPeer>();
  private readonly readers: ReaderWindows;
  private readonly swarm: SwarmState;
  private readonly prior = new PacePrior();
  private readonly background: BackgroundPieces;
  private readonly duplicates: DuplicateBudget;
  private readonly ledger: RequestLedger;
  private readonly trials: Trials;
  private readonly silence: SilenceWatch;
  private readonly unwanted: UnwantedPieces;
  private banned: string[] = [];
  /** A reader jumped or left: look for what nobody wants. */
  private mustSweep = false;

  /** `length` and `pieceLength` in bytes; `random` as Math.random, for the rarest-first sample. */
  constructor(
    torrent: { length: number; pieceLength: number },
    random: () => number,
    settings: Partial<SchedulerSettings> = {},
  ) {
    const complete = { ...defaultSettings, ...settings };
    this.geometry = new TorrentGeometry(torrent.length, torrent.pieceLength);
    this.table = new PieceTable(this.geometry);
    this.readers = new ReaderWindows(this.table, complete);
    this.swarm = { settings: complete, table: this.table, peers: this.peers, readers: this.readers };
    this.background = new BackgroundPieces(this.table, random);
    this.duplicates = new DuplicateBudget(complete);
    this.ledger = new RequestLedger(this.swarm, this.duplicates);
    this.trials = new Trials(this.swarm, this.ledger);
    this.silence = new SilenceWatch(this.swarm, this.ledger, this.trials);
    this.unwanted = new UnwantedPieces(this.swarm, this.ledger);
  }

  /**
   * `roundTripMs` as seen while connecting, null if unknown. Peers begin choking and with no pieces. A server is best asked for
   * long stretches: it gets whole pieces.
   */
  peerJoined(peerId: string, roundTripMs: number | null, { isServer = false } = {}): void {
    if (this.peers.has(peerId)) return;
    const pace = new PeerPace(this.prior, this.swarm.settings.margin, roundTripMs);
    this.peers.set(peerId, new SwarmPeer(peerId, pace, this.geometry.pieceCount, isServer));
  }

  peerLeft(peerId: string, now: number): void {
    const peer = this.peers.get(peerId);
    if (!peer) return;
    this.ledger.lapseAll(peer, now);
    this.trials.leftBy(peer, now);
    this.background.left(peer);
    this.peers.delete(peerId);
    this.trials.suspicion.forget(peerId);
    this.ledger.forgetCancelsTo(peerId);
  }

  peerHas(peerId: string, piece: number): void {
    const peer = this.peers.get(peerId);
    if (peer?.pieces.add(piece)) this.background.gained(piece);
  }

  /** A bitfield message, or have-all as a bitfield of ones. Pieces add to those known. */
  peerBitfield(peerId: string, bitfield: Uint8Array): void {
    for (const piece of PieceSet.piecesOf(bitfield, this.geometry.pieceCount)) this.peerHas(peerId, piece);
  }

  /** It gave the piece back (BEP 54); what it owes of it is asked of others. */
  peerLacks(peerId: string, piece: number, now: number): void {
    const peer = this.peers.get(peerId);
    if (!peer?.pieces.remove(piece)) return;
    this.background.lost(piece);
    for (const ask of peer.queue.filter((owed) => owed.piece.index === piece)) this.ledger.lapse(ask, now);
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
    this.ledger.lapseAll(peer, now);
    this.trials.leftBy(peer, now);
  }

  blockArrived(block: BlockRequest, now: number): Arrival {
    const peer = this.peers.get(block.peerId);
    if (!peer) return 'unwanted';
    const index = block.offset / blockLength;
    if (!peer.delivered(block.piece, index, block.length, now)) return 'unwanted';
    const partial = this.table.find(block.piece);
    if (partial && !partial.isHere(index) && partial.mayCome(peer.id)) {
      this.ledger.settle(partial, index, peer, now);
      return partial.isWhole ? 'completed' : 'accepted';
    }
    if (!partial?.isHere(index) && !this.table.isVerified(block.piece)) return 'unwanted';
    this.duplicates.arrivedTwice(block.length);
    return 'duplicate';
  }

  /** BEP 6; also for a request that timed out or could not be sent. */
  requestRejected(request: Omit<BlockRequest, 'length'>, now: number): void {
    const ask = this.peers
      .get(request.peerId)
      ?.queue.find(
        ({ piece, block }) => piece.index === request.piece && block * blockLength === request.offset,
      );
    if (ask) this.ledger.refused(ask, now);
  }

  /** The piece passed its hash, or was found on disk. */
  pieceVerified(piece: number, now: number): void {
    const partial = this.table.find(piece);
    if (partial) {
      this.trials.passed(partial);
      this.ledger.close(partial, now);
    }
    this.readers.served(piece, now);
    this.table.setVerified(piece, true);
  }

  /** The piece failed its hash: it is fetched again, and its senders answer for it. */
  pieceFailed(piece: number, now: number): void {
    const partial = this.table.find(piece);
    if (!partial) return;
    this.ledger.close(partial, now);
    for (const peerId of this.trials.failed(partial)) this.ban(peerId, now);
    this.readers.reopen(piece);
    this.trials.fence(piece, partial.contributors(), now);
  }

  /** The piece is not stored any more. */
  pieceDropped(piece: number): void {
    this.table.setVerified(piece, false);
    this.readers.reopen(piece);
  }

  readerOpened(readerId: string, spec: ReaderSpec): void {
    this.readers.open(readerId, spec);
    this.mustSweep = true;
  }

  /** `position`: first byte of the torrent the consumer has not taken. */
  readerMoved(readerId: string, position: number): void {
    if (this.readers.move(readerId, position)) this.mustSweep = true;
  }

  readerClosed(readerId: string): void {
    if (this.readers.close(readerId)) this.mustSweep = true;
  }

  /** Gives up every partial piece no reader wants, when nobody is expected to want them soon. */
  trim(now: number): void {
    this.unwanted.dropBeyond(0, now);
  }

  /** What to finish while every window is full. None at first. */
  setBackground(ranges: readonly TorrentRange[]): void {
    this.background.set(ranges);
    this.mustSweep = true;
  }

  /** Milliseconds until the reader nearest to it stalls; to share a budget among torrents, the smallest goes first. */
  runway(): number {
    return this.readers.runway();
  }

  /** Peers that let us ask and do not answer. */
  get silentPeers(): number {
    return this.silence.count;
  }

  /** What to send now. At most `budget` bytes are asked for. */
  plan(now: number, budget = Number.POSITIVE_INFINITY): Plan {
    this.prior.learnFrom(this.peers.values());
    const snubbed = this.silence.snub(now);
    if (this.mustSweep) this.unwanted.cancel(now);
    this.mustSweep = false;
    this.unwanted.dropBeyond(this.swarm.settings.partialBytes, now);
    for (const reader of this.readers) this.trials.openNextPieceOf(reader, now);
    const { requests, isWaiting } = this.ask(now, budget);
    const wakeAt = Math.min(this.silence.nextLookAt(now), isWaiting ? now + watchInterval : Infinity);
    const { cancels, drops } = this.ledger.takeNews();
    const { banned } = this;
    this.banned = [];
    return { cancels, requests, drops, snubbed, banned, nextWakeAt: Math.max(now + 1, wakeAt) };
  }

  private ban(peerId: string, now: number): void {
    if (!this.peers.has(peerId)) return;
    this.peerLeft(peerId, now);
    this.banned.push(peerId);
  }

  private ask(now: number, budget: number): Pick<RequestRound, 'requests' | 'isWaiting'> {
    if (this.readers.count === 0 && this.background.isEmpty) return { requests: [], isWaiting: false };
    const { ledger, trials, duplicates, background } = this;
    const round = new RequestRound(this.swarm, { ledger, trials, duplicates, background }, now, budget);
    round.run();
    return round;
  }
}
