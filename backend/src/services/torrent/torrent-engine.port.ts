// What Kinora needs of a BitTorrent engine. It runs in a child process (docs/decisions/0002), so everything
// here survives being sent between processes, and nothing here names WebTorrent.

/** A torrent to join. Nothing in it comes unchecked from a user, a swarm or an indexer. */
export interface TorrentSpec {
  /** 40 lower-case hex digits (BEP 3). */
  infoHash: string;
  /** The .torrent file, already through `parseTorrentFile`; without it metadata comes from the swarm (BEP 9). */
  torrentFile?: Uint8Array;
  /** Tracker addresses: http, https, udp, ws or wss. */
  announce: readonly string[];
  /** Servers that keep its files (BEP 19), besides those its .torrent file names. */
  webSeeds?: readonly string[];
  /** Peers that served well before, as `host:port`; dialled at once. */
  peers?: readonly string[];
}

export interface TorrentFile {
  index: number;
  /** Display text only: it never becomes a path on disk. */
  name: string;
  /** Display path, its parts joined by `/`. */
  path: string;
  /** Bytes. */
  length: number;
  /** Where it begins in the torrent, in bytes. */
  offset: number;
  /** Zeros between two files (BEP 47): never shown, never played. */
  isPadding?: boolean | undefined;
}

export interface TorrentMetadata {
  infoHash: string;
  name: string;
  /** Bytes; 16 KiB to 64 MiB. */
  pieceLength: number;
  /** Sum of the files, bytes. */
  length: number;
  files: readonly TorrentFile[];
  /** BEP 27: no DHT, no peer exchange. */
  isPrivate: boolean;
}

/** Half-open byte range. */
export interface ByteRange {
  start: number;
  end: number;
}

export type TorrentStage = 'starting' | 'finding-peers' | 'fetching-metadata' | 'ready' | 'failed';

/** What is wrong with where pieces are kept: no room, or it cannot be written. What plays goes on from memory. */
export type StorageTrouble = 'full' | 'failing';

/** Connected peers by what they are to us; a peer may count in several. */
export interface SwarmKinds {
  /** Has everything. */
  seeders: number;
  /** Lets us ask. */
  willing: number;
  /** Lets us ask and does not answer. */
  silent: number;
  /** Called us. */
  incoming: number;
}

export interface TorrentStatus {
  infoHash: string;
  stage: TorrentStage;
  /** Why, when `failed`; one sentence for people. */
  failure: string | null;
  /** Connected peers. */
  peers: number;
  kinds: SwarmKinds;
  /** Servers that keep its files (BEP 19) and can be asked now. */
  webSeeds: number;
  /** Why one of them gives nothing, the end of a sentence about it; null while all do. */
  webSeedTrouble: string | null;
  /** Verified bytes that wait to be stored. */
  unstoredBytes: number;
  /** How late the engine's own work is, milliseconds: it has too little processor when this is long. */
  lateMs: number;
  /** Trackers and DHT as seen so far: peers heard of, and the last tracker complaint if any. */
  peersKnown: number;
  trackerWarning: string | null;
  downloadBytesPerSecond: number;
  uploadBytesPerSecond: number;
  /** Null while pieces can be stored. */
  storageTrouble: StorageTrouble | null;
  /** Known once there is metadata. */
  metadata: TorrentMetadata | null;
}

export interface FileProgress {
  /** Verified bytes of the file. */
  downloadedBytes: number;
  /** Verified ranges, relative to the file, ascending, merged. */
  ranges: readonly ByteRange[];
}

/** Bytes of one file in order, waiting for pieces that are not there yet. Pulled: nothing is fetched ahead of a slow reader beyond a bounded window. */
export type TorrentReader = AsyncIterable<Uint8Array>;

/** How much of what nobody is watching is to go. */
export interface UnwatchedPieces {
  /** About so many; fewer when there are not as many. */
  bytes: number;
  /** What stays at the start and the end of each larger file, bytes. */
  headBytes: number;
  tailBytes: number;
}

/** Joins swarms and reads files from them. Errors: `EngineUnavailableError`, `TorrentRefusedError`, `MetadataTimeoutError`. */
export interface TorrentEngine {
  /** Joins the swarm; a torrent already joined stays as it is, but learns of further web seeds. Answers as soon as the engine has taken it. */
  add(spec: TorrentSpec): Promise<void>;
  /** Waits for the metadata, at most `timeoutMs`. */
  waitForMetadata(
    infoHash: string,
    options: { timeoutMs: number; signal?: AbortSignal },
  ): Promise<TorrentMetadata>;
  /** The torrent as a .torrent file, once metadata is known; to be kept, so that the next play skips the swarm's metadata exchange. */
  torrentFile(infoHash: string): Promise<Uint8Array | null>;
  /** Reads `range` of a file. Reading stops, and what it asked of the swarm is let go, when the iterator is returned or the signal fires. */
  read(request: {
    infoHash: string;
    fileIndex: number;
    range: ByteRange;
    /** What the film takes, to size what is fetched ahead; unknown when left out. */
    bytesPerSecond?: number | undefined;
    signal: AbortSignal;
  }): TorrentReader;
  /**
   * A reader of the file's start is about to come: what it will need first is fetched, for some seconds at most, from now on or from
   * when there is metadata. Null for the file `choosePlayableFile` takes; nothing where it takes none.
   */
  expectReader(infoHash: string, fileIndex: number | null): Promise<void>;
  /**
   * Fetches the rest of a file too, the rarest pieces first, whenever the readers of the torrent have all they are to have and no
   * viewer of another is short of film. Nothing while nobody reads; over for good once pieces of the torrent are given back.
   */
  fetchWhole(infoHash: string, fileIndex: number): Promise<void>;
  status(infoHash: string): Promise<TorrentStatus | null>;
  /** Peers we dialled that have sent film, best first, at most 30, as `host:port`. None of a private torrent (BEP 27). */
  goodPeers(infoHash: string): Promise<readonly string[]>;
  progress(infoHash: string, fileIndex: number): Promise<FileProgress>;
  /**
   * Gives back the room of pieces of a joined torrent that nobody is watching or about to. Answers the bytes given back, 0 for a
   * torrent that is not joined.
   */
  forgetPieces(infoHash: string, which: UnwatchedPieces): Promise<number>;
  /** Leaves the swarm. What is on disk stays unless `deleteData`. */
  remove(infoHash: string, options?: { deleteData?: boolean }): Promise<void>;
}
