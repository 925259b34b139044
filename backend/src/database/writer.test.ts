import { describe, expect, test } from '@jest/globals';
import { User } from '../entities/user.entity.js';
import { AppError } from '../errors/app-error.js';
import { aUser } from '../test-support/builders.js';
import { openTestDatabase } from '../test-support/database.js';
import { type Work, Writer } from './writer.js';

describe('the writer', () => {
  test('refuses a write inside a write instead of waiting for ever', async () => {
    const { database, dispose } = await openTestDatabase();
    await expect(database.write(() => database.write(() => Promise.resolve(1)))).rejects.toThrow(
      /inside a write/,
    );
    await dispose();
  });

  test('lets a write begin after the one that started it has ended', async () => {
    const { database, dispose } = await openTestDatabase();
    const started: Promise<number>[] = [];
    await database.write((manager) => {
      const later = new Promise((resolve) => setTimeout(resolve, 5));
      started.push(later.then(() => database.write((inner) => inner.count(User))));
      return manager.count(User);
    });
    await expect(started[0]).resolves.toBe(0);
    await dispose();
  });

  test('refuses more work than its limit, and recovers', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const writer = new Writer(<T>(work: Work<T>) => gate.then(() => work(noManager())), 2);
    const accepted = [writer.write(() => Promise.resolve(1)), writer.write(() => Promise.resolve(2))];
    await expect(writer.write(() => Promise.resolve(3))).rejects.toMatchObject({ code: 'timeout' });
    open();
    await expect(Promise.all(accepted)).resolves.toEqual([1, 2]);
    await expect(writer.write(() => Promise.resolve(4))).resolves.toBe(4);
  });

  test('F11 tries again when another process wrote first, and says so when that does not help', async () => {
    const busy = Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY_SNAPSHOT' });
    let failures = 2;
    const writer = new Writer(<T>(work: Work<T>) =>
      failures-- > 0 ? Promise.reject(busy) : work(noManager()),
    );
    await expect(writer.write(() => Promise.resolve('done'))).resolves.toBe('done');
    failures = 3;
    await expect(writer.write(() => Promise.resolve('done'))).rejects.toMatchObject({ code: 'timeout' });
  });

  test('F13 a full disk is told as such, and the next write runs when there is room', async () => {
    const { database, dispose } = await openTestDatabase();
    const pages = await database.write((manager) =>
      manager.query<{ page_count: number }[]>('PRAGMA page_count'),
    );
    await database.write((manager) => manager.query(`PRAGMA max_page_count = ${pages[0]?.page_count ?? 0}`));
    const fill = database.write(async (manager) => {
      for (let i = 0; i < 200; i += 1) await manager.insert(User, aUser({ id: `user-${i}` }));
    });
    await expect(fill).rejects.toBeInstanceOf(AppError);
    await expect(fill).rejects.toMatchObject({ code: 'storage-full' });
    await database.write((manager) => manager.query('PRAGMA max_page_count = 100000'));
    await database.write((manager) => manager.insert(User, aUser({ id: 'after' })));
    expect(await database.reader.count(User)).toBe(1);
    await dispose();
  });
});

function noManager(): never {
  return undefined as never;
}
