import type Wire from 'bittorrent-protocol';
import { AppError, NotFoundError } from '../../errors/app-error.js';
import { DialLimits } from './dial-limits.js';
import type { MetadataFetches } from './metadata-fetches.js';
import { guardMetadata } from './metadata-gate.js';
import { takeTurns } from './metadata-peer.js';
import type { OwnAddresses } from './own-addresses.js';
import { maxGoodPeers, PeerGate } from './peer-gate.js';
import { PieceFetcher } from './piece-fetcher.js';
import type { Seeding } from './seeding.js';
import { hasHash } from './stored-pieces.js';
import type { SwarmTorrent } from './swarm-shapes.js';
import { cleanComplaint } from './swarm-text.js';
import { TorrentUnplayableError } from './torrent.errors.js';
import type {
  ByteRange,
  TorrentMetadata,
  TorrentStage,
  TorrentStatus,
  UnwatchedPieces,
} from './torrent-engine.port.js';
import { type ReadPart, type ReadRequest, TorrentReaders } from './torrent-reader.js';
import type { TorrentStore } from './torrent-store.js';
import { TorrentWishes } from './torrent-wishes.js';
import { verifiedRanges } from './verified-ranges.js';
import { Waits } from './waits.js';
import { NamedWebSeeds, type NamedWebSeedsOptions } from './web-seeds/named-web-seeds.js';
import { WireGreetings } from './wire-greetings.js';

export interface JoinedTorrentOptions {
  infoHash: string;
  /** Where its pieces are kept. */
  store: TorrentStore;
  /** A .torrent file that `parseTorrentFile` took. */
  torrentFile: Uint8Array | undefined;
  webSeeds: NamedWebSeedsOptions;
  seeding: Seeding;
  /** Milliseconds until the nearest reader of another torrent stalls. */
  othersRunwayMs: () => number;
  /** Peers that served well before; dialled at once. */
  peers: readonly string[];
  allowPrivatePeers: boolean;
  /** Whether peers that speak WebRTC are taken. */
  webRtc: boolean;
  ownPeerId: string;
  ownAddresses: OwnAddresses;
  metadataFetches: MetadataFetches;
  /** Milliseconds; only differences count. */
  now: () => number;
  random: () => number;
  /** Called when a peer speaks for this torrent, to know which one was active when the process dies. */
  onActivity: () => void;
}

/** One torrent in the swarm: its state, its readers, and what stands between it and its peers. */
export class JoinedTorrent {
  metadata: TorrentMetadata | null = null;
  failure: AppError | null = null;
  /** Once pieces can be read. */
  private running: { fetcher: PieceFetcher; readers: TorrentReaders } | null = null;
  private readonly webSeeds: NamedWebSeeds;
  private hashes = new Uint8Array();
  private trackerWarning: string | null = null;
  private readonly wishes = new TorrentWishes();
  private readonly gate: PeerGate;
  private readonly greetings: WireGreetings;
  private readonly waits = new Waits(() => this.failure);

  constructor(
    readonly torrent: SwarmTorrent,
    private readonly options: JoinedTorrentOptions,
  ) {
    this.webSeeds = new NamedWebSeeds(options.webSeeds, options);
    this.gate = new PeerGate(torrent, {
      ...options,
      onDialled: (wire) => this.greetings.onConnect(wire),
    });
    this.gate.guard();
    new DialLimits(torrent, options.now).guard();
    guardMetadata(torrent, {
      ...options,
      onFound: ({ metadata, hashes }) => {
        this.hashes = hashes;
        torrent.once('metadata', () => this.onMetadata(metadata));
      },
      onFailed: (error) =>
        this.fail(error instanceof Error ? cleanComplaint(error.message) : 'its metadata cannot be read'),
      hasFailed: () => this.failure !== null,
    });
    options.seeding.guard(torrent, options.infoHash, options.othersRunwayMs);
    // What is asked of whom is the fetcher's business alone.
    torrent._update = () => undefined;
    this.greetings = new WireGreetings(torrent);
    // The library takes no peers before it knows what they are for.
    torrent.once('infoHash', () => {
      for (const peer of options.peers.slice(0, maxGoodPeers)) torrent.addPeer(peer, 'remembered');
      // With a .torrent file it would ask its trackers only when it has looked at what is on disk.
      torrent._startDiscovery();
    });
    torrent.on('ready', () => this.onReady());
    torrent.on('error', (error: unknown) => this.fail(error));
    torrent.on('warning', (error: Error | string) =>
      this.onWarning(typeof error === 'string' ? error : error.message),
    );
    torrent.on('trackerAnnounce', () => (this.trackerWarning = null));
    torrent.on('wire', (wire: Wire, address?: string) => this.onWire(wire, address ?? ''));
  }

  /** Further servers that keep its files. */
  addWebSeeds(urls: readonly string[]): void {
    this.webSeeds.add(urls);
  }

  /** Readers open now. */
  get readerCount(): number {
    return this.running?.readers.count ?? 0;
  }

  /** Milliseconds until the reader nearest to it stalls; infinite without readers. */
  get runwayMs(): number {
    return this.running?.fetcher.runwayMs ?? Number.POSITIVE_INFINITY;
  }

  /** Bytes of partial pieces in memory. */
  get heldBytes(): number {
    return this.running?.fetcher.heldBytes ?? 0;
  }

  /** Reads bytes of the torrent as they come, once pieces can be read. */
  async *read(request: ReadRequest, signal: AbortSignal): AsyncGenerator<ReadPart, void, void> {
    if (this.running) yield* this.running.readers.read(request, signal);
  }

  /** Peers we dialled that have sent film, best first. */
  goodPeers(): string[] {
    return this.metadata?.isPrivate === false ? this.gate.goodPeers() : [];
  }

  status(): Omit<TorrentStatus, 'lateMs'> {
    const { torrent } = this;
    return {
      infoHash: this.options.infoHash,
      stage: this.stage(),
      failure: this.failure?.message ?? null,
      peers: torrent.wires.length,
      kinds: {
        seeders: torrent.wires.filter(({ isSeeder }) => isSeeder).length,
        willing: torrent.wires.filter(({ peerChoking }) => !peerChoking).length,
        silent: this.running?.fetcher.silentPeers ?? 0,
        incoming: torrent.wires.filter(({ type }) => type === 'tcpIncoming').length,
      },
      webSeeds: this.webSeeds.count,
      webSeedTrouble: this.webSeeds.trouble,
      unstoredBytes: this.running?.fetcher.unstoredBytes ?? 0,
      peersKnown: this.gate.knownCount,
      trackerWarning: this.trackerWarning,
      downloadBytesPerSecond: torrent.destroyed ? 0 : Math.round(torrent.downloadSpeed),
      uploadBytesPerSecond: torrent.destroyed ? 0 : Math.round(torrent.uploadSpeed),
      storageTrouble: this.running?.fetcher.storageTrouble ?? null,
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
    return verifiedRanges(file, metadata.pieceLength, (piece) => torrent.bitfield?.get(piece) === true);
  }

  /** Waits until pieces can be read; throws when the torrent fails, and ends quietly when `signal` fires. */
  untilReady(signal: AbortSignal): Promise<void> {
    return this.waits.until(() => this.running !== null, signal);
  }

  /** Waits for the metadata; throws when the torrent fails, and ends quietly when `signal` fires. */
  untilMetadata(signal: AbortSignal): Promise<void> {
    return this.waits.until(() => this.metadata !== null, signal);
  }

  /** Leaves the swarm. */
  leave(): Promise<void> {
    this.failure ??= new NotFoundError('Torrent');
    this.end();
    if (this.torrent.destroyed) return Promise.resolve();
    return new Promise((resolve) => this.torrent.destroy({ destroyStore: false }, () => resolve()));
  }

  /** Gives back the room of what nobody is watching; answers its bytes. */
  async forgetPieces(which: UnwatchedPieces): Promise<number> {
    const { metadata, running, torrent, failure } = this;
    this.wishes.giveUpWhole();
    if (!metadata || !running || failure !== null) return 0;
    const pieces = running.fetcher.surplus(metadata, which);
    // First: from now on nobody is told that they are here.
    for (const piece of pieces) running.fetcher.lost(piece);
    const left = await this.options.store.evict(pieces);
    for (const piece of left) if (!torrent.destroyed) running.fetcher.found(piece);
    return pieces.reduce((sum, piece) => sum + running.fetcher.bytesOf(piece), 0);
  }

  /** Somebody is about to read the file from its start; null for the one that would be chosen. */
  expectReader(fileIndex: number | null): void {
    this.wishes.expectReader(fileIndex);
  }

  /** Fetches the rest of a file too, while nobody is short of film. */
  fetchWhole(fileIndex: number): void {
    this.wishes.fetchWhole(fileIndex);
  }

  private stage(): TorrentStage {
    if (this.failure !== null) return 'failed';
    if (this.metadata) return 'ready';
    return this.torrent.wires.length > 0 ? 'fetching-metadata' : 'finding-peers';
  }

  private onMetadata(metadata: TorrentMetadata): void {
    this.metadata = metadata;
    this.waits.changed();
  }

  private onReady(): void {
    const { metadata, torrent, hashes } = this;
    if (!metadata) return;
    const { length, pieceLength } = metadata;
    const { now, random } = this.options;
    const fetcher = new PieceFetcher(torrent, {
      length,
      pieceLength,
      hashes,
      now,
      random,
      reusesMemory: this.options.store.isDoneWithPuts,
      othersRunwayMs: this.options.othersRunwayMs,
      onBanned: (wire) => this.gate.ban(wire),
    });
    this.options.store.bind({
      onLost: (piece) => fetcher.lost(piece),
      isWanted: (piece) => fetcher.isWanted(piece),
      isIntact: (piece, chunk) => hasHash(hashes, piece, chunk),
    });
    const readers = new TorrentReaders(torrent, fetcher);
    this.running = { fetcher, readers };
    this.wishes.begin({ metadata, fetcher, readers });
    this.greetings.onReady();
    for (const wire of torrent.wires) fetcher.join(wire, this.gate.roundTripOf(wire));
    const file = this.torrentFile();
    if (file) this.webSeeds.begin(file, metadata, fetcher);
    this.waits.changed();
  }

  private onWire(wire: Wire, address: string): void {
    const { infoHash, metadataFetches, onActivity } = this.options;
    if (!this.gate.admit(wire, address)) return;
    onActivity();
    takeTurns(wire, infoHash, metadataFetches);
    // Small messages (requests, cancels) must not wait for the peer's delayed acknowledgement.
    this.torrent._peers?.get(address)?.conn?.setNoDelay(true);
    wire.on('piece', onActivity);
    this.greetings.onHandshake(wire);
    this.running?.fetcher.join(wire, this.gate.roundTripOf(wire));
  }

  private onWarning(message: string): void {
    this.trackerWarning = cleanComplaint(message);
  }

  private end(): void {
    this.webSeeds.close();
    this.running?.fetcher.close();
    this.running?.readers.close();
    this.waits.changed();
  }

  private fail(error: unknown): void {
    this.failure ??= error instanceof AppError ? error : new TorrentUnplayableError(complaintOf(error));
    this.end();
    if (!this.torrent.destroyed) this.torrent.destroy({ destroyStore: false }, () => undefined);
  }
}

function complaintOf(error: unknown): string {
  return cleanComplaint(error instanceof Error ? error.message : String(error)) || 'the engine gave it up';
}
