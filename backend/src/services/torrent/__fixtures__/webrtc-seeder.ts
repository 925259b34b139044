// A process with a WebSocket tracker and WebTorrent as it comes, which can be reached by WebRTC alone. It prints where its tracker is
// and what it has, and seeds when it is told to by a line.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Server } from 'bittorrent-tracker';
import createTorrent from 'create-torrent';
import WebTorrent from 'webtorrent';

const tracker = new Server({ udp: false, http: false, ws: true, stats: false });
await new Promise<void>((resolve) => tracker.listen(0, '127.0.0.1', resolve));
const announce = `ws://127.0.0.1:${tracker.ws.address().port}`;
const bytes = randomBytes(1024 * 1024);
const options = { name: 'film.mp4', announceList: [[announce]] };
const torrentFile = await new Promise<Uint8Array>((resolve, reject) => {
  createTorrent(bytes, options, (error, file) => (error ? reject(error) : resolve(file)));
});
const client = new WebTorrent({
  dht: false,
  lsd: false,
  utp: false,
  natUpnp: false,
  natPmp: false,
  webSeeds: false,
  tracker: { rtcConfig: { iceServers: [] } },
  torrentPort: 0,
  maxConns: 10,
});
tracker.on('start', () => process.stdout.write('heard\n'));
process.stdout.write(
  `${JSON.stringify({ announce, torrentFile: Buffer.from(torrentFile).toString('hex'), bytes: bytes.toString('hex') })}\n`,
);
await once(process.stdin, 'data');
Reflect.apply(Reflect.get(client, 'seed') as (...args: unknown[]) => void, client, [bytes, options]);
