import { promise } from './broken-promise.contract.js';
import { PieceScheduler } from './piece-scheduler.js';
import type { BlockRequest, Plan, ReaderSpec, SchedulerSettings, TorrentRange } from './scheduler-types.js';
import { Connection } from './simulated-connection.contract.js';
import { type PeerTraits, SimulatedPeer } from './simulated-peer.contract.js';
import { SimulatedPieces } from './simulated-pieces.contract.js';
import { type SimulatedReader, SimulatedReaders } from './simulated-readers.contract.js';
import { EventQueue } from './simulated-time.contract.js';
import { StarvationWatch } from './starvation-watch.contract.js';
import { TorrentGeometry } from './torrent-geometry.js';

export interface SimulationOptions {
  settings?: Partial<SchedulerSettings>;
  /** Bytes per millisecond of our own link; unbounded when left out. */
  downlink?: number;
  /** Milliseconds it takes to hash a piece. */
  verifyMs?: number;
  /** Connect times are told to the scheduler; yes when left out. */
  tellsRoundTrip?: boolean;
}

/**
 * A swarm and a binding in simulated time around the real scheduler. Every plan is checked against what the scheduler
 * promises; a breach throws.
 */
export class SimulatedSwarm {
  readonly scheduler: PieceScheduler;
  readonly geometry: TorrentGeometry;
  readonly banned = new Set<string>();
  /** Bytes that came, and those of them that were here already. */
  received = 0;
  duplicates = 0;
  private readonly time = new EventQueue();
  private readonly connections = new Map<string, Connection>();
  private readonly pieces: SimulatedPieces;
  private readonly readers: SimulatedReaders;
  private wakeAt = Number.POSITIVE_INFINITY;
  private isPlanDue = false;
  private linkFreeAt = 0;

  constructor(
    torrent: { length: number; pieceLength: number },
    peers: readonly PeerTraits[],
    private readonly random: () => number,
    private readonly options: SimulationOptions = {},
  ) {
    this.scheduler = new PieceScheduler(torrent, random, options.settings);
    this.geometry = new TorrentGeometry(torrent.length, torrent.pieceLength);
    this.pieces = new SimulatedPieces(this.geometry);
    const { time, scheduler, geometry, verified } = this;
    this.readers = new SimulatedReaders({ time, scheduler, geometry, verified, onChange: () => this.due() });
    for (const traits of peers) time.at(traits.joinAt, () => this.join(traits));
  }

  get now(): number {
    return this.time.now;
  }

  get verified(): ReadonlySet<number> {
    return this.pieces.verified;
  }

  open(id: string, spec: ReaderSpec, pace: number | null = null): void {
    this.readers.open(id, spec, pace);
    this.due();
  }

  close(id: string): void {
    this.readers.close(id);
    this.due();
  }

  reader(id: string): SimulatedReader {
    return this.readers.get(id);
  }

  /** First byte the reader lacks. */
  readableTo(id: string): number {
    return this.readers.readableTo(id);
  }

  setBackground(ranges: readonly TorrentRange[]): void {
    this.scheduler.setBackground(ranges);
    this.due();
  }

  /** A piece is stored no more. */
  drop(piece: number): void {
    if (!this.pieces.verified.delete(piece)) return;
    this.scheduler.pieceDropped(piece);
    this.due();
  }

  outstandingAt(peerId: string): number {
    return this.connections.get(peerId)?.outstandingCount ?? 0;
  }

  at(time: number, run: () => void): void {
    this.time.at(time, run);
  }

  /** Goes on until `done` or the time is up; true when done. */
  run(until: number, done: () => boolean = () => false): boolean {
    while (!done()) {
      if (this.isPlanDue) {
        this.plan();
        continue;
      }
      const next = Math.min(this.time.nextAt, this.wakeAt);
      if (next > until) {
        this.time.advanceTo(until);
        return false;
      }
      if (this.wakeAt < this.time.nextAt) {
        this.time.advanceTo(this.wakeAt);
        this.wakeAt = Number.POSITIVE_INFINITY;
        this.due();
      } else this.time.runNext();
    }
    return true;
  }

  watchForStarvation(): void {
    const { time, geometry, pieces, readers, connections } = this;
    new StarvationWatch({ time, geometry, pieces, readers, connections }).start();
  }

  private due(): void {
    this.isPlanDue = true;
  }

  private plan(): void {
    this.isPlanDue = false;
    const plan = this.scheduler.plan(this.now);
    this.apply(plan);
    promise(plan.nextWakeAt > this.now, 'wake time is not in the future');
    this.wakeAt = plan.nextWakeAt;
    const most = this.options.settings?.partialBytes;
    if (most === undefined) return;
    const { partialBytes } = this.pieces;
    const excess = partialBytes - (this.readers.ids.length + 1) * this.geometry.pieceLength;
    promise(excess <= most, `${partialBytes} bytes of partial pieces`);
  }

  private apply({ cancels, drops, requests, banned }: Plan): void {
    for (const cancel of cancels) {
      const connection = this.connection(cancel.peerId);
      connection.cancelled(cancel);
      this.time.at(this.now + connection.peer.traits.roundTrip / 2, () => connection.peer.cancel(cancel));
    }
    for (const piece of drops) this.pieces.dropPartial(piece);
    for (const request of requests) {
      const connection = this.connection(request.peerId);
      this.pieces.checkRequest(request);
      connection.requested(request);
      this.time.at(this.now + connection.peer.traits.roundTrip / 2, () => connection.peer.request(request));
    }
    for (const peerId of banned) {
      this.banned.add(peerId);
      this.connection(peerId).peer.leave();
      this.connections.delete(peerId);
    }
  }

  private connection(peerId: string): Connection {
    const connection = this.connections.get(peerId);
    promise(connection !== undefined, `plan names ${peerId}, who is not there`);
    return connection;
  }

  private join(traits: PeerTraits): void {
    const peer = new SimulatedPeer(traits, {
      at: (time, run) => this.time.at(time, run),
      now: () => this.now,
      random: this.random,
      deliver: (block, isPoison) => this.throughDownlink(block, isPoison),
      reject: (block) => this.rejected(block),
    });
    const connection = new Connection(peer);
    this.connections.set(traits.id, connection);
    this.scheduler.peerJoined(traits.id, this.options.tellsRoundTrip === false ? null : traits.roundTrip);
    this.scheduler.peerBitfield(traits.id, bitfieldOf(traits, this.geometry.pieceCount));
    this.time.at(Math.max(this.now, traits.unchokeAt), () => this.setChoking(connection, false));
    for (const { from, to } of traits.chokes) {
      this.time.at(from, () => this.setChoking(connection, true));
      this.time.at(to, () => this.setChoking(connection, false));
    }
    if (Number.isFinite(traits.leaveAt)) this.time.at(traits.leaveAt, () => this.leave(connection));
  }

  private setChoking(connection: Connection, isChoking: boolean): void {
    const { id } = connection.peer.traits;
    if (this.connections.get(id) !== connection || connection.isChoking === isChoking) return;
    if (isChoking) {
      connection.choked();
      this.scheduler.peerChoked(id, this.now);
    } else {
      connection.isChoking = false;
      this.scheduler.peerUnchoked(id);
    }
    this.due();
  }

  private leave(connection: Connection): void {
    const { id } = connection.peer.traits;
    if (this.connections.get(id) !== connection) return;
    connection.peer.leave();
    this.connections.delete(id);
    this.scheduler.peerLeft(id, this.now);
    this.due();
  }

  private rejected(block: BlockRequest): void {
    if (!this.connections.get(block.peerId)?.settled(block)) return;
    this.scheduler.requestRejected(block, this.now);
    this.due();
  }

  private throughDownlink(block: BlockRequest, isPoison: boolean): void {
    const { downlink } = this.options;
    if (downlink === undefined) {
      this.arrived(block, isPoison);
      return;
    }
    this.linkFreeAt = Math.max(this.linkFreeAt, this.now) + block.length / downlink;
    this.time.at(this.linkFreeAt, () => this.arrived(block, isPoison));
  }

  private arrived(block: BlockRequest, isPoison: boolean): void {
    const connection = this.connections.get(block.peerId);
    if (!connection) return;
    connection.settled(block);
    this.received += block.length;
    const arrival = this.scheduler.blockArrived(block, this.now);
    this.due();
    if (arrival === 'duplicate') this.duplicates += block.length;
    if (arrival === 'duplicate' || arrival === 'unwanted') return;
    this.pieces.accept(block, isPoison, arrival);
    if (arrival === 'completed')
      this.time.at(this.now + (this.options.verifyMs ?? 0), () => this.verify(block.piece));
  }

  private verify(piece: number): void {
    this.due();
    if (!this.pieces.verify(piece)) {
      this.scheduler.pieceFailed(piece, this.now);
      return;
    }
    this.scheduler.pieceVerified(piece, this.now);
    this.readers.advanceAll();
  }
}

/** As a bitfield message has it (BEP 3: high bit first). */
function bitfieldOf({ has }: PeerTraits, pieceCount: number): Uint8Array {
  const bitfield = new Uint8Array(Math.ceil(pieceCount / 8));
  for (let piece = 0; piece < pieceCount; piece++) {
    if (has(piece)) bitfield[piece >> 3] = (bitfield[piece >> 3] ?? 0) | (0x80 >> (piece & 7));
  }
  return bitfield;
}
