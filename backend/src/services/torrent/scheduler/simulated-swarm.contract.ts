import { PieceScheduler } from './piece-scheduler.js';
import type { BlockRequest, Plan, ReaderSpec, SchedulerSettings, TorrentRange } from './scheduler-types.js';
import { type PeerTraits, SimulatedPeer } from './simulated-peer.contract.js';
import { EventQueue } from './simulated-time.contract.js';
import { blockLength, TorrentGeometry } from './torrent-geometry.js';

interface Connection {
  peer: SimulatedPeer;
  isChoking: boolean;
  outstanding: Map<string, BlockRequest>;
}

interface Reader {
  spec: ReaderSpec;
  position: number;
  /** Bytes per millisecond taken; null takes all there is. */
  pace: number | null;
  openedAt: number;
  /** When each byte range became readable: the time and how far. */
  progress: { at: number; to: number }[];
}

/** A rule the scheduler must never break was broken. */
export class BrokenPromiseError extends Error {
  override readonly name = 'BrokenPromiseError';
}

/**
 * A swarm and a binding in simulated time around the real scheduler. Every plan is checked against what the scheduler
 * promises; a breach throws.
 */
export class SimulatedSwarm {
  readonly scheduler: PieceScheduler;
  readonly geometry: TorrentGeometry;
  private readonly time = new EventQueue();
  private readonly connections = new Map<string, Connection>();
  private readonly readers = new Map<string, Reader>();
  private readonly buffers = new Map<number, { here: Set<number>; isPoisoned: boolean }>();
  readonly verified = new Set<number>();
  readonly banned = new Set<string>();
  readonly snubbed: string[] = [];
  private wakeAt = Number.POSITIVE_INFINITY;
  private isPlanDue = false;
  received = 0;
  duplicates = 0;
  poisoned = 0;
  unwanted = 0;
  plans = 0;
  /** Milliseconds of processor time per plan, when a clock is given. */
  readonly planCosts: number[] = [];
  verifiedAt = new Map<number, number>();

  constructor(
    torrent: { length: number; pieceLength: number },
    peers: readonly PeerTraits[],
    private readonly random: () => number,
    private readonly options: {
      settings?: Partial<SchedulerSettings>;
      /** Bytes per millisecond of our own link. */
      downlink?: number;
      verifyMs?: number;
      clock?: () => number;
      /** Connect times are told to the scheduler. */
      tellsRoundTrip?: boolean;
    } = {},
  ) {
    this.scheduler = new PieceScheduler(torrent, random, options.settings);
    this.geometry = new TorrentGeometry(torrent.length, torrent.pieceLength);
    for (const traits of peers) this.time.at(traits.joinAt, () => this.join(traits));
  }

  get now(): number {
    return this.time.now;
  }

  open(id: string, spec: ReaderSpec, pace: number | null = null): void {
    this.readers.set(id, { spec, position: spec.start, pace, openedAt: this.now, progress: [] });
    this.scheduler.readerOpened(id, spec);
    this.advance(id);
    if (pace !== null) this.tick(id);
    this.due();
  }

  close(id: string): void {
    this.readers.delete(id);
    this.scheduler.readerClosed(id);
    this.due();
  }

  setBackground(ranges: readonly TorrentRange[]): void {
    this.scheduler.setBackground(ranges);
    this.due();
  }

  drop(piece: number): void {
    if (!this.verified.delete(piece)) return;
    this.scheduler.pieceDropped(piece);
    this.due();
  }

  reader(id: string): Reader {
    const reader = this.readers.get(id);
    if (!reader) throw new Error(`no reader ${id}`);
    return reader;
  }

  outstandingAt(peerId: string): number {
    return this.connections.get(peerId)?.outstanding.size ?? 0;
  }

  /** First byte the reader lacks. */
  readableTo(id: string): number {
    const { spec, position } = this.reader(id);
    let piece = this.geometry.pieceAt(position);
    while (piece * this.geometry.pieceLength < spec.end && this.verified.has(piece)) piece += 1;
    return Math.min(spec.end, Math.max(position, piece * this.geometry.pieceLength));
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

  /** Bytes of partial pieces the binding holds, counted whole. */
  get partialBytes(): number {
    return [...this.buffers.keys()].reduce((sum, piece) => sum + this.geometry.pieceSize(piece), 0);
  }

  /** Looks every 250 ms whether some reader's next piece is asked of nobody for 2 s though somebody could send it. */
  watchForStarvation(): void {
    let idleFor = new Map<string, number>();
    const look = (): void => {
      const next = new Map<string, number>();
      for (const id of this.readers.keys()) {
        if (!this.isStarving(id)) continue;
        const looks = (idleFor.get(id) ?? 0) + 1;
        if (looks > 8) throw new BrokenPromiseError(`reader ${id} starves at ${this.now} ms`);
        next.set(id, looks);
      }
      idleFor = next;
      this.time.at(this.now + 250, look);
    };
    look();
  }

  private isStarving(id: string): boolean {
    const to = this.readableTo(id);
    const piece = this.geometry.pieceAt(to);
    const buffer = this.buffers.get(piece);
    if (to >= this.reader(id).spec.end || buffer?.here.size === this.geometry.blocksIn(piece)) return false;
    const connections = [...this.connections.values()];
    const isAskedFor = (pieces: readonly number[]): boolean =>
      connections.some(({ outstanding }) =>
        [...outstanding.values()].some((ask) => pieces.includes(ask.piece)),
      );
    if (isAskedFor([piece])) return false;
    // Readers that have all run dry take turns.
    const others = [...this.readers.keys()].filter((other) => other !== id);
    if (isAskedFor(others.map((other) => this.geometry.pieceAt(this.readableTo(other))))) return false;
    return connections.some(({ peer: { traits }, isChoking, outstanding }) => {
      // A peer that takes more than 2 s for a block counts as silent.
      const isAble =
        !isChoking &&
        !traits.isSilent &&
        traits.stalls.length === 0 &&
        traits.rejects === 0 &&
        traits.rate >= 50;
      return isAble && traits.has(piece) && outstanding.size < 2;
    });
  }

  private due(): void {
    this.isPlanDue = true;
  }

  private plan(): void {
    this.isPlanDue = false;
    this.plans += 1;
    const { clock } = this.options;
    const began = clock?.() ?? 0;
    const plan = this.scheduler.plan(this.now);
    if (clock) this.planCosts.push(clock() - began);
    this.apply(plan);
    if (plan.nextWakeAt <= this.now) throw new BrokenPromiseError('wake time is not in the future');
    this.wakeAt = plan.nextWakeAt;
    const most = this.options.settings?.partialBytes;
    if (
      most !== undefined &&
      this.partialBytes > most + (this.readers.size + 1) * this.geometry.pieceLength
    ) {
      throw new BrokenPromiseError(`${this.partialBytes} bytes of partial pieces`);
    }
  }

  private apply(plan: Plan): void {
    for (const cancel of plan.cancels) {
      const connection = this.connection(cancel.peerId);
      if (!connection.outstanding.delete(keyOf(cancel)))
        throw new BrokenPromiseError('cancel of nothing outstanding');
      this.time.at(this.now + connection.peer.traits.roundTrip / 2, () => connection.peer.cancel(cancel));
    }
    for (const piece of plan.drops) this.buffers.delete(piece);
    for (const request of plan.requests) this.send(request);
    this.snubbed.push(...plan.snubbed);
    for (const peerId of plan.banned) {
      this.banned.add(peerId);
      this.connection(peerId).peer.leave();
      this.connections.delete(peerId);
    }
  }

  private send(request: BlockRequest): void {
    const connection = this.connection(request.peerId);
    const { traits } = connection.peer;
    if (connection.isChoking) throw new BrokenPromiseError('request while choked');
    if (!traits.has(request.piece)) throw new BrokenPromiseError('request for a piece the peer lacks');
    if (this.verified.has(request.piece)) throw new BrokenPromiseError('request for a piece that is here');
    if (this.buffers.get(request.piece)?.here.has(request.offset)) {
      throw new BrokenPromiseError('request for a block that is here');
    }
    if (request.offset % blockLength !== 0) throw new BrokenPromiseError('request off the block grid');
    const expected = this.geometry.blockSize(request.piece, request.offset / blockLength);
    if (request.length !== expected) throw new BrokenPromiseError('request of a wrong length');
    if (connection.outstanding.has(keyOf(request))) throw new BrokenPromiseError('the same request twice');
    connection.outstanding.set(keyOf(request), request);
    if (connection.outstanding.size > 250) throw new BrokenPromiseError('more outstanding than the cap');
    this.time.at(this.now + traits.roundTrip / 2, () => connection.peer.request(request));
  }

  private connection(peerId: string): Connection {
    const connection = this.connections.get(peerId);
    if (!connection) throw new BrokenPromiseError(`plan names ${peerId}, who is not there`);
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
    const connection: Connection = { peer, isChoking: true, outstanding: new Map() };
    this.connections.set(traits.id, connection);
    this.scheduler.peerJoined(traits.id, this.options.tellsRoundTrip === false ? null : traits.roundTrip);
    const { pieceCount } = this.geometry;
    const bitfield = new Uint8Array(Math.ceil(pieceCount / 8));
    for (let piece = 0; piece < pieceCount; piece++) {
      if (traits.has(piece)) bitfield[piece >> 3] = (bitfield[piece >> 3] ?? 0) | (0x80 >> (piece & 7));
    }
    this.scheduler.peerBitfield(traits.id, bitfield);
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
    connection.isChoking = isChoking;
    if (isChoking) {
      connection.peer.choke();
      connection.outstanding.clear();
      this.scheduler.peerChoked(id, this.now);
    } else this.scheduler.peerUnchoked(id);
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
    const connection = this.connections.get(block.peerId);
    if (!connection?.outstanding.delete(keyOf(block))) return;
    this.scheduler.requestRejected(block, this.now);
    this.due();
  }

  private linkFreeAt = 0;

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
    connection.outstanding.delete(keyOf(block));
    this.received += block.length;
    const arrival = this.scheduler.blockArrived(block, this.now);
    this.due();
    if (arrival === 'duplicate') this.duplicates += block.length;
    if (arrival === 'unwanted') this.unwanted += block.length;
    if (arrival === 'duplicate' || arrival === 'unwanted') return;
    const buffer = this.buffers.get(block.piece) ?? { here: new Set<number>(), isPoisoned: false };
    this.buffers.set(block.piece, buffer);
    if (this.verified.has(block.piece)) throw new BrokenPromiseError('accepted a block of a verified piece');
    if (buffer.here.has(block.offset)) throw new BrokenPromiseError('accepted a block twice');
    buffer.here.add(block.offset);
    if (isPoison) buffer.isPoisoned = true;
    const isWhole = buffer.here.size === this.geometry.blocksIn(block.piece);
    if (isWhole !== (arrival === 'completed')) throw new BrokenPromiseError('completed does not mean whole');
    if (isWhole)
      this.time.at(this.now + (this.options.verifyMs ?? 0), () =>
        this.verify(block.piece, buffer.isPoisoned),
      );
  }

  private verify(piece: number, isPoisoned: boolean): void {
    this.buffers.delete(piece);
    this.due();
    if (isPoisoned) {
      this.poisoned += this.geometry.pieceSize(piece);
      this.scheduler.pieceFailed(piece, this.now);
      return;
    }
    this.verified.add(piece);
    this.verifiedAt.set(piece, this.now);
    this.scheduler.pieceVerified(piece, this.now);
    for (const id of this.readers.keys()) this.advance(id);
  }

  private advance(id: string): void {
    const reader = this.reader(id);
    const to = this.readableTo(id);
    if (to > (reader.progress.at(-1)?.to ?? reader.spec.start)) reader.progress.push({ at: this.now, to });
    if (reader.pace !== null || to <= reader.position) return;
    reader.position = to;
    this.scheduler.readerMoved(id, to);
  }

  private tick(id: string): void {
    this.time.at(this.now + 50, () => {
      const reader = this.readers.get(id);
      if (!reader || reader.pace === null) return;
      const to = Math.floor(Math.min(this.readableTo(id), reader.position + 50 * reader.pace));
      if (to > reader.position) {
        reader.position = to;
        this.scheduler.readerMoved(id, to);
        this.due();
      }
      if (to < reader.spec.end) this.tick(id);
    });
  }
}

function keyOf({ piece, offset }: BlockRequest): string {
  return `${piece}:${offset}`;
}
