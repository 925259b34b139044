import { createHash } from 'node:crypto';
import type Wire from 'bittorrent-protocol';
import { AppError, NotFoundError } from '../../errors/app-error.js';
import { decodeBencode } from './bencode.js';
import { mayDial } from './peer-addresses.js';
import { PeerConduct } from './peer-conduct.js';
import { findStoredPieces } from './stored-pieces.js';
import type { SwarmTorrent } from './swarm-shapes.js';
import { cleanComplaint } from './swarm-text.js';
import { TorrentInvalidError, TorrentUnplayableError } from './torrent.errors.js';
import type { ByteRange, TorrentMetadata, TorrentStage, TorrentStatus } from './torrent-engine.port.js';
import { parseInfoDict, parseTorrentFile } from './torrent-file.js';
import { TorrentReaders } from './torrent-reader.js';
import { quicken, type WirePace } from './wire-pace.js';

/** Peer addresses remembered for one torrent; trackers and peers can name millions. */
const maxKnownPeers = 1_000;
/** A peer that owes a piece somebody waits for and has been silent this long is left, when there are others. */
const silentMs = 3_000;

export interface JoinedTorrentOptions {
  infoHash: string;
  /** Where its pieces are kept. */
  directory: string;
  /** A .torrent file that `parseTorrentFile` took. */
  torrentFile: Uint8Array | undefined;
  allowPrivatePeers: boolean;
  /** Milliseconds; only differences count. */
  now: () => number;
  /** Called when a peer speaks for this torrent, to know which one was active when the process dies. */
  onActivity: () => void;
}

/** One torrent in the swarm: its state, its readers, and what stands between it and its peers. */
export class JoinedTorrent {
  readonly readers: TorrentReaders;
  metadata: TorrentMetadata | null = null;
  failure: AppError | null = null;
  private ready = false;
  private trackerWarning: string | null = null;
  private takingMetadata = false;
  private readonly known = new Set<string>();
  private readonly conduct = new PeerConduct();
  private readonly paces = new WeakMap<Wire, WirePace>();
  private readonly waiters = new Set<() => void>();

  constructor(
    readonly torrent: SwarmTorrent,
    private readonly options: JoinedTorrentOptions,
  ) {
    this.readers = new TorrentReaders(torrent);
    this.guardPeers();
    this.guardMetadata();
    torrent.on('ready', () => {
      this.ready = true;
      this.changed();
    });
    torrent.on('error', (error: unknown) => this.fail(error));
    torrent.on('warning', (error: Error | string) =>
      this.onWarning(typeof error === 'string' ? error : error.message),
    );
    torrent.on('trackerAnnounce', () => (this.trackerWarning = null));
    torrent.on('verified', (piece: number) => this.conduct.pieceVerified(piece));
    torrent.on('wire', (wire: Wire, address?: string) => this.onWire(wire, address ?? ''));
  }

  status(): TorrentStatus {
    const { torrent } = this;
    return {
      infoHash: this.options.infoHash,
      stage: this.stage(),
      failure: this.failure?.message ?? null,
      peers: torrent.wires.length,
      peersKnown: this.known.size,
      trackerWarning: this.trackerWarning,
      downloadBytesPerSecond: torrent.destroyed ? 0 : Math.round(torrent.downloadSpeed),
      uploadBytesPerSecond: torrent.destroyed ? 0 : Math.round(torrent.uploadSpeed),
      metadata: this.metadata,
    };
  }

  /** The torrent as a .torrent file, once there is metadata. */
  torrentFile(): Uint8Array | null {
    if (!this.metadata) return null;
    return this.options.torrentFile ?? this.torrent.torrentFile;
  }

  /** Verified ranges of a file, ascending and merged. */
  verifiedRanges(fileIndex: number): ByteRange[] {
    const { metadata, torrent } = this;
    const file = metadata?.files[fileIndex];
    if (!metadata || !file || !torrent.bitfield || file.length === 0) return [];
    const ranges: ByteRange[] = [];
    const end = file.offset + file.length;
    for (
      let piece = Math.floor(file.offset / metadata.pieceLength);
      piece * metadata.pieceLength < end;
      piece += 1
    ) {
      if (!torrent.bitfield.get(piece)) continue;
      const from = Math.max(0, piece * metadata.pieceLength - file.offset);
      const to = Math.min(file.length, (piece + 1) * metadata.pieceLength - file.offset);
      const last = ranges.at(-1);
      if (last?.end === from) last.end = to;
      else ranges.push({ start: from, end: to });
    }
    return ranges;
  }

  /** Waits until pieces can be read; throws when the torrent fails, and ends quietly when `signal` fires. */
  untilReady(signal: AbortSignal): Promise<void> {
    return this.until(() => this.ready, signal);
  }

  /** Waits for the metadata; throws when the torrent fails, and ends quietly when `signal` fires. */
  untilMetadata(signal: AbortSignal): Promise<void> {
    return this.until(() => this.metadata !== null, signal);
  }

  /** Leaves peers that hold up a reader. To be called now and then. */
  leaveSilentPeers(): void {
    const waited = new Set(this.readers.waitedFor);
    if (waited.size === 0) return;
    const now = this.options.now();
    for (const wire of [...this.torrent.wires]) {
      const holdsUp = wire.requests.some(({ piece }) => waited.has(piece));
      const silent = now - (this.paces.get(wire)?.lastHeard ?? now) > silentMs;
      if (!holdsUp || !silent || this.torrent.wires.length < 2) continue;
      this.conduct.strike(this.paces.get(wire)?.peer ?? '');
      wire.destroy();
    }
  }

  /** Leaves the swarm. */
  leave(deleteData: boolean): Promise<void> {
    this.failure ??= new NotFoundError('Torrent');
    this.readers.close();
    this.changed();
    if (this.torrent.destroyed) return Promise.resolve();
    return new Promise((resolve) => this.torrent.destroy({ destroyStore: deleteData }, () => resolve()));
  }

  private stage(): TorrentStage {
    if (this.failure !== null) return 'failed';
    if (this.metadata) return 'ready';
    return this.torrent.wires.length > 0 ? 'fetching-metadata' : 'finding-peers';
  }

  /** Trackers, the DHT and other peers all name peers through this method. */
  private guardPeers(): void {
    const addPeer = this.torrent.addPeer.bind(this.torrent);
    this.torrent.addPeer = (peer, source) => {
      if (this.torrent.destroyed || typeof peer !== 'string') return false;
      if (!mayDial(peer, this.options.allowPrivatePeers) || this.conduct.isBanned(this.conductKey(peer)))
        return false;
      if (this.known.size >= maxKnownPeers && !this.known.has(peer)) return false;
      this.known.add(peer);
      return addPeer(peer, source);
    };
  }

  /** All metadata, from a .torrent file or from peers, enters the library through this method. */
  private guardMetadata(): void {
    const { torrent, options } = this;
    const onMetadata = torrent._onMetadata.bind(torrent);
    torrent._onMetadata = async (input) => {
      if (this.takingMetadata || torrent.destroyed) return;
      this.takingMetadata = true;
      try {
        const found = options.torrentFile
          ? readFile(options.torrentFile)
          : readFromSwarm(input, options.infoHash);
        torrent._startupBitfield = await findStoredPieces(options.directory, found.metadata, found.hashes);
        if (this.failure !== null) return;
        torrent.once('metadata', () => this.onMetadata(found.metadata));
        await onMetadata(input);
      } catch (error) {
        if (error instanceof ForeignMetadata) this.takingMetadata = false;
        else
          this.fail(error instanceof Error ? cleanComplaint(error.message) : 'its metadata cannot be read');
      }
    };
  }

  /** The library encodes the info dictionary again; only when that gives the same hash are we talking of one thing. */
  private onMetadata(metadata: TorrentMetadata): void {
    if (this.torrent.infoHash !== this.options.infoHash) {
      this.fail(new TorrentInvalidError('its info dictionary is not canonical bencode'));
      return;
    }
    this.metadata = metadata;
    this.changed();
  }

  private onWire(wire: Wire, address: string): void {
    const peer = this.conductKey(address);
    if (this.conduct.isBanned(peer)) {
      wire.destroy();
      return;
    }
    this.options.onActivity();
    // Small messages (requests, cancels) must not wait for the peer's delayed acknowledgement.
    this.torrent._peers?.get(address)?.conn?.setNoDelay(true);
    this.paces.set(wire, quicken(wire, peer, this.options.now));
    wire.on('piece', (piece: number) => {
      this.options.onActivity();
      this.conduct.contributed(piece, peer);
    });
  }

  /** Where peers may share an address (allowed private networks), a port belongs to who they are. */
  private conductKey(address: string): string {
    return this.options.allowPrivatePeers ? address : address.replace(/:\d+$/, '');
  }

  private onWarning(message: string): void {
    const failed = /^Piece (\d+) failed verification$/.exec(message)?.[1];
    if (failed === undefined) {
      this.trackerWarning = cleanComplaint(message);
      return;
    }
    const banned = new Set(this.conduct.pieceFailed(Number(failed)));
    for (const wire of [...this.torrent.wires]) {
      const peer = this.paces.get(wire)?.peer;
      if (peer !== undefined && banned.has(peer)) wire.destroy();
    }
  }

  private fail(error: unknown): void {
    this.failure ??= error instanceof AppError ? error : new TorrentUnplayableError(complaintOf(error));
    this.readers.close();
    this.changed();
    if (!this.torrent.destroyed) this.torrent.destroy({ destroyStore: false }, () => undefined);
  }

  private changed(): void {
    for (const look of [...this.waiters]) look();
  }

  private until(condition: () => boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (this.failure === null && !condition() && !signal.aborted) return;
        this.waiters.delete(look);
        signal.removeEventListener('abort', look);
        if (this.failure !== null) reject(this.failure);
        else resolve();
      };
      this.waiters.add(look);
      signal.addEventListener('abort', look, { once: true });
      look();
    });
  }
}

/** Metadata of another torrent: some peer's fault, not this torrent's. */
class ForeignMetadata extends Error {}

interface FoundMetadata {
  metadata: TorrentMetadata;
  hashes: Uint8Array;
}

function readFile(bytes: Uint8Array): FoundMetadata {
  return { metadata: parseTorrentFile(bytes).metadata, hashes: hashesIn(bytes) };
}

function readFromSwarm(input: unknown, infoHash: string): FoundMetadata {
  if (!(input instanceof Uint8Array)) throw new ForeignMetadata();
  const span = decodeBencode(input).spans.get('info');
  const info = input.subarray(span?.start ?? 0, span?.end ?? 0);
  if (createHash('sha1').update(info).digest('hex') !== infoHash) throw new ForeignMetadata();
  return { metadata: parseInfoDict(info, infoHash), hashes: hashesIn(input) };
}

function hashesIn(bytes: Uint8Array): Uint8Array {
  const { value } = decodeBencode(bytes);
  const info = value instanceof Map ? value.get('info') : undefined;
  const pieces = info instanceof Map ? info.get('pieces') : undefined;
  return pieces instanceof Uint8Array ? pieces : new Uint8Array();
}

function complaintOf(error: unknown): string {
  return cleanComplaint(error instanceof Error ? error.message : String(error)) || 'the engine gave it up';
}
