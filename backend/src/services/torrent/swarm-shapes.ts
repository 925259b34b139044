// The parts of WebTorrent we use, as types, so that only webtorrent.engine.ts names the library itself. Members with an
// underscore are not promised by its authors: the engine's tests fail when an upgrade moves one.
import type { EventEmitter } from 'node:events';
import type { Server, Socket } from 'node:net';
import type Wire from 'bittorrent-protocol';

export interface Selection {
  from: number;
  to: number;
  isStreamSelection: boolean;
}

export interface SwarmStore {
  get(
    index: number,
    options: { offset: number; length: number },
    callback: (error: Error | null, chunk?: Uint8Array) => void,
  ): void;
}

export interface SwarmTorrent extends EventEmitter {
  infoHash: string;
  destroyed: boolean;
  pieceLength: number;
  torrentFile: Uint8Array | null;
  wires: Wire[];
  bitfield: { get(index: number): boolean } | undefined;
  store: SwarmStore | null;
  readonly downloadSpeed: number;
  readonly uploadSpeed: number;
  addPeer(peer: string | object, source?: string): boolean;
  critical(from: number, to: number): void;
  destroy(options: { destroyStore: boolean }, callback: (error?: Error | null) => void): void;
  _peers: Map<string, { conn: Socket | null }> | null;
  _peersLength: number;
  _startupBitfield: Uint8Array | undefined;
  _selections: {
    insert(item: Selection & { offset: number; priority: number }): void;
    remove(item: Selection): void;
  };
  _select(from: number, to: number, priority: number, notify: undefined, isStreamSelection: boolean): void;
  _updateSelections(): void;
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
  /** Bytes per second; -1 for no limit. */
  downloadLimit: number;
  uploadLimit: number;
}

export interface AddOptions {
  deselect: boolean;
  strategy: 'sequential';
  store: unknown;
  storeOpts: object;
  storeCacheSlots: number;
}

export interface SwarmClient extends EventEmitter {
  destroyed: boolean;
  torrentPort: number;
  add(torrent: object, options: AddOptions): SwarmTorrent;
  destroy(callback: (error?: Error | null) => void): void;
  _connPool: { tcpServer: Server; _onTCPConnectionBound: (socket: Socket) => void } | null;
}
