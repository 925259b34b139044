import type Wire from 'bittorrent-protocol';
import { BackgroundAim } from './background-aim.js';
import { BlockSenders } from './block-senders.js';
import { isAtEase, type LineFacts, leavesTheLine } from './line-sharing.js';
import { PieceAssembly } from './piece-assembly.js';
import { PieceKeeper } from './piece-keeper.js';
import { PieceMemory } from './piece-memory.js';
import { PlanningTurns } from './planning-turns.js';
import { ReaderPositions } from './reader-positions.js';
import { PieceScheduler } from './scheduler/piece-scheduler.js';
import type { BlockRequest, ReaderSpec, TorrentRange } from './scheduler/scheduler-types.js';
import { blockLength, TorrentGeometry } from './scheduler/torrent-geometry.js';
import { surplusPieces } from './surplus-pieces.js';
import type { SwarmTorrent } from './swarm-shapes.js';
import type { StorageTrouble, TorrentMetadata, UnwatchedPieces } from './torrent-engine.port.js';
import type { BlockSource } from './web-seeds/block-source.js';

/** Milliseconds without a reader after which partial pieces are given up. */
const idleMs = 30_000;
/** Bytes that may wait for the disk while readers already have them. */
const maxUnwrittenBytes = 32 * 1024 * 1024;
/** What a reader gets to so soon that it should not leave memory, bytes. */
const nearBytes = 32 * 1024 * 1024;
/** How far ahead of a reader pieces stay however little room there is, bytes: all that is fetched ahead, and more. */
const watchedBytes = 64 * 1024 * 1024;
/** How often what was put off is looked at again, milliseconds. */
const lookAgainMs = 250;

export interface PieceFetcherOptions {
  /** Bytes of the torrent. */
  length: number;
  pieceLength: number;
  /** SHA-1 sums of the pieces, 20 bytes each. */
  hashes: Uint8Array;
  /** Milliseconds; only differences count. */
  now: () => number;
  random: () => number;
  /** Whether the store is through with a piece's bytes once it has taken them. */
  reusesMemory: boolean;
  /** Milliseconds until the nearest reader of another torrent stalls. */
  othersRunwayMs: () => number;
  /** A peer was convicted of sending bad data. */
  onBanned: (wire: Wire) => void;
}

/**
 * Fetches what readers want: binds the scheduler to the wires of one torrent in place of the library's own selection,
 * which is never given anything to select. It keeps the bytes of partial pieces; whole and verified ones go to the store.
 */
export class PieceFetcher {
  private readonly scheduler: PieceScheduler;
  private readonly geometry: TorrentGeometry;
  private readonly senders: BlockSenders;
  private readonly memory: PieceMemory;
  private readonly assembly: PieceAssembly;
  /** Pieces that did not match since the last plan. */
  private readonly failed: number[] = [];
  private readonly positions = new ReaderPositions();
  private readonly keeper: PieceKeeper;
  private readonly aim: BackgroundAim;
  private readonly turns = new PlanningTurns(() => this.plan());
  private nextId = 1;
  private isClosed = false;
  private idleTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly torrent: SwarmTorrent,
    private readonly options: PieceFetcherOptions,
  ) {
    this.geometry = new TorrentGeometry(options.length, options.pieceLength);
    this.scheduler = new PieceScheduler(options, options.random);
    for (let piece = 0; piece < this.geometry.pieceCount; piece += 1)
      if (torrent.bitfield?.get(piece)) this.scheduler.pieceVerified(piece, options.now());
    this.memory = new PieceMemory(options.reusesMemory);
    this.assembly = new PieceAssembly(this.geometry, options.hashes, this.memory);
    this.senders = new BlockSenders({
      torrent,
      scheduler: this.scheduler,
      geometry: this.geometry,
      now: options.now,
      newId: () => String(this.nextId++),
      onBlock: (block, bytes, wire) => this.onBlock(block, bytes, wire),
      onChange: () => this.turns.due(),
      onBanned: options.onBanned,
    });
    this.aim = new BackgroundAim((ranges) => this.scheduler.setBackground(ranges));
    this.keeper = new PieceKeeper({
      maxBytes: maxUnwrittenBytes,
      put: (piece, bytes) => this.store(piece, bytes),
      distanceTo: (piece) => this.positions.distanceTo(...this.spanOf(piece)),
      onStored: (bytes) => this.memory.giveBack(bytes),
      onLost: (piece) => this.lost(piece),
      onChange: () => this.turns.due(),
    });
  }

  /** Bytes of a verified piece that is not on disk yet; undefined when it is no such piece. */
  readUnwritten(piece: number, offset: number, length: number): Uint8Array | undefined {
    const unwritten = this.keeper.find(piece);
    return unwritten && this.memory.lasting(unwritten.bytes, offset, offset + length);
  }

  /** Settles when a verified piece is on disk, or could not be for now; undefined when it does not wait for that. */
  findWriting(piece: number): Promise<boolean> | undefined {
    return this.keeper.find(piece)?.written;
  }

  /** Milliseconds until the reader nearest to it stalls. */
  get runwayMs(): number {
    return this.scheduler.runway();
  }

  /** Verified bytes that wait to be stored. */
  get unstoredBytes(): number {
    return this.keeper.waitingBytes;
  }

  /** Peers that let us ask and do not answer. */
  get silentPeers(): number {
    return this.scheduler.silentPeers;
  }

  get storageTrouble(): StorageTrouble | null {
    return this.keeper.trouble;
  }

  /** Whether a reader waits for the piece or is about to reach it. */
  isWanted(piece: number): boolean {
    return this.positions.distanceTo(...this.spanOf(piece)) < nearBytes;
  }

  /** Bytes of partial pieces held. */
  get heldBytes(): number {
    return this.assembly.heldBytes;
  }

  /** Uses a peer from now on; `roundTripMs` as seen while connecting, null if unknown. */
  join(wire: Wire, roundTripMs: number | null): void {
    this.senders.join(wire, roundTripMs);
  }

  /** Uses a web seed from now on; `onGone` when it is never to be asked again. */
  joinSource(source: BlockSource, onGone: () => void): void {
    if (!this.isClosed) this.senders.joinSource(source, onGone);
  }

  /** Opens a reader; answers its id. Positions are bytes of the torrent. */
  open(spec: ReaderSpec): string {
    const id = String(this.nextId++);
    clearTimeout(this.idleTimer);
    this.positions.open(id, { position: spec.start, end: spec.end });
    this.scheduler.readerOpened(id, spec);
    this.turns.due();
    return id;
  }

  /** The reader's consumer has taken everything before `position`. */
  moved(reader: string, position: number): void {
    this.positions.move(reader, position);
    this.scheduler.readerMoved(reader, position);
    this.turns.due();
  }

  /** With a signal the consumer may still be reading from disk what it was told lies there, until it fires. */
  closeReader(reader: string, consumer?: AbortSignal): void {
    this.positions.close(reader, consumer);
    this.scheduler.readerClosed(reader);
    this.turns.due();
    if (this.positions.count > 0 || this.isClosed) return;
    this.idleTimer = setTimeout(() => {
      this.scheduler.trim(this.options.now());
      this.memory.clear();
      this.turns.due();
    }, idleMs).unref();
  }

  /** The store has not got the piece any more: it is fetched again when wanted. */
  lost(piece: number): void {
    if (this.isClosed) return;
    this.torrent._markUnverified(piece);
    for (const wire of this.torrent.wires) wire.lt_donthave?.donthave(piece);
    this.scheduler.pieceDropped(piece);
    this.turns.due();
  }

  /** The store has got the piece after all. */
  found(piece: number): void {
    if (this.isClosed) return;
    this.scheduler.pieceVerified(piece, this.options.now());
    this.announce(piece);
    this.turns.due();
  }

  /** What of the torrent can best be done without. */
  surplus(metadata: TorrentMetadata, which: UnwatchedPieces): number[] {
    return surplusPieces(
      metadata,
      {
        isStored: (piece) => this.torrent.bitfield?.get(piece) === true && !this.keeper.find(piece),
        isNear: (start, end) => this.positions.isNear(start, end, watchedBytes),
        distanceTo: (start, end) => this.positions.distanceTo(start, end),
      },
      which,
    );
  }

  /** What is fetched besides, while nobody is short of film; bytes of the torrent, null for nothing. */
  aimAt(range: TorrentRange | null): void {
    this.aim.set(range);
    this.turns.due();
  }

  bytesOf(piece: number): number {
    return this.geometry.pieceSize(piece);
  }

  /** Asks nothing of anybody any more. */
  close(): void {
    this.isClosed = true;
    this.turns.close();
    clearTimeout(this.idleTimer);
    this.keeper.close();
    this.senders.close();
    this.assembly.clear();
    this.memory.clear();
  }

  private onBlock(block: BlockRequest, bytes: Uint8Array, wire?: Wire): void {
    const { piece, offset, length } = block;
    const isOnGrid = piece < this.geometry.pieceCount && offset % blockLength === 0;
    if (!isOnGrid || length !== this.geometry.blockSize(piece, offset / blockLength)) {
      wire?.destroy();
      return;
    }
    const arrival = this.scheduler.blockArrived(block, this.options.now());
    if (arrival !== 'accepted' && arrival !== 'completed') return;
    this.assembly.take(piece, offset, bytes);
    if (arrival === 'completed') this.onWhole(piece);
  }

  private onWhole(piece: number): void {
    const { now } = this.options;
    const bytes = this.assembly.finish(piece);
    if (!bytes) {
      this.failed.push(piece);
      this.scheduler.pieceFailed(piece, now());
      this.turns.due();
      return;
    }
    this.scheduler.pieceVerified(piece, now());
    const { written } = this.keeper.take(piece, bytes);
    // Readers have it from memory at once, unless the disk is too far behind.
    if (!this.keeper.isOverfull) this.announce(piece);
    else void written.then((isHere) => isHere && this.announce(piece));
  }

  private store(piece: number, bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      const { store } = this.torrent;
      if (store) store.put(piece, bytes, (error) => (error ? reject(error) : resolve()));
      else reject(new Error('The torrent is being left'));
    });
  }

  private spanOf(piece: number): [start: number, end: number] {
    const { pieceLength } = this.options;
    return [piece * pieceLength, piece * pieceLength + this.geometry.pieceSize(piece)];
  }

  private announce(piece: number): void {
    const { torrent } = this;
    if (this.isClosed) return;
    torrent._markVerified(piece);
    for (const wire of torrent.wires) if (!wire.peerPieces.get(piece)) wire.have(piece);
    torrent._checkDone();
  }

  private get line(): LineFacts {
    const othersRunwayMs = this.options.othersRunwayMs();
    return { runwayMs: this.runwayMs, othersRunwayMs, isStoreFull: this.keeper.isFull };
  }

  private plan(): number {
    const { now } = this.options;
    const isStored = this.keeper.trouble === null && !this.keeper.isOverfull;
    this.aim.update(this.positions.count > 0 && isStored && isAtEase(this.line));
    const isHeld = leavesTheLine(this.line);
    const plan = this.scheduler.plan(now(), isHeld ? 0 : Number.POSITIVE_INFINITY);
    const { cancels, drops, requests, banned, nextWakeAt } = plan;
    const isPutOff = isHeld || (this.aim.isSet && this.positions.count > 0);
    for (const piece of drops) this.assembly.drop(piece);
    this.senders.tell(cancels, requests);
    this.senders.ban(banned, this.failed);
    this.failed.length = 0;
    const againMs = nextWakeAt - now();
    return isPutOff ? Math.min(againMs, lookAgainMs) : againMs;
  }
}
