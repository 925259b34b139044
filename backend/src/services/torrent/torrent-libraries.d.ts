// The parts we use of libraries that bring no types. Members with an underscore are not promised by their
// authors: each is guarded by a test that fails when an upgrade moves it.

declare module 'create-torrent' {
  export default function createTorrent(
    input: Uint8Array,
    options: { name: string; announceList: string[][] },
    callback: (error: Error | null, torrentFile: Uint8Array) => void,
  ): void;
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
    /** What the peer has; with an empty buffer and every bit set after a have-all message. */
    peerPieces: { buffer: Uint8Array; get(index: number): boolean };
    peerChoking: boolean;
    /** What we have told the peer. */
    amInterested: boolean;
    isSeeder: boolean;
    /** Bytes the peer has sent. */
    downloaded: number;
    extendedMapping: Record<number, string>;
    /** What numbers the peer gave to extensions, by name. */
    peerExtendedMapping: Record<string, number>;
    /** As the peer sent it (BEP 10); empty before. */
    peerExtendedHandshake: Readonly<Record<string, unknown>>;
    /** BEP 54; attached by WebTorrent to the wires of peers. */
    lt_donthave?: EventEmitter & { donthave(piece: number): void };
    use: (this: Wire, extension: { prototype: { name: string } }) => void;
    request(
      piece: number,
      offset: number,
      length: number,
      callback: (error: Error | null, block?: Uint8Array) => void,
    ): void;
    cancel(piece: number, offset: number, length: number): void;
    have(piece: number): void;
    choke(): void;
    unchoke(): void;
    /** Bytes a second. */
    downloadSpeed(): number;
    interested(): void;
    uninterested(): void;
    bitfield(bitfield: { buffer: Uint8Array }): void;
    haveAll(): void;
    haveNone(): void;
    /** BEP 6 is spoken by both sides. */
    hasFast: boolean;
    /** Such as `tcpOutgoing`. */
    type: string | null;
    destroy(): unknown;
    write(data: Uint8Array): boolean;
    _push(data: Uint8Array): boolean;
    _ext: Record<string, object>;
    /** Bytes that have come and not been read; one entry at most. */
    _buffer: Uint8Array[];
    _bufferSize: number;
    /** What reads the next `_parserSize` bytes. */
    _parser: (buffer: Uint8Array) => void;
    _parserSize: number;
    /** 2 while messages are encrypted. */
    _encryptionMethod: number;
    /** What an encrypted handshake looks for. */
    _cryptoSyncPattern: Uint8Array | null;
    _write: (this: Wire, data: Uint8Array, done: (error: Error | null) => void) => void;
    _parse(size: number, parser: (buffer: Uint8Array) => void): void;
    _onMessageLength: (this: Wire, buffer: Uint8Array) => void;
    _onMessage: (this: Wire, buffer: Uint8Array) => unknown;
    _onHandshake: (this: Wire, infoHash: Uint8Array, peerId: Uint8Array, extensions: object) => void;
    _onExtended: (this: Wire, extension: number, buffer: Uint8Array) => void;
  }
}

declare module 'bittorrent-tracker/websocket-tracker' {
  import type { EventEmitter } from 'node:events';

  export interface WebRtcPeer extends EventEmitter {
    destroyed: boolean;
    /** The connection itself; not there when it could not be made. */
    _pc?: {
      readonly iceGatheringState: string;
      onicecandidate: ((event: { candidate: null }) => void) | null;
      addEventListener(event: 'icegatheringstatechange', listener: () => void): void;
    };
    signal(data: { sdp?: string; type?: string; candidate?: object }): void;
  }

  export default class WebSocketTracker {
    client: EventEmitter;
    _createPeer(options?: { initiator?: boolean }): WebRtcPeer;
    _send(params: object): void;
    _onSocketData(data: Uint8Array): void;
  }
}

declare module 'bittorrent-tracker' {
  import type { EventEmitter } from 'node:events';
  import type { AddressInfo } from 'node:net';

  export interface Tracker {
    destroyed: boolean;
    client: { _userAgent?: string };
    /** When it is asked again, milliseconds; as the library thinks best when left out. */
    setInterval(ms?: number): void;
  }

  export interface HttpTracker extends Tracker {
    _request(
      url: string,
      query: Readonly<Record<string, string | number>>,
      callback: (error: Error | null, data?: object) => void,
    ): void;
    /** What ends the requests under way. */
    cleanupFns: (() => void)[];
    maybeDestroyCleanup: (() => void) | null;
  }

  export class Client extends EventEmitter {
    constructor(options: {
      infoHash: string;
      peerId: string;
      port: number;
      announce: readonly string[];
      wrtc: false;
    });
    _trackers: (Tracker | HttpTracker)[];
    start(): void;
    destroy(callback: () => void): void;
  }

  export class Server extends EventEmitter {
    constructor(options: { udp: boolean; http: boolean; ws: boolean; stats: boolean });
    http: { address(): AddressInfo };
    ws: { address(): AddressInfo };
    listen(port: number, host: string, callback: () => void): void;
    close(callback: () => void): void;
  }
}

/* eslint-disable @typescript-eslint/consistent-type-imports -- an ambient module cannot name a relative path in any other way */
declare module 'webtorrent' {
  const WebTorrent: new (
    options: import('./swarm-shapes.js').ClientOptions,
  ) => import('./swarm-shapes.js').SwarmClient;
  export default WebTorrent;
}
