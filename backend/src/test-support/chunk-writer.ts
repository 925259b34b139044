// A process to be killed: writes chunks until it is. Arguments: kind and root of the stores.
import { putChunk } from '../chunk-stores/chunk-store.js';
import { openChunkStores } from '../chunk-stores/chunk-stores.js';
import { writtenChunk, writtenTorrent } from './written-torrent.js';

const [kind = '', root = ''] = process.argv.slice(2);
const masterKeys = [{ id: 'm', key: Buffer.alloc(32, 3) }] as const;
const stores = await openChunkStores(
  kind === 'encrypted' ? { kind, root, masterKeys } : { kind: 'file', root },
);
const store = stores.create(writtenTorrent);
for (let count = 0; ; count += 1) {
  await putChunk(store, count % 400, writtenChunk(count % 400));
  process.stdout.write('.');
}
