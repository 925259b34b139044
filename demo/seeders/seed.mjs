// Seeds torrents with WebTorrent until its standard input closes. The same lines as seed.py.
import { createInterface } from 'node:readline';
import WebTorrent from 'webtorrent';

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

// A Ctrl-C in the terminal is meant for the parent; when that goes, standard input closes.
process.on('SIGINT', () => undefined);

const client = new WebTorrent({ dht: false, lsd: false, natUpnp: false, natPmp: false, utp: false });
client.on('error', (error) => process.stderr.write(`${error.message}\n`));

const commands = {
  add: ({ torrent, folder }) =>
    client.add(Buffer.from(torrent, 'base64'), { path: folder, skipVerify: true }),
  remove: ({ infoHash }) => client.remove(infoHash),
  limit: ({ bytesPerSecond }) => client.throttleUpload(bytesPerSecond ?? -1),
  stats: () => {
    const uploadedBytes = client.torrents.reduce((sum, torrent) => sum + torrent.uploaded, 0);
    const peers = client.torrents.reduce((sum, torrent) => sum + torrent.numPeers, 0);
    say({ is: 'stats', uploadedBytes, peers });
  },
  'ready?': () => say({ is: 'ready' }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  commands[message.do](message);
}
// Tell the tracker that we go, but never wait long for it.
setTimeout(() => process.exit(0), 1_000).unref();
client.destroy(() => process.exit(0));
