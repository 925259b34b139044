import { createHash } from 'node:crypto';
import type Wire from 'bittorrent-protocol';
import { AppError, NotFoundError } from '../../errors/app-error.js';
import type { WebSeedHttp } from '../../http-client/web-seed-http.js';
import { BannedPeers } from './banned-peers.js';
import { decodeBencode } from './bencode.js';
import { DialLimits, maxPeers } from './dial-limits.js';
import type { MetadataFetches } from './metadata-fetches.js';
import { takeTurns } from './metadata-peer.js';
import type { OwnAddresses } from './own-addresses.js';
import { mayDial } from './peer-addresses.js';
import { PieceFetcher } from './piece-fetcher.js';
import { choosePlayableFile } from './playable-file.js';
import type { Seeding } from './seeding.js';
import { findStoredPieces, hasHash } from './stored-pieces.js';
import type { SwarmTorrent } from './swarm-shapes.js';
import { cleanComplaint } from './swarm-text.js';
import { TorrentInvalidError, TorrentUnplayableError } from './torrent.errors.js';
import type {
  ByteRange,
  TorrentFile,
  TorrentMetadata,
  TorrentStage,
  TorrentStatus,
  UnwatchedPieces,
} from './torrent-engine.port.js';
import { parseInfoDict, parseTorrentFile, pieceHashesIn } from './torrent-file.js';
import { type ReadPart, type ReadRequest, TorrentReaders } from './torrent-reader.js';
import type { TorrentStore } from './torrent-store.js';
import { maxPeersPerAnswer } from './tracker-answer.js';
import { SeedLayout } from './web-seeds/seed-layout.js';
import type { BlockSource } from './web-seeds/web-seed.js';
import { WebSeeds } from './web-seeds/web-seeds.js';
import { WireGreetings } from './wire-greetings.js';

/** Peer addresses remembered for one torrent; trackers and peers can name millions. */
const maxKnownPeers = 1_000;
/** Peers remembered and dialled at once. */
const maxGoodPeers = 30;

export interface JoinedTorrentOptions {
  infoHash: string;
  /** Where its pieces are kept. */
  store: TorrentStore;
  /** A .torrent file that `parseTorrentFile` took. */
  torrentFile: Uint8Array | undefined;
  webSeeds: {
    urls: readonly string[];
    /** Null when web seeds are not asked. */
    http: WebSeedHttp | null;
    /** Waits until so many bytes may be taken. */
    pace: (bytes: number) => Promise<void>;
  };
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
  private webSeeds: WebSeeds | null = null;
  private readonly webSeedUrls: string[];
  private hashes = new Uint8Array();
  private trackerWarning: string | null = null;
  private takingMetadata = false;
  /** The file to be fetched whole; null when there is none, or no room for one. */
  private wholeFile: number | null = null;
  private hasGivenBack = false;
  /** A file that is about to be read from its start, until that can begin. */
  private expected: { fileIndex: number | null } | null = null;
  /** Peers in the tracker's answer that is being read. */
  private namedByTracker = 0;
  /** Addresses heard of, and when each was first dialled. */
  private readonly known = new Map<string, number>();
  private readonly banned = new BannedPeers();
  private readonly greetings: WireGreetings;
  private readonly addresses = new WeakMap<Wire, string>();
  private readonly roundTrips = new WeakMap<Wire, number | null>();
  private readonly waiters = new Set<() => void>();

  constructor(
    readonly torrent: SwarmTorrent,
    private readonly options: JoinedTorrentOptions,
  ) {
    this.webSeedUrls = [...options.webSeeds.urls];
    this.guardPeers();
    new DialLimits(torrent, options.now).guard();
    this.guardMetadata();
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
    torrent.on('trackerAnnounce', () => {
      this.trackerWarning = null;
      this.namedByTracker = 0;
    });
    torrent.on('wire', (wire: Wire, address?: string) => this.onWire(wire, address ?? ''));
  }

  /** Further servers that keep its files. */
  addWebSeeds(urls: readonly string[]): void {
    this.webSeedUrls.push(...urls);
    this.webSeeds?.add(urls);
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
    if (this.metadata?.isPrivate !== false) return [];
    return this.torrent.wires
      .filter(({ type, downloaded }) => type === 'tcpOutgoing' && downloaded > 0)
      .sort((a, b) => b.downloaded - a.downloaded)
      .flatMap((wire) => this.addresses.get(wire) ?? [])
      .slice(0, maxGoodPeers);
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
      webSeeds: this.webSeeds?.count ?? 0,
      webSeedTrouble: this.webSeeds?.trouble ?? null,
      unstoredBytes: this.running?.fetcher.unstoredBytes ?? 0,
      peersKnown: this.known.size,
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
    return this.until(() => this.running !== null, signal);
  }

  /** Waits for the metadata; throws when the torrent fails, and ends quietly when `signal` fires. */
  untilMetadata(signal: AbortSignal): Promise<void> {
    return this.until(() => this.metadata !== null, signal);
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
    // There is too little room for what nobody is about to watch, and what was given back would only come again.
    this.hasGivenBack = true;
    this.aimAtWhole();
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
    this.expected = { fileIndex };
    this.beginExpected();
  }

  private beginExpected(): void {
    const { expected, metadata, running } = this;
    if (!expected || !metadata || !running) return;
    this.expected = null;
    const file = findFile(metadata, expected.fileIndex);
    if (file) running.readers.expect(file);
  }

  /** Fetches the rest of a file too, while nobody is short of film. */
  fetchWhole(fileIndex: number): void {
    this.wholeFile = fileIndex;
    this.aimAtWhole();
  }

  private aimAtWhole(): void {
    const file = this.hasGivenBack ? undefined : this.metadata?.files[this.wholeFile ?? -1];
    this.running?.fetcher.aimAt(file ? { start: file.offset, end: file.offset + file.length } : null);
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
      if (typeof peer !== 'string') return this.takeWebRtc(peer, () => addPeer(peer, source));
      if (this.torrent.destroyed) return false;
      // Answers by UDP come here uncut.
      if (source === 'tracker' && ++this.namedByTracker > maxPeersPerAnswer) return false;
      const { allowPrivatePeers, ownAddresses, now } = this.options;
      if (!mayDial(peer, allowPrivatePeers) || ownAddresses.has(peer)) return false;
      if (this.banned.has(this.banKey(peer))) return false;
      if (!this.known.has(peer)) {
        if (this.known.size >= maxKnownPeers) return false;
        this.known.set(peer, now());
      }
      const isAdded = addPeer(peer, source);
      const entry = isAdded ? this.torrent._peers?.get(peer) : undefined;
      // The library makes the wire and sends the handshake right after it has told of the connection.
      entry?.once('connect', () => queueMicrotask(() => entry.wire && this.greetings.onConnect(entry.wire)));
      return isAdded;
    };
  }

  /** A peer that speaks WebRTC, met at a tracker; where it is has been looked at there. */
  private takeWebRtc(peer: { destroy(): void }, add: () => boolean): boolean {
    if (this.options.webRtc && !this.torrent.destroyed && this.torrent._peersLength < maxPeers) return add();
    peer.destroy();
    return false;
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
        torrent._startupBitfield = await findStoredPieces(options.store.stores, found.metadata, found.hashes);
        if (this.failure !== null) return;
        const { hashes } = found;
        options.store.checkBy((piece, chunk) => hasHash(hashes, piece, chunk));
        this.hashes = new Uint8Array(found.hashes);
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
      onBanned: (wire) => this.onBanned(wire),
    });
    this.options.store.bind({
      onLost: (piece) => fetcher.lost(piece),
      isWanted: (piece) => fetcher.isWanted(piece),
      isIntact: (piece, chunk) => hasHash(hashes, piece, chunk),
    });
    this.running = { fetcher, readers: new TorrentReaders(torrent, fetcher) };
    this.aimAtWhole();
    this.beginExpected();
    this.greetings.onReady();
    for (const wire of torrent.wires) fetcher.join(wire, this.roundTrips.get(wire) ?? null);
    this.startWebSeeds(fetcher, metadata);
    this.changed();
  }

  private startWebSeeds(fetcher: PieceFetcher, { length, pieceLength }: TorrentMetadata): void {
    const { webSeeds, now, random } = this.options;
    const file = this.torrentFile();
    if (!webSeeds.http || !file) return;
    const { http, pace } = webSeeds;
    const join = (source: BlockSource, onGone: () => void) => fetcher.joinSource(source, onGone);
    const layout = SeedLayout.read(file);
    this.webSeeds = new WebSeeds({ layout, length, pieceLength, http, pace, now, random, join });
    this.webSeeds.add(this.webSeedUrls);
  }

  private onWire(wire: Wire, address: string): void {
    const { infoHash, metadataFetches, onActivity, ownPeerId, ownAddresses, now } = this.options;
    if (wire.peerId === ownPeerId) {
      if (this.known.delete(address)) ownAddresses.learn(address);
      wire.destroy();
      return;
    }
    if (this.banned.has(this.banKey(address))) {
      wire.destroy();
      return;
    }
    onActivity();
    takeTurns(wire, infoHash, metadataFetches);
    // Small messages (requests, cancels) must not wait for the peer's delayed acknowledgement.
    this.torrent._peers?.get(address)?.conn?.setNoDelay(true);
    this.addresses.set(wire, address);
    const dialled = this.known.get(address);
    // Connecting is a round trip, the handshake another.
    const roundTrip = dialled === undefined ? null : (now() - dialled) / 2;
    // Only the first connection was dialled when the address was heard of.
    if (dialled !== undefined) this.known.set(address, Number.NaN);
    const roundTripMs = roundTrip === null || Number.isNaN(roundTrip) ? null : roundTrip;
    this.roundTrips.set(wire, roundTripMs);
    wire.on('piece', onActivity);
    this.greetings.onHandshake(wire);
    this.running?.fetcher.join(wire, roundTripMs);
  }

  /** Where peers may share an address (allowed private networks), a port belongs to who they are. */
  private banKey(address: string): string {
    return this.options.allowPrivatePeers ? address : address.replace(/:\d+$/, '');
  }

  private onWarning(message: string): void {
    this.trackerWarning = cleanComplaint(message);
  }

  private onBanned(wire: Wire): void {
    const address = this.addresses.get(wire);
    if (address !== undefined) this.banned.add(this.banKey(address));
    wire.destroy();
  }

  private end(): void {
    this.webSeeds?.close();
    this.running?.fetcher.close();
    this.running?.readers.close();
    this.changed();
  }

  private fail(error: unknown): void {
    this.failure ??= error instanceof AppError ? error : new TorrentUnplayableError(complaintOf(error));
    this.end();
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

function findFile(metadata: TorrentMetadata, fileIndex: number | null): TorrentFile | null {
  try {
    return choosePlayableFile(metadata, fileIndex);
  } catch {
    // Whoever wants to play it is told so elsewhere.
    return null;
  }
}

/** Metadata of another torrent: some peer's fault, not this torrent's. */
class ForeignMetadata extends Error {}

interface FoundMetadata {
  metadata: TorrentMetadata;
  hashes: Uint8Array;
}

function readFile(bytes: Uint8Array): FoundMetadata {
  return { metadata: parseTorrentFile(bytes).metadata, hashes: pieceHashesIn(bytes) };
}

function readFromSwarm(input: unknown, infoHash: string): FoundMetadata {
  if (!(input instanceof Uint8Array)) throw new ForeignMetadata();
  const span = decodeBencode(input).spans.get('info');
  const info = input.subarray(span?.start ?? 0, span?.end ?? 0);
  if (createHash('sha1').update(info).digest('hex') !== infoHash) throw new ForeignMetadata();
  return { metadata: parseInfoDict(info, infoHash), hashes: pieceHashesIn(input) };
}

function complaintOf(error: unknown): string {
  return cleanComplaint(error instanceof Error ? error.message : String(error)) || 'the engine gave it up';
}
