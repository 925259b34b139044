import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../test-support/database.js';
import { UserRepository } from './user.repository.js';

let opened: TestDatabase;
let users: UserRepository;
const now = new Date(1_000);

beforeEach(async () => {
  opened = await openTestDatabase();
  users = new UserRepository(opened.database);
});

afterEach(() => opened.dispose());

test('names that look the same are the same', async () => {
  const made = await users.create({ username: 'Zoë', passwordHash: 'x', role: 'user' }, now);
  expect(made?.username).toBe('Zoë');
  expect(await users.create({ username: 'ZOE\u0308', passwordHash: 'x', role: 'user' }, now)).toBeNull();
  expect((await users.findByUsername(' zoë '))?.id).toBe(made?.id);
  expect(await users.findByUsername('zoe')).toBeNull();
});

test('T39 of many first administrators at once exactly one is made', async () => {
  expect(await users.hasAdministrator()).toBe(false);
  const made = await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      users.createFirstAdministrator({ username: `admin-${i}`, passwordHash: 'x' }, now),
    ),
  );
  expect(made.filter((user) => user !== null)).toHaveLength(1);
  expect((await users.list({ page: 1, pageSize: 10 })).items).toMatchObject([{ role: 'admin' }]);
  expect(await users.hasAdministrator()).toBe(true);
});
