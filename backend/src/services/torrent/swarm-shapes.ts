// The parts of WebTorrent we use, as types, so that only swarm-client.ts names the library itself. Members with an
// underscore are not promised by its authors: the engine's tests fail when an upgrade moves one.
import type { EventEmitter } from 'node:events';
import type { Server, Socket } from 'node:net';
import type Wire from 'bittorrent-protocol';

export interface SwarmStore {
  put(index: number, chunk: Uint8Array, callback: (error: Error | null) => void): void;
  get(
    index: number,
    options: { offset: number; length: number },
    callback: (error: Error | null, chunk?: Uint8Array) => void,
  ): void;
}

export interface SwarmPeerEntry extends EventEmitter {
  /** The address, of a peer we dial. */
  id: string;
  /** Null until it is dialled. */
  conn: Socket | null;
  wire: Wire | null;
}

export interface SwarmTorrent extends EventEmitter {
  infoHash: string;
  destroyed: boolean;
  pieceLength: number;
  torrentFile: Uint8Array | null;
  /** Addresses of its trackers. */
  announce: readonly string[];
  done: boolean;
  /** One entry a piece. */
  pieces: readonly unknown[];
  wires: Wire[];
  bitfield: { get(index: number): boolean; buffer: Uint8Array } | undefined;
  store: SwarmStore | null;
  readonly downloadSpeed: number;
  readonly uploadSpeed: number;
  /** By its address, or as a connection that stands. */
  addPeer(peer: string | { destroy(): void }, source?: string): boolean;
  destroy(options: { destroyStore: boolean }, callback: (error?: Error | null) => void): void;
  /** Counts bytes that came, for `downloadSpeed`. */
  _downloadSpeed(bytes: number): number;
  _peers: Map<string, SwarmPeerEntry> | null;
  _peersLength: number;
  /** Peers to dial; null once destroyed. */
  _queue: SwarmPeerEntry[] | null;
  /** Dials the first in the queue. */
  _drain(): void;
  _startupBitfield: Uint8Array | undefined;
  _markVerified(piece: number): void;
  _markUnverified(piece: number): void;
  /** Whether all is here; tells the trackers so the first time. */
  _checkDone(): void;
  _updateWireInterest(wire: Wire): void;
  /** Decides every ten seconds who may ask us. */
  _rechoke(): void;
  /** Asks peers for what is selected. */
  _update(): void;
  /** Asks trackers and the DHT for peers; a second time it does nothing. */
  _startDiscovery(): void;
  _onMetadata(metadata: unknown): Promise<void>;
}

export interface ClientOptions {
  dht: boolean;
  lsd: boolean;
  utp: boolean;
  natUpnp: boolean;
  natPmp: boolean;
  webSeeds: boolean;
  tracker: object;
  torrentPort: number;
  maxConns: number;
}

/** What the library says of the torrent whose store it makes. */
export interface StoreOptions {
  length: number;
  files: readonly { offset: number; length: number }[];
}

export interface AddOptions {
  deselect: boolean;
  /** Called with `new`. */
  store: (this: unknown, chunkLength: number, options: StoreOptions) => object;
  storeCacheSlots: number;
}

export interface SwarmClient extends EventEmitter {
  destroyed: boolean;
  torrentPort: number;
  /** What we call ourselves towards peers, hexadecimal. */
  peerId: string;
  /** Bytes per second; -1 for no limit. */
  throttleDownload(rate: number): void;
  throttleUpload(rate: number): void;
  /** Where the limit is kept; all peers take from it. */
  throttleGroups: {
    down: {
      getEnabled(): boolean;
      /** Bytes to be taken at once at most. */
      getChunksize(): number;
      bucket: { removeTokens(bytes: number, callback: (error: Error | null) => void): void };
    };
  };
  add(torrent: object, options: AddOptions): SwarmTorrent;
  destroy(callback: (error?: Error | null) => void): void;
  _connPool: { tcpServer: Server; _onTCPConnectionBound: (socket: Socket) => void } | null;
}
