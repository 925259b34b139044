import { expect, test } from '@jest/globals';
import { openTestDatabase } from '../test-support/database.js';
import { StoredTorrentRepository } from './stored-torrent.repository.js';

test('a torrent is kept, replaced and marked as used', async () => {
  const { database, dispose } = await openTestDatabase();
  let clock = 1_000;
  const torrents = new StoredTorrentRepository(database, () => new Date(clock));
  const infoHash = 'a'.repeat(40);

  await torrents.save({
    infoHash,
    name: 'Sintel',
    torrentFile: new Uint8Array([0, 255, 10]),
    length: 5_000_000_000,
  });
  const stored = await torrents.find(infoHash);
  expect(stored).toMatchObject({ name: 'Sintel', length: 5_000_000_000, lastUsedAt: new Date(1_000) });
  expect([...(stored?.torrentFile ?? [])]).toEqual([0, 255, 10]);

  clock = 2_000;
  await torrents.touch(infoHash);
  expect(await torrents.find(infoHash)).toMatchObject({
    lastUsedAt: new Date(2_000),
    createdAt: new Date(1_000),
  });

  await torrents.save({ infoHash, name: 'Sintel again', torrentFile: new Uint8Array([1]), length: 1 });
  expect(await torrents.find(infoHash)).toMatchObject({ name: 'Sintel again', createdAt: new Date(1_000) });
  expect(await torrents.find('b'.repeat(40))).toBeNull();
  await dispose();
});

test('torrents are listed without their files; a pin outlives the next play', async () => {
  const { database, dispose } = await openTestDatabase();
  let clock = 1_000;
  const torrents = new StoredTorrentRepository(database, () => new Date(clock));
  const [a, b] = ['a'.repeat(40), 'b'.repeat(40)];
  for (const infoHash of [a, b]) {
    clock += 1_000;
    await torrents.save({ infoHash, name: 'Film', torrentFile: new Uint8Array(10), length: 5 });
  }
  expect(await torrents.setPinned(a, true)).toBe(true);
  expect(await torrents.setPinned('c'.repeat(40), true)).toBe(false);
  clock += 1_000;
  await torrents.setPinned(a, true);
  await torrents.save({ infoHash: a, name: 'Film', torrentFile: new Uint8Array(10), length: 5 });
  const listed = await torrents.list();
  expect(await torrents.list([b, 'c'.repeat(40)])).toEqual([listed[1]]);
  expect(await torrents.list([])).toEqual([]);
  expect(listed.map(({ infoHash, pinnedAt }) => [infoHash, pinnedAt?.getTime() ?? null])).toEqual([
    [a, 3_000],
    [b, null],
  ]);
  expect(listed[0]?.lastUsedAt).toEqual(new Date(4_000));
  expect(listed[0]).not.toHaveProperty('torrentFile');
  await torrents.setPinned(a, false);
  await torrents.delete(b);
  expect(await torrents.list()).toMatchObject([{ infoHash: a, pinnedAt: null }]);
  await dispose();
});
