// The parts we use of libraries that bring no types. Members with an underscore are not promised by their
// authors: each is guarded by a test that fails when an upgrade moves it.

declare module 'parse-torrent' {
  export interface ParsedTorrentFile {
    infoHash?: string;
    name?: string;
    announce?: string[];
    urlList?: string[];
    info?: object;
  }
  export default function parseTorrent(torrentId: string | Uint8Array): Promise<ParsedTorrentFile>;
}

declare module 'bencode' {
  const bencode: {
    decode: (data: Uint8Array | string | null, ...rest: unknown[]) => unknown;
    encode: (data: unknown) => Uint8Array;
  };
  export default bencode;
}

declare module 'bittorrent-protocol' {
  import type { EventEmitter } from 'node:events';

  export interface WireRequest {
    piece: number;
    offset: number;
    length: number;
  }

  export interface WireExtension {
    onHandshake(infoHash: string, peerId: string, extensions: object): void;
  }

  export default class Wire extends EventEmitter {
    constructor(type?: string | null, retries?: number, encrypt?: boolean);
    destroyed: boolean;
    peerId: string | null;
    peerExtensions: object;
    /** Requests we have sent and that are not answered. */
    requests: WireRequest[];
    peerRequests: WireRequest[];
    extendedMapping: Record<number, string>;
    downloaded: number;
    /** Bytes per second; with an argument it counts that many bytes first. */
    downloadSpeed: (bytes?: number) => number;
    use(extension: { prototype: { name: string } }): void;
    request(
      piece: number,
      offset: number,
      length: number,
      callback: (error: Error | null, block?: Uint8Array) => void,
    ): void;
    cancel(piece: number, offset: number, length: number): void;
    destroy(): unknown;
    write(data: Uint8Array): boolean;
    _ext: Record<string, object>;
    _parserSize: number;
    _parse(size: number, parser: (buffer: Uint8Array) => void): void;
    _onMessageLength(buffer: Uint8Array): void;
    _onMessage(buffer: Uint8Array): unknown;
    _onHandshake(infoHash: Uint8Array, peerId: Uint8Array, extensions: object): void;
    _onExtended(extension: number, buffer: Uint8Array): void;
  }
}

declare module 'webtorrent' {
  import type { EventEmitter } from 'node:events';
  import type { Server, Socket } from 'node:net';
  import type Wire from 'bittorrent-protocol';

  export interface SelectionItem {
    from: number;
    to: number;
    offset: number;
    priority: number;
    isStreamSelection: boolean;
  }

  export interface ChunkStoreLike {
    get(
      index: number,
      options: { offset?: number; length?: number } | null,
      callback: (error: Error | null, chunk?: Uint8Array) => void,
    ): void;
  }

  export interface PeerLike {
    id: string;
    conn: Socket | null;
    connected: boolean;
  }

  export class Torrent extends EventEmitter {
    infoHash: string;
    destroyed: boolean;
    ready: boolean;
    pieceLength: number;
    torrentFile: Uint8Array | null;
    wires: Wire[];
    bitfield: { get(index: number): boolean } | undefined;
    pieces: readonly unknown[];
    store: ChunkStoreLike | null;
    readonly downloadSpeed: number;
    readonly uploadSpeed: number;
    addPeer(peer: string | object, source?: string): boolean;
    critical(from: number, to: number): void;
    _peers: Map<string, PeerLike> | null;
    _peersLength: number;
    _startupBitfield: Uint8Array | undefined;
    _selections: {
      insert(item: SelectionItem): void;
      remove(item: { from: number; to: number; isStreamSelection: boolean }): void;
      readonly length: number;
    };
    _select(from: number, to: number, priority: number, notify: undefined, isStreamSelection: boolean): void;
    _updateSelections(): void;
    _onMetadata(metadata: unknown): Promise<void>;
    destroy(options: { destroyStore?: boolean }, callback?: (error?: Error | null) => void): void;
  }

  export interface ClientOptions {
    dht: boolean;
    lsd: boolean;
    utp: boolean;
    natUpnp: boolean;
    natPmp: boolean;
    webSeeds: boolean;
    tracker: object;
    torrentPort?: number;
    maxConns?: number;
    downloadLimit?: number;
    uploadLimit?: number;
  }

  export interface AddOptions {
    announce?: string[];
    deselect: boolean;
    strategy: 'sequential' | 'rarest';
    store: unknown;
    storeOpts: object;
    storeCacheSlots: number;
    destroyStoreOnDestroy: boolean;
  }

  export default class WebTorrent extends EventEmitter {
    constructor(options: ClientOptions);
    destroyed: boolean;
    listening: boolean;
    torrentPort: number;
    torrents: Torrent[];
    add(torrent: object, options: AddOptions): Torrent;
    destroy(callback: (error?: Error | null) => void): void;
    _connPool: { tcpServer: Server; _onTCPConnectionBound: (socket: Socket) => void } | null;
  }
}
