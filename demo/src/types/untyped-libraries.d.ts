// The parts that the demo uses of libraries that come without types.

declare module 'create-torrent' {
  interface Options {
    name?: string;
    createdBy?: string;
    creationDate?: Date;
    pieceLength?: number;
    announceList?: string[][];
  }
  export default function createTorrent(
    input: readonly string[],
    options: Options,
    done: (error: Error | null, torrent: Uint8Array) => void,
  ): void;
}

declare module 'bittorrent-tracker' {
  import type { EventEmitter } from 'node:events';
  import type { Server as HttpServer } from 'node:http';

  interface TrackerSwarm {
    complete: number;
    incomplete: number;
  }
  export class Server extends EventEmitter {
    constructor(options: { http?: boolean; udp?: boolean; ws?: boolean; stats?: boolean; interval?: number });
    readonly http: HttpServer;
    readonly torrents: Record<string, TrackerSwarm | undefined>;
    listen(port: number, hostname: string): void;
    close(done?: () => void): void;
  }
}

declare module 'webtorrent' {
  import type { EventEmitter } from 'node:events';

  interface TorrentFile {
    readonly name: string;
    readonly length: number;
    [Symbol.asyncIterator](range?: { start: number; end: number }): AsyncIterator<Uint8Array>;
  }
  interface Torrent extends EventEmitter {
    readonly infoHash: string;
    readonly files: readonly TorrentFile[];
    readonly downloaded: number;
    readonly done: boolean;
    readonly numPeers: number;
  }
  interface Options {
    dht?: boolean;
    lsd?: boolean;
    natUpnp?: boolean;
    natPmp?: boolean;
    utp?: boolean;
  }
  export default class WebTorrent extends EventEmitter {
    constructor(options?: Options);
    add(torrent: Uint8Array | string, options?: { path?: string; deselect?: boolean }): Torrent;
    destroy(done?: (error?: Error) => void): void;
  }
}
