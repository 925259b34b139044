import { EventEmitter, once } from 'node:events';
import { MetadataTimeoutError } from '../services/torrent/torrent.errors.js';
import type {
  ByteRange,
  FileProgress,
  TorrentEngine,
  TorrentMetadata,
  TorrentReader,
  TorrentSpec,
  TorrentStatus,
  UnwatchedPieces,
} from '../services/torrent/torrent-engine.port.js';

/** A torrent the engine will find, with its one film. */
export interface SwarmFilm {
  torrentFile: Uint8Array;
  metadata: TorrentMetadata;
  bytes: Uint8Array;
}

/** The port of the torrent engine over bytes in memory: a swarm that describes and delivers when the test says so. */
export class MemoryTorrentEngine implements TorrentEngine {
  /** What is told of every torrent besides. */
  trouble: Partial<TorrentStatus> = {};
  readonly joined = new Map<string, TorrentSpec>();
  readonly removed: string[] = [];
  readonly fetchedWhole: { infoHash: string; fileIndex: number }[] = [];
  /** Torrents a reader was announced for. */
  readonly expected: string[] = [];
  /** Peers said to have served well. */
  servedBy: readonly string[] = [];
  /** Readers that have begun and not ended. */
  openReaders = 0;
  /** What was asked to be read, in order. */
  readonly ranges: ByteRange[] = [];
  private readonly films = new Map<string, SwarmFilm>();
  private readonly described = new Set<string>();
  private readonly delivered = new Map<string, number>();
  private readonly changed = new EventEmitter();

  constructor(films: readonly SwarmFilm[]) {
    for (const film of films) this.learn(film);
    this.changed.setMaxListeners(0);
  }

  learn(film: SwarmFilm): void {
    this.films.set(film.metadata.infoHash, film);
  }

  /** A peer sends the metadata. */
  describe(infoHash: string): void {
    this.described.add(infoHash);
    this.changed.emit('change');
  }

  /** Peers have sent everything up to `end`. */
  deliver(infoHash: string, end = Number.POSITIVE_INFINITY): void {
    this.describe(infoHash);
    this.delivered.set(infoHash, end);
    this.changed.emit('change');
  }

  add(spec: TorrentSpec): Promise<void> {
    this.joined.set(spec.infoHash, spec);
    return Promise.resolve();
  }

  async waitForMetadata(
    infoHash: string,
    options: { timeoutMs: number; signal?: AbortSignal },
  ): Promise<TorrentMetadata> {
    const signal = AbortSignal.any([
      AbortSignal.timeout(options.timeoutMs),
      ...(options.signal ? [options.signal] : []),
    ]);
    for (;;) {
      const metadata = this.metadataOf(infoHash);
      if (metadata) return metadata;
      await once(this.changed, 'change', { signal }).catch(() => {
        throw new MetadataTimeoutError(options.timeoutMs / 1000);
      });
    }
  }

  torrentFile(infoHash: string): Promise<Uint8Array | null> {
    const isDescribed = this.metadataOf(infoHash) !== null;
    return Promise.resolve((isDescribed && this.films.get(infoHash)?.torrentFile) || null);
  }

  async *read({
    infoHash,
    range,
    signal,
  }: {
    infoHash: string;
    range: ByteRange;
    signal: AbortSignal;
  }): TorrentReader {
    this.openReaders += 1;
    this.ranges.push(range);
    try {
      const bytes = this.films.get(infoHash)?.bytes ?? new Uint8Array();
      for (let at = range.start; at < range.end; ) {
        signal.throwIfAborted();
        const end = Math.min(range.end, at + 16_384, this.delivered.get(infoHash) ?? 0);
        if (end > at) {
          yield bytes.subarray(at, end);
          at = end;
        } else {
          await once(this.changed, 'change', { signal });
        }
      }
    } finally {
      this.openReaders -= 1;
      this.changed.emit('readers');
    }
  }

  /** Settles when nobody reads any more. */
  async idle(): Promise<void> {
    while (this.openReaders > 0) await once(this.changed, 'readers');
  }

  /** Settles when the torrent has been left. */
  async left(infoHash: string): Promise<void> {
    while (!this.removed.includes(infoHash)) await once(this.changed, 'left');
  }

  status(infoHash: string): Promise<TorrentStatus | null> {
    if (!this.joined.has(infoHash)) return Promise.resolve(null);
    const metadata = this.metadataOf(infoHash);
    return Promise.resolve({
      infoHash,
      stage: metadata ? 'ready' : 'finding-peers',
      failure: null,
      peers: metadata ? 2 : 0,
      kinds: { seeders: 0, willing: metadata ? 2 : 0, silent: 0, incoming: 0 },
      webSeeds: 0,
      webSeedTrouble: null,
      unstoredBytes: 0,
      lateMs: 0,
      peersKnown: 3,
      trackerWarning: null,
      downloadBytesPerSecond: 0,
      uploadBytesPerSecond: 0,
      storageTrouble: null,
      metadata,
      ...this.trouble,
    });
  }

  progress(infoHash: string): Promise<FileProgress> {
    const end = Math.min(this.delivered.get(infoHash) ?? 0, this.films.get(infoHash)?.bytes.length ?? 0);
    return Promise.resolve({ downloadedBytes: end, ranges: end > 0 ? [{ start: 0, end }] : [] });
  }

  goodPeers(): Promise<readonly string[]> {
    return Promise.resolve(this.servedBy);
  }

  expectReader(infoHash: string): Promise<void> {
    this.expected.push(infoHash);
    return Promise.resolve();
  }

  fetchWhole(infoHash: string, fileIndex: number): Promise<void> {
    this.fetchedWhole.push({ infoHash, fileIndex });
    return Promise.resolve();
  }

  forgetPieces(_infoHash: string, _which: UnwatchedPieces): Promise<number> {
    return Promise.resolve(0);
  }

  remove(infoHash: string): Promise<void> {
    this.joined.delete(infoHash);
    this.removed.push(infoHash);
    this.changed.emit('left');
    return Promise.resolve();
  }

  private metadataOf(infoHash: string): TorrentMetadata | null {
    if (!this.described.has(infoHash)) return null;
    return this.films.get(infoHash)?.metadata ?? null;
  }
}
