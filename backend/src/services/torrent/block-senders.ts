import type Wire from 'bittorrent-protocol';
import type { PieceScheduler } from './scheduler/piece-scheduler.js';
import type { BlockRequest } from './scheduler/scheduler-types.js';
import type { TorrentGeometry } from './scheduler/torrent-geometry.js';
import type { SwarmTorrent } from './swarm-shapes.js';
import type { BlockSource } from './web-seeds/block-source.js';
import { inOneMessage } from './wire-batch.js';

export interface BlockSendersOptions {
  torrent: SwarmTorrent;
  scheduler: PieceScheduler;
  geometry: TorrentGeometry;
  /** Milliseconds; only differences count. */
  now: () => number;
  /** An id never used before: what a peer did is not held against the next one at its address. */
  newId: () => string;
  /** `wire` for a block of a peer; a web seed has none. */
  onBlock: (block: BlockRequest, bytes: Uint8Array, wire?: Wire) => void;
  /** The scheduler has heard something. */
  onChange: () => void;
  /** A peer was convicted of sending bad data. */
  onBanned: (wire: Wire) => void;
}

/**
 * Whoever sends blocks of one torrent, peers and web seeds: tells the scheduler what they have and allow, by the ids it
 * knows them by, and tells them what it asks.
 */
export class BlockSenders {
  private readonly wires = new Map<string, Wire>();
  /** Web seeds; asked like peers, by ids of the same row. */
  private readonly sources = new Map<string, { source: BlockSource; onGone: () => void }>();

  constructor(private readonly options: BlockSendersOptions) {}

  /** Uses a peer from now on; `roundTripMs` as seen while connecting, null if unknown. */
  join(wire: Wire, roundTripMs: number | null): void {
    const { scheduler, geometry, now, newId, onBlock } = this.options;
    const id = newId();
    /** Heard only while the peer takes part. */
    const live =
      <Args extends unknown[]>(hear: (...args: Args) => void) =>
      (...args: Args): void => {
        if (this.wires.get(id) !== wire) return;
        hear(...args);
        this.options.onChange();
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
        if (piece < geometry.pieceCount) scheduler.peerHas(id, piece);
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
        onBlock({ peerId: id, piece, offset, length: block.length }, block, wire),
      ),
    );
    for (const event of ['finish', 'close'])
      wire.on(
        event,
        live(() => this.leave(id)),
      );
    this.options.onChange();
  }

  /** Uses a web seed from now on; `onGone` when it is never to be asked again. */
  joinSource(source: BlockSource, onGone: () => void): void {
    const { torrent, scheduler, now, newId, onBlock } = this.options;
    const id = newId();
    const live =
      <Args extends unknown[]>(hear: (...args: Args) => void) =>
      (...args: Args): void => {
        if (this.sources.get(id)?.source !== source) return;
        hear(...args);
        this.options.onChange();
      };
    this.sources.set(id, { source, onGone });
    scheduler.peerJoined(id, null, { isServer: true });
    scheduler.peerBitfield(id, source.bitfield());
    scheduler.peerUnchoked(id);
    source.listen({
      onBlock: live(({ piece, offset, length }, bytes) => {
        torrent._downloadSpeed(length);
        onBlock({ peerId: id, piece, offset, length }, bytes);
      }),
      onBusy: live(() => scheduler.peerChoked(id, now())),
      onFree: live(() => scheduler.peerUnchoked(id)),
      onLess: live(() => {
        this.leave(id);
        this.joinSource(source, onGone);
      }),
      onGone: live(() => {
        this.leave(id);
        onGone();
      }),
    });
    this.options.onChange();
  }

  /** Takes back what is not wanted any more, then asks; what goes to a peer in one message. */
  tell(cancels: readonly BlockRequest[], requests: readonly BlockRequest[]): void {
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
  }

  /** Whoever was convicted of bad data; `failed`: the pieces that did not match since the last time. */
  ban(banned: readonly string[], failed: readonly number[]): void {
    for (const peerId of banned) {
      const wire = this.wires.get(peerId);
      this.wires.delete(peerId);
      if (wire) this.options.onBanned(wire);
      this.sources.get(peerId)?.source.convict(failed);
    }
  }

  /** Hears nobody any more. */
  close(): void {
    this.wires.clear();
    this.sources.clear();
  }

  private tellSources(cancels: readonly BlockRequest[], requests: readonly BlockRequest[]): void {
    for (const [id, { source }] of this.sources) {
      const cancelled = cancels.filter(({ peerId }) => peerId === id);
      const asked = requests.filter(({ peerId }) => peerId === id);
      if (cancelled.length + asked.length > 0) source.tell(cancelled, asked);
    }
  }

  private learnPieces(id: string, wire: Wire): void {
    const { geometry, scheduler } = this.options;
    const { buffer } = wire.peerPieces;
    const bytes = Math.ceil(geometry.pieceCount / 8);
    // The library's stand-in for "has everything" has no bytes.
    const hasAll = buffer.length === 0 && wire.peerPieces.get(0);
    scheduler.peerBitfield(
      id,
      hasAll ? new Uint8Array(bytes).fill(0xff) : new Uint8Array(buffer).subarray(0, bytes),
    );
  }

  /** The requests it takes at once, of its extended handshake (BEP 10). */
  private learnLimit(id: string, { peerExtendedHandshake: { reqq } }: Wire): void {
    if (typeof reqq === 'number') this.options.scheduler.peerTakes(id, reqq);
  }

  private leave(id: string): void {
    const { scheduler, now } = this.options;
    this.wires.delete(id);
    this.sources.delete(id);
    scheduler.peerLeft(id, now());
  }
}
