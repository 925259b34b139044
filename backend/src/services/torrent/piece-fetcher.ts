import type Wire from 'bittorrent-protocol';
import { isAtEase, type LineFacts, leavesTheLine } from './line-sharing.js';
import { PieceBuffer } from './piece-buffer.js';
import { PieceKeeper, type UnstoredPiece } from './piece-keeper.js';
import { ReaderPositions } from './reader-positions.js';
import { PieceScheduler } from './scheduler/piece-scheduler.js';
import type { BlockRequest, ReaderSpec, TorrentRange } from './scheduler/scheduler-types.js';
import { blockLength, TorrentGeometry } from './scheduler/torrent-geometry.js';
import { surplusPieces } from './surplus-pieces.js';
import type { SwarmTorrent } from './swarm-shapes.js';
import type { StorageTrouble, TorrentMetadata, UnwatchedPieces } from './torrent-engine.port.js';
import type { BlockSource } from './web-seeds/web-seed.js';
import { inOneMessage } from './wire-batch.js';

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
  private readonly wires = new Map<string, Wire>();
  /** Web seeds; asked like peers, by ids of the same row. */
  private readonly sources = new Map<string, { source: BlockSource; onGone: () => void }>();
  /** Pieces that did not match since the last plan. */
  private readonly failed: number[] = [];
  private readonly buffers = new Map<number, PieceBuffer>();
  private readonly readers = new Set<string>();
  private readonly positions = new ReaderPositions();
  private readonly keeper: PieceKeeper;
  private nextId = 1;
  private aim: TorrentRange | null = null;
  /** The aim is being fetched. */
  private isAiming = false;
  private isPlanDue = false;
  private isClosed = false;
  private timer: NodeJS.Timeout | undefined;
  private idleTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly torrent: SwarmTorrent,
    private readonly options: PieceFetcherOptions,
  ) {
    this.geometry = new TorrentGeometry(options.length, options.pieceLength);
    this.scheduler = new PieceScheduler(options, options.random);
    for (let piece = 0; piece < this.geometry.pieceCount; piece += 1)
      if (torrent.bitfield?.get(piece)) this.scheduler.pieceVerified(piece, options.now());
    this.keeper = new PieceKeeper({
      maxBytes: maxUnwrittenBytes,
      put: (piece, bytes) => this.store(piece, bytes),
      distanceTo: (piece) => this.positions.distanceTo(...this.spanOf(piece)),
      onLost: (piece) => this.lost(piece),
      onChange: () => this.due(),
    });
  }

  /** A verified piece that is not on disk yet. */
  findUnwritten(piece: number): UnstoredPiece | undefined {
    return this.keeper.find(piece);
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
    let sum = 0;
    for (const { bytes } of this.buffers.values()) sum += bytes.length;
    return sum;
  }

  /** Uses a peer from now on; `roundTripMs` as seen while connecting, null if unknown. */
  join(wire: Wire, roundTripMs: number | null): void {
    // An id is never used twice: what a peer did before is not held against the next one at its address.
    const id = String(this.nextId++);
    const { scheduler } = this;
    const { now } = this.options;
    /** Heard only while the peer takes part. */
    const live =
      <Args extends unknown[]>(hear: (...args: Args) => void) =>
      (...args: Args): void => {
        if (this.wires.get(id) !== wire) return;
        hear(...args);
        this.due();
      };
    this.wires.set(id, wire);
    scheduler.peerJoined(id, roundTripMs);
    this.learnPieces(id, wire);
    if (!wire.peerChoking) scheduler.peerUnchoked(id);
    wire.on(
      'bitfield',
      live(() => this.learnPieces(id, wire)),
    );
    wire.on(
      'have-all',
      live(() => this.learnPieces(id, wire)),
    );
    wire.on(
      'have',
      live((piece: number) => {
        if (piece < this.geometry.pieceCount) scheduler.peerHas(id, piece);
      }),
    );
    wire.lt_donthave?.on(
      'donthave',
      live((piece: number) => scheduler.peerLacks(id, piece, now())),
    );
    wire.on(
      'extended',
      live(() => this.learnLimit(id, wire)),
    );
    this.learnLimit(id, wire);
    wire.on(
      'unchoke',
      live(() => scheduler.peerUnchoked(id)),
    );
    wire.on(
      'choke',
      live(() => scheduler.peerChoked(id, now())),
    );
    wire.on(
      'reject',
      live((piece: number, offset: number) =>
        scheduler.requestRejected({ peerId: id, piece, offset }, now()),
      ),
    );
    wire.on(
      'piece',
      live((piece: number, offset: number, block: Uint8Array) =>
        this.onBlock({ peerId: id, piece, offset, length: block.length }, block, wire),
      ),
    );
    for (const event of ['finish', 'close'])
      wire.on(
        event,
        live(() => this.leave(id)),
      );
    this.due();
  }

  /** Uses a web seed from now on; `onGone` when it is never to be asked again. */
  joinSource(source: BlockSource, onGone: () => void): void {
    if (this.isClosed) return;
    const id = String(this.nextId++);
    const { scheduler } = this;
    const live =
      <Args extends unknown[]>(hear: (...args: Args) => void) =>
      (...args: Args): void => {
        if (this.sources.get(id)?.source !== source || this.isClosed) return;
        hear(...args);
        this.due();
      };
    this.sources.set(id, { source, onGone });
    scheduler.peerJoined(id, null, { isServer: true });
    scheduler.peerBitfield(id, source.bitfield());
    scheduler.peerUnchoked(id);
    source.listen({
      onBlock: live(({ piece, offset, length }, bytes) => {
        this.torrent._downloadSpeed(length);
        this.onBlock({ peerId: id, piece, offset, length }, bytes);
      }),
      onBusy: live(() => scheduler.peerChoked(id, this.options.now())),
      onFree: live(() => scheduler.peerUnchoked(id)),
      onLess: live(() => {
        this.leaveSource(id);
        this.joinSource(source, onGone);
      }),
      onGone: live(() => {
        this.leaveSource(id);
        onGone();
      }),
    });
    this.due();
  }

  /** Opens a reader; answers its id. Positions are bytes of the torrent. */
  open(spec: ReaderSpec): string {
    const id = String(this.nextId++);
    this.readers.add(id);
    clearTimeout(this.idleTimer);
    this.positions.open(id, { position: spec.start, end: spec.end });
    this.scheduler.readerOpened(id, spec);
    this.due();
    return id;
  }

  /** The reader's consumer has taken everything before `position`. */
  moved(reader: string, position: number): void {
    this.positions.move(reader, position);
    this.scheduler.readerMoved(reader, position);
    this.due();
  }

  /** With a signal the consumer may still be reading from disk what it was told lies there, until it fires. */
  closeReader(reader: string, consumer?: AbortSignal): void {
    this.positions.close(reader, consumer);
    this.scheduler.readerClosed(reader);
    this.readers.delete(reader);
    this.due();
    if (this.readers.size > 0 || this.isClosed) return;
    this.idleTimer = setTimeout(() => {
      this.scheduler.trim(this.options.now());
      this.due();
    }, idleMs).unref();
  }

  /** The store has not got the piece any more: it is fetched again when wanted. */
  lost(piece: number): void {
    if (this.isClosed) return;
    this.torrent._markUnverified(piece);
    for (const wire of this.torrent.wires) wire.lt_donthave?.donthave(piece);
    this.scheduler.pieceDropped(piece);
    this.due();
  }

  /** The store has got the piece after all. */
  found(piece: number): void {
    if (this.isClosed) return;
    this.scheduler.pieceVerified(piece, this.options.now());
    this.announce(piece);
    this.due();
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
    this.aim = range;
    this.due();
  }

  bytesOf(piece: number): number {
    return this.geometry.pieceSize(piece);
  }

  /** Asks nothing of anybody any more. */
  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    clearTimeout(this.idleTimer);
    this.keeper.close();
    this.wires.clear();
    this.sources.clear();
    this.buffers.clear();
  }

  private learnPieces(id: string, wire: Wire): void {
    const { pieceCount } = this.geometry;
    const { buffer } = wire.peerPieces;
    const bytes = Math.ceil(pieceCount / 8);
    // The library's stand-in for "has everything" has no bytes.
    const hasAll = buffer.length === 0 && wire.peerPieces.get(0);
    this.scheduler.peerBitfield(
      id,
      hasAll ? new Uint8Array(bytes).fill(0xff) : new Uint8Array(buffer).subarray(0, bytes),
    );
  }

  /** The requests it takes at once, of its extended handshake (BEP 10). */
  private learnLimit(id: string, { peerExtendedHandshake: { reqq } }: Wire): void {
    if (typeof reqq === 'number') this.scheduler.peerTakes(id, reqq);
  }

  private leave(id: string): void {
    this.wires.delete(id);
    this.scheduler.peerLeft(id, this.options.now());
  }

  private leaveSource(id: string): void {
    this.sources.delete(id);
    this.scheduler.peerLeft(id, this.options.now());
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
    const buffer = this.buffers.get(piece) ?? new PieceBuffer(this.geometry.pieceSize(piece));
    this.buffers.set(piece, buffer);
    buffer.take(offset, bytes);
    if (arrival === 'completed') this.onWhole(piece, buffer);
  }

  private onWhole(piece: number, buffer: PieceBuffer): void {
    const { hashes, now } = this.options;
    this.buffers.delete(piece);
    if (!buffer.matches(hashes.subarray(piece * 20, piece * 20 + 20))) {
      this.failed.push(piece);
      this.scheduler.pieceFailed(piece, now());
      this.due();
      return;
    }
    this.scheduler.pieceVerified(piece, now());
    const { written } = this.keeper.take(piece, buffer.bytes);
    // Readers have it from memory at once, unless the disk is too far behind.
    if (!this.keeper.isOverfull) this.announce(piece);
    else void written.then((isHere) => isHere && this.announce(piece));
  }

  private store(piece: number, bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      const { store } = this.torrent;
      if (!store) reject(new Error('The torrent is being left'));
      else store.put(piece, bytes, (error) => (error ? reject(error) : resolve()));
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

  private tellSources(cancels: readonly BlockRequest[], requests: readonly BlockRequest[]): void {
    for (const [id, { source }] of this.sources) {
      const cancelled = cancels.filter(({ peerId }) => peerId === id);
      const asked = requests.filter(({ peerId }) => peerId === id);
      if (cancelled.length + asked.length > 0) source.tell(cancelled, asked);
    }
  }

  private get line(): LineFacts {
    const { keeper, scheduler, options } = this;
    return {
      runwayMs: scheduler.runway(),
      othersRunwayMs: options.othersRunwayMs(),
      isStoreFull: keeper.isFull,
    };
  }

  private updateAim(): void {
    const isStored = this.keeper.trouble === null && !this.keeper.isOverfull;
    const isAiming = this.aim !== null && this.readers.size > 0 && isStored && isAtEase(this.line);
    if (isAiming === this.isAiming) return;
    this.isAiming = isAiming;
    this.scheduler.setBackground(isAiming && this.aim ? [this.aim] : []);
  }

  /** One plan for all that comes in one turn of the event loop. */
  private due(): void {
    if (this.isPlanDue || this.isClosed) return;
    this.isPlanDue = true;
    setImmediate(() => this.plan());
  }

  private plan(): void {
    this.isPlanDue = false;
    if (this.isClosed) return;
    const { now, onBanned } = this.options;
    this.updateAim();
    const isHeld = leavesTheLine(this.line);
    const plan = this.scheduler.plan(now(), isHeld ? 0 : Number.POSITIVE_INFINITY);
    const { cancels, drops, requests, banned } = plan;
    const isPutOff = isHeld || (this.aim !== null && this.readers.size > 0);
    const nextWakeAt = isPutOff ? Math.min(plan.nextWakeAt, now() + lookAgainMs) : plan.nextWakeAt;
    for (const piece of drops) this.buffers.delete(piece);
    this.tellSources(cancels, requests);
    const messages = new Map<string, ((wire: Wire) => void)[]>();
    const tell = (peerId: string, say: (wire: Wire) => void) => {
      const said = messages.get(peerId);
      if (said) said.push(say);
      else messages.set(peerId, [say]);
    };
    for (const { peerId, piece, offset, length } of cancels)
      tell(peerId, (wire) => wire.cancel(piece, offset, length));
    for (const { peerId, piece, offset, length } of requests)
      tell(peerId, (wire) => wire.request(piece, offset, length, () => undefined));
    for (const [peerId, says] of messages) {
      const wire = this.wires.get(peerId);
      if (wire) inOneMessage(wire, () => says.forEach((say) => say(wire)));
    }
    for (const peerId of banned) {
      const wire = this.wires.get(peerId);
      this.wires.delete(peerId);
      if (wire) onBanned(wire);
      this.sources.get(peerId)?.source.convict(this.failed);
    }
    this.failed.length = 0;
    clearTimeout(this.timer);
    if (Number.isFinite(nextWakeAt))
      this.timer = setTimeout(() => this.due(), Math.max(1, nextWakeAt - now())).unref();
  }
}
