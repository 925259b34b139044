import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { closeStore, putChunk } from '../chunk-stores/chunk-store.js';
import { defaultCapabilities } from '../services/source/source-score.js';
import { type KinoraApi, openKinoraApi } from '../test-support/kinora-api.js';

let kinora: KinoraApi;
let admin: Awaited<ReturnType<KinoraApi['signIn']>>;
let id: string;

beforeEach(async () => {
  kinora = await openKinoraApi({ answerWithinMs: 10_000 });
  admin = await kinora.signIn('root', 'correct horse', 'admin');
  id = kinora.film.metadata.infoHash;
});

afterEach(() => kinora.dispose());

const ask = (method: string, path = '', body?: unknown) =>
  kinora.request(method, `/api/admin/storage${path}`, {
    token: admin.token,
    ...(body !== undefined && { body }),
  });
const overview = async () => (await (await ask('GET')).json()) as { items: Record<string, unknown>[] };

/** Somebody plays the film, and a piece of it is stored. */
async function play(): Promise<() => void> {
  const { metadata } = kinora.film;
  const owner = admin.principal;
  const magnet = `magnet:?xt=urn:btih:${id}`;
  const started = await kinora.playback.play(owner, { kind: 'magnet', magnet }, defaultCapabilities);
  const { pieceLength: chunkLength, length, files } = metadata;
  const store = kinora.stores.create({ infoHash: id, chunkLength, length, files });
  await putChunk(store, 1, Buffer.alloc(chunkLength, 1));
  await closeStore(store);
  // Writing down what was played does not hold the play up.
  while ((await kinora.storedTorrents.list()).length === 0) await new Promise(setImmediate);
  return () => kinora.playback.end(owner, started.id);
}

test('what is stored is shown: what, how much, for whom, and what would go next', async () => {
  expect(await overview()).toMatchObject({ items: [], totalBytes: 0, limitBytes: 1e9 });
  const end = await play();
  expect(await overview()).toMatchObject({
    items: [
      {
        id,
        infoHash: id,
        lengthBytes: kinora.film.metadata.length,
        files: [{ index: 1 }],
        usedBy: ['root'],
        pinned: false,
        playing: true,
        nextToGo: false,
      },
    ],
  });
  end();
  const { items, ...totals } = await overview();
  expect(items).toMatchObject([{ playing: false, nextToGo: true }]);
  expect(Number(items[0]?.['bytes'])).toBeGreaterThanOrEqual(16_384);
  expect(totals).toMatchObject({ totalBytes: items[0]?.['bytes'], minFreeBytes: 0 });
});

test('pinning keeps it from going; each change is in the audit log once', async () => {
  (await play())();
  const pinned = await ask('PATCH', `/${id}`, { pinned: true });
  expect(await pinned.json()).toMatchObject({ id, pinned: true, nextToGo: false });
  await ask('PATCH', `/${id}`, { pinned: true });
  expect((await overview()).items).toMatchObject([{ pinned: true, nextToGo: false }]);
  await ask('PATCH', `/${id}`, { pinned: false });
  const { items } = await kinora.audit.list({ page: 1, pageSize: 20 });
  expect(items.map(({ action }) => action).filter((action) => action.startsWith('storage.'))).toEqual([
    'storage.unpinned',
    'storage.pinned',
  ]);
  expect((await ask('PATCH', `/${id}`, { pinned: 'yes' })).status).toBe(400);
});

test('deleting waits for nobody to watch, then removes the bytes and who played them', async () => {
  const end = await play();
  expect((await ask('DELETE', `/${id}`)).status).toBe(409);
  end();
  expect((await ask('DELETE', `/${id}`)).status).toBe(204);
  expect((await overview()).items).toEqual([]);
  expect(await kinora.storedTorrents.find(id)).toBeNull();
  expect((await ask('DELETE', `/${id}`)).status).toBe(404);
  const { items } = await kinora.audit.list({ page: 1, pageSize: 20 });
  expect(items[0]).toMatchObject({ action: 'storage.deleted', detail: { infoHash: id } });
});

test('T21 a film that cannot fit is refused with 507, and everything else goes on', async () => {
  const small = await openKinoraApi({ storageLimit: 100_000, answerWithinMs: 10_000 });
  try {
    const { token } = await small.signIn('kim', 'correct horse');
    const body = { magnet: `magnet:?xt=urn:btih:${id}` };
    const refused = await small.request('POST', '/api/playback', { token, body });
    expect(refused.status).toBe(507);
    expect(await refused.json()).toMatchObject({ code: 'storage-full', title: 'Storage full' });
    expect((await small.request('GET', '/api/home', { token })).status).toBe(200);
  } finally {
    await small.dispose();
  }
});
