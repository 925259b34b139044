// WebTorrent as it comes, over TCP, with its own HTTP server.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import WebTorrent from 'webtorrent';

const client = new WebTorrent({ dht: false, lsd: false, natUpnp: false, natPmp: false, utp: false });
const { server } = client.createServer({ pathname: '/film' });
server.listen(0, '127.0.0.1', () => console.log('ready'));
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { source, folder } = JSON.parse(line);
    const torrent = client.add(source.startsWith('magnet:') ? source : readFileSync(source), {
      path: folder,
    });
    torrent.on('metadata', () =>
      console.log(`http://127.0.0.1:${server.address().port}${torrent.files[0].streamURL}`),
    );
  })
  .on('close', () => process.exit());
