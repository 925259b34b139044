// peerflix as it comes, out of the folder its first argument names.
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { createInterface } = require('node:readline');

const peerflix = createRequire(`${process.argv[2]}/package.json`)('peerflix');
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { source, folder } = JSON.parse(line);
    const engine = peerflix(source.startsWith('magnet:') ? source : readFileSync(source), {
      path: folder,
      tmp: folder,
      dht: false,
      port: 0,
      hostname: '127.0.0.1',
    });
    engine.server.on('listening', () => console.log(`http://127.0.0.1:${engine.server.address().port}/`));
  })
  .on('close', () => process.exit());
console.log('ready');
