// The only file that names WebTorrent.
import type { Socket } from 'node:net';
import WebTorrent from 'webtorrent';
import { maxPeers } from './dial-limits.js';
import { type LibraryTorrent, libraryTorrent } from './library-torrent.js';
import { isPublicAddress } from './peer-addresses.js';
import type { SwarmClient } from './swarm-shapes.js';
import { TorrentInvalidError } from './torrent.errors.js';
import { parseTorrentFile, pieceHashesIn } from './torrent-file.js';
import { hardenTrackers } from './tracker-hardening.js';
import { hardenWebRtc, type WebRtcSettings, webRtcOptions } from './webrtc-hardening.js';
import { hardenLibraries } from './wire-hardening.js';

export interface SwarmClientOptions {
  /** Whether to find peers through the DHT (BEP 5). */
  dht: boolean;
  /** TCP port for peers; 0 for a free one. */
  port: number;
  /** Whether peers on private addresses may call. */
  allowPrivatePeers: boolean;
  /** WebRTC peers are spoken to as well. */
  webRtc?: WebRtcSettings | undefined;
}

const maxInboundConnections = 200;

/** Makes the library's client, with all of its guards, and waits until it listens. Throws what listening throws, such as EADDRINUSE. */
export async function openSwarmClient(options: SwarmClientOptions): Promise<SwarmClient> {
  const { dht, port, allowPrivatePeers, webRtc } = options;
  hardenLibraries();
  hardenTrackers();
  if (webRtc) hardenWebRtc(allowPrivatePeers);
  const client = new WebTorrent({
    dht,
    lsd: false,
    utp: false,
    natUpnp: false,
    natPmp: false,
    webSeeds: false,
    tracker: webRtc ? webRtcOptions(webRtc, allowPrivatePeers) : { wrtc: false },
    torrentPort: port,
    maxConns: maxPeers,
  });
  guardInbound(client, allowPrivatePeers);
  await new Promise<void>((resolve, reject) => {
    client.once('listening', resolve);
    client.once('error', reject);
  });
  return client;
}

/** Leaves all swarms and closes every connection. */
export function closeSwarmClient(client: SwarmClient): Promise<void> {
  if (client.destroyed) return Promise.resolve();
  return new Promise((resolve) => client.destroy(() => resolve()));
}

/** Waits until so many bytes may come in beside those of peers: the limit is one for all. */
export async function takeShare({ throttleGroups }: SwarmClient, bytes: number): Promise<void> {
  const group = throttleGroups.down;
  for (let left = bytes; left > 0 && group.getEnabled(); ) {
    const part = Math.min(left, group.getChunksize());
    await new Promise<void>((resolve) => group.bucket.removeTokens(part, () => resolve()));
    left -= part;
  }
}

/**
 * Describes a .torrent file for the library.
 * @throws {TorrentInvalidError} when it is not the torrent of that info-hash
 */
export function describeForLibrary(infoHash: string, torrentFile: Uint8Array): LibraryTorrent {
  const { metadata } = parseTorrentFile(torrentFile);
  if (metadata.infoHash !== infoHash) throw new TorrentInvalidError('it is another torrent');
  return libraryTorrent(metadata, pieceHashesIn(torrentFile));
}

/** The library checks addresses of peers it dials, not of those that call. */
function guardInbound(client: SwarmClient, allowPrivatePeers: boolean): void {
  if (!client._connPool) throw new Error('The connection pool is not where it was');
  const { tcpServer, _onTCPConnectionBound: accept } = client._connPool;
  tcpServer.maxConnections = maxInboundConnections;
  tcpServer.removeListener('connection', accept);
  tcpServer.on('connection', (socket: Socket) => {
    if (!allowPrivatePeers && !isPublicAddress(socket.remoteAddress ?? '')) {
      socket.destroy();
      return;
    }
    socket.setNoDelay(true);
    accept(socket);
  });
}
