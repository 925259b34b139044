import { expect, test } from '@jest/globals';
import { User } from '../entities/user.entity.js';
import { aUser } from '../test-support/builders.js';
import { openTestDatabase } from '../test-support/database.js';
import { TorrentUseRepository } from './torrent-use.repository.js';

const [a, b] = ['a'.repeat(40), 'b'.repeat(40)];

test('uses are kept per user and torrent, listed with names, and go with the account or the torrent', async () => {
  const { database, dispose } = await openTestDatabase();
  let clock = 1_000;
  const uses = new TorrentUseRepository(database, () => new Date(clock));
  await database.write(async (manager) => {
    for (const name of ['kim', 'lee'])
      await manager.insert(User, aUser({ id: name, username: name, usernameKey: name }));
  });
  const record = async (infoHash: string, userId: string, title: string) => {
    clock += 1_000;
    await uses.record({ infoHash, userId, title, mediaId: null });
  };
  await record(a, 'kim', 'Sintel');
  await record(a, 'lee', 'Sintel');
  await record(b, 'kim', 'x'.repeat(600));
  await record(a, 'kim', 'Sintel (2010)');
  await record(a, 'nobody', 'Sintel');

  expect(
    (await uses.list([a])).map(({ username, title, lastUsedAt }) => [username, title, lastUsedAt]),
  ).toEqual([
    ['kim', 'Sintel (2010)', new Date(5_000)],
    ['lee', 'Sintel', new Date(3_000)],
  ]);
  expect((await uses.list([b]))[0]?.title).toHaveLength(512);
  expect(await uses.list(Array.from({ length: 1_200 }, (_, i) => String(i).padStart(40, '0')))).toEqual([]);

  await database.write((manager) => manager.delete(User, { id: 'lee' }));
  expect((await uses.list([a, b])).map(({ username }) => username)).toEqual(['kim', 'kim']);
  await uses.deleteOf(a);
  expect(await uses.list([a])).toEqual([]);
  await dispose();
});
