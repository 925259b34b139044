import type { ChunkStores } from '../../chunk-stores/chunk-stores.js';
import { NotFoundError } from '../../errors/app-error.js';
import { WebSeedHttp, type WebSeedSettings } from '../../http-client/web-seed-http.js';
import type { EngineOutput } from './engine-protocol.js';
import { JoinedTorrent } from './joined-torrent.js';
import { Lateness } from './lateness.js';
import { MetadataFetches } from './metadata-fetches.js';
import { publicOnlyAgent } from './network-guard.js';
import { OwnAddresses } from './own-addresses.js';
import { Seeding } from './seeding.js';
import { closeSwarmClient, describeForLibrary, openSwarmClient, takeShare } from './swarm-client.js';
import type { SwarmClient } from './swarm-shapes.js';
import { EngineUnavailableError, MetadataTimeoutError, TorrentUnplayableError } from './torrent.errors.js';
import type {
  ByteRange,
  FileProgress,
  TorrentEngine,
  TorrentMetadata,
  TorrentSpec,
  TorrentStatus,
  UnwatchedPieces,
} from './torrent-engine.port.js';
import { parseTorrentFile } from './torrent-file.js';
import type { ReadPart } from './torrent-reader.js';
import { TorrentStore } from './torrent-store.js';
import { usableTrackers } from './tracker-urls.js';
import type { TrafficRules } from './traffic-rules.js';
import type { WebRtcSettings } from './webrtc-hardening.js';

export interface WebTorrentEngineOptions {
  /** Where pieces are kept. */
  stores: ChunkStores;
  /** Whether to find peers through the DHT (BEP 5). */
  dht: boolean;
  /** TCP port for peers; a free one when left out. */
  port?: number | undefined;
  /** Whether peers and trackers on private addresses and low ports are dialled and accepted. */
  allowPrivatePeers: boolean;
  /** How web seeds (BEP 19) are asked; not at all when left out. */
  webSeeds?: WebSeedSettings | undefined;
  /** WebRTC peers are spoken to as well, found through WebSocket trackers. */
  webRtc?: WebRtcSettings | undefined;
  /** Nobody is looked for: what is on disk can be read, and nothing else. */
  offline?: boolean;
  /** Milliseconds; only differences count. */
  now?: () => number;
}

export interface FileReadRequest {
  infoHash: string;
  fileIndex: number;
  range: ByteRange;
  /** What the film takes; unknown when left out. */
  bytesPerSecond?: number | undefined;
  signal: AbortSignal;
}

/** Bytes at the end of a file fetched early when it is read from its start: many containers keep their index there. */
const indexBytes = 256 * 1024;

/**
 * WebTorrent behind the engine port, with what strangers send and name checked before it gets there. It runs in the engine's own
 * process; the server talks to it through supervised.engine.ts.
 */
export class WebTorrentEngine implements TorrentEngine {
  private readonly joined = new Map<string, JoinedTorrent>();
  private readonly joining = new Map<string, Promise<void>>();
  private readonly now: () => number;
  private readonly ownAddresses = new OwnAddresses(() => this.port);
  private readonly lateness = new Lateness();
  private readonly metadataFetches: MetadataFetches;
  private readonly seeding: Seeding;
  private webSeedHttp: WebSeedHttp | null = null;
  private client: SwarmClient | null = null;
  private active: string | null = null;

  constructor(private readonly options: WebTorrentEngineOptions) {
    this.now = options.now ?? (() => performance.now());
    this.metadataFetches = new MetadataFetches(this.now);
    this.seeding = new Seeding(() => new Date());
  }

  /** Listens for peers. Throws what listening throws, such as EADDRINUSE. */
  async start(): Promise<void> {
    const { dht, offline = false, port = 0, allowPrivatePeers, webRtc } = this.options;
    this.client = await openSwarmClient({ dht: dht && !offline, port, allowPrivatePeers, webRtc });
    if (this.options.webSeeds && !offline)
      this.webSeedHttp = new WebSeedHttp(this.options.webSeeds, publicOnlyAgent({ maxBytes: -1 }));
    this.lateness.start();
  }

  /** Calls back when the client can no longer work; nothing can be joined afterwards. */
  onFatalError(callback: (error: Error) => void): void {
    this.client?.on('error', callback);
  }

  /** Changes how much of the line may be taken, once it has started. */
  useTraffic({ uploadLimit = -1, downloadLimit = -1, seeding = {} }: TrafficRules): void {
    this.client?.throttleUpload(uploadLimit);
    this.client?.throttleDownload(downloadLimit);
    this.seeding.use(seeding);
  }

  /** Leaves all swarms and closes every connection. */
  async stop(): Promise<void> {
    const { client } = this;
    this.client = null;
    this.lateness.stop();
    await Promise.all([...this.joined.values()].map((torrent) => torrent.leave()));
    this.joined.clear();
    await this.webSeedHttp?.close();
    if (client) await closeSwarmClient(client);
  }

  /** TCP port peers can reach, once started. */
  get port(): number {
    return this.client?.torrentPort ?? 0;
  }

  /** The torrent whose peers or readers last did something. */
  get lastActive(): string | null {
    return this.active;
  }

  async add(spec: TorrentSpec): Promise<void> {
    const known = this.joined.get(spec.infoHash);
    if (known && known.failure === null) {
      known.addWebSeeds(spec.webSeeds ?? []);
      return;
    }
    const running = this.joining.get(spec.infoHash);
    const joining = running ?? this.join(spec).finally(() => this.joining.delete(spec.infoHash));
    this.joining.set(spec.infoHash, joining);
    await joining;
  }

  async waitForMetadata(
    infoHash: string,
    { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal },
  ): Promise<TorrentMetadata> {
    const torrent = this.get(infoHash);
    const timeout = AbortSignal.timeout(timeoutMs);
    await torrent.untilMetadata(signal ? AbortSignal.any([signal, timeout]) : timeout);
    if (torrent.metadata) return torrent.metadata;
    signal?.throwIfAborted();
    throw new MetadataTimeoutError(Math.ceil(timeoutMs / 1000));
  }

  torrentFile(infoHash: string): Promise<Uint8Array | null> {
    return Promise.resolve(this.joined.get(infoHash)?.torrentFile() ?? null);
  }

  async *read(request: FileReadRequest): AsyncGenerator<Uint8Array, void, void> {
    for await (const part of this.readParts(request, false)) if (part instanceof Uint8Array) yield part;
  }

  /**
   * As `read`, but with `takesStored` what lies on disk may be told as a range of the file, which is then to be read from
   * `<info-hash>/<file index>.bin` of a store of plain files, at the same offset.
   */
  async *readParts(request: FileReadRequest, takesStored: boolean): AsyncGenerator<ReadPart, void, void> {
    const { infoHash, fileIndex, range, bytesPerSecond = null, signal } = request;
    const torrent = this.get(infoHash);
    this.active = infoHash;
    await torrent.untilReady(signal);
    const file = torrent.metadata?.files[fileIndex];
    if (signal.aborted) return;
    if (!file) throw new TorrentUnplayableError(`the torrent has no file ${fileIndex}`);
    const start = file.offset + Math.max(0, range.start);
    const end = file.offset + Math.min(file.length, range.end);
    const isOver = () => signal.aborted;
    let position = start;
    const tailBytes = start === file.offset && end === file.offset + file.length ? indexBytes : 0;
    for await (const part of torrent.read({ start, end, tailBytes, bytesPerSecond, takesStored }, signal)) {
      this.active = infoHash;
      if (part instanceof Uint8Array) {
        position += part.length;
        yield part;
      } else {
        position = part.end;
        yield { start: part.start - file.offset, end: part.end - file.offset };
      }
    }
    if (position >= end || isOver()) return;
    throw torrent.failure ?? new EngineUnavailableError();
  }

  status(infoHash: string): Promise<TorrentStatus | null> {
    const status = this.joined.get(infoHash)?.status();
    return Promise.resolve(status ? { ...status, lateMs: this.lateness.ms } : null);
  }

  goodPeers(infoHash: string): Promise<readonly string[]> {
    return Promise.resolve(this.joined.get(infoHash)?.goodPeers() ?? []);
  }

  progress(infoHash: string, fileIndex: number): Promise<FileProgress> {
    const ranges = this.joined.get(infoHash)?.verifiedRanges(fileIndex) ?? [];
    return Promise.resolve({
      downloadedBytes: ranges.reduce((sum, { start, end }) => sum + end - start, 0),
      ranges,
    });
  }

  async remove(infoHash: string, { deleteData = false }: { deleteData?: boolean } = {}): Promise<void> {
    const torrent = this.joined.get(infoHash);
    this.joined.delete(infoHash);
    await torrent?.leave();
    if (deleteData) await this.options.stores.erase(infoHash);
  }

  forgetPieces(infoHash: string, which: UnwatchedPieces): Promise<number> {
    return this.joined.get(infoHash)?.forgetPieces(which) ?? Promise.resolve(0);
  }

  expectReader(infoHash: string, fileIndex: number | null): Promise<void> {
    this.joined.get(infoHash)?.expectReader(fileIndex);
    return Promise.resolve();
  }

  fetchWhole(infoHash: string, fileIndex: number): Promise<void> {
    this.joined.get(infoHash)?.fetchWhole(fileIndex);
    return Promise.resolve();
  }

  /** Readers, blocks asked of peers and not yet answered, bytes of partial pieces in memory; for diagnosis and tests. */
  counters(infoHash: string): EngineOutput<'counters'> {
    const torrent = this.joined.get(infoHash);
    if (!torrent) return null;
    return {
      readers: torrent.readerCount,
      requests: torrent.torrent.wires.reduce((sum, wire) => sum + wire.requests.length, 0),
      heldBytes: torrent.heldBytes,
    };
  }

  private async join(spec: TorrentSpec): Promise<void> {
    const { infoHash, torrentFile } = spec;
    const { offline = false, allowPrivatePeers, webRtc } = this.options;
    const announce = offline ? [] : usableTrackers(spec.announce, allowPrivatePeers, webRtc !== undefined);
    const described = torrentFile ? describeForLibrary(infoHash, torrentFile) : { infoHash };
    const { client } = this;
    if (!client) throw new EngineUnavailableError();
    const failed = this.joined.get(infoHash);
    await failed?.leave();
    const store = new TorrentStore(this.options.stores, infoHash);
    // Only what is named here enters: no peers and no other addresses out of the torrent. Its web seeds are asked by us.
    const torrent = client.add(
      { ...described, announce, urlList: [] },
      {
        deselect: true,
        store: store.forLibrary,
        // Our store keeps what is being written; the library's cache holds up to 20 pieces of any size.
        storeCacheSlots: 0,
      },
    );
    this.joined.set(
      infoHash,
      new JoinedTorrent(torrent, {
        infoHash,
        store,
        torrentFile,
        peers: spec.peers ?? [],
        webSeeds: {
          urls: webSeedsOf(spec),
          http: this.webSeedHttp,
          pace: (bytes) => takeShare(client, bytes),
        },
        seeding: this.seeding,
        othersRunwayMs: () =>
          Math.min(
            ...[...this.joined].filter(([other]) => other !== infoHash).map(([, { runwayMs }]) => runwayMs),
          ),
        allowPrivatePeers: this.options.allowPrivatePeers,
        webRtc: webRtc !== undefined,
        ownPeerId: client.peerId,
        ownAddresses: this.ownAddresses,
        metadataFetches: this.metadataFetches,
        now: this.now,
        random: Math.random,
        onActivity: () => (this.active = infoHash),
      }),
    );
  }

  private get(infoHash: string): JoinedTorrent {
    const torrent = this.joined.get(infoHash);
    if (!torrent) throw new NotFoundError('Torrent');
    return torrent;
  }
}

function webSeedsOf({ webSeeds = [], torrentFile }: TorrentSpec): string[] {
  return [...webSeeds, ...(torrentFile ? parseTorrentFile(torrentFile).webSeeds : [])];
}
