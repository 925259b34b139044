import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openTestAuth, origin, type TestAuth } from '../../test-support/auth.js';

let kinora: TestAuth;

beforeEach(async () => {
  kinora = await openTestAuth();
});

afterEach(() => kinora.dispose());

const create = (code: string, username = 'ana', from = origin) =>
  kinora.setup.createFirstAdministrator(code, { username, password: 'correct horse' }, from);

describe('T39 the first administrator', () => {
  test('is made with the code that was printed, however it is typed', async () => {
    const code = String(await kinora.setup.start());
    expect(code).toMatch(/^[BCDFGHJKMNPQRSTVWXYZ2-9]{5}-[BCDFGHJKMNPQRSTVWXYZ2-9]{5}$/);
    expect(await create(` ${code.toLowerCase().replace('-', ' ')}`)).toMatchObject({
      username: 'ana',
      role: 'admin',
    });
    expect(await kinora.setup.isNeeded()).toBe(false);
    expect(await kinora.actions()).toEqual(['setup.completed']);
    await expect(create(code, 'eve')).rejects.toMatchObject({ code: 'conflict' });
    expect(await kinora.setup.start()).toBeNull();
  });

  test('200 parallel set-ups: one administrator, one hash', async () => {
    const code = String(await kinora.setup.start());
    const outcomes = await Promise.allSettled(
      Array.from({ length: 200 }, (_, i) =>
        create(code, `admin-${i}`, { ...origin, address: `198.51.100.${i}` }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected')
        expect(outcome.reason).toMatchObject({ code: expect.stringMatching(/conflict|forbidden/) });
    }
    expect((await kinora.users.list({ page: 1, pageSize: 10 })).total).toBe(1);
    expect(kinora.passwords.computed).toBe(1);
  });

  test('is not made without the code, and guessing it becomes slow', async () => {
    await expect(create('BBBBB-BBBBB')).rejects.toMatchObject({ code: 'forbidden' });
    const code = String(await kinora.setup.start());
    for (let i = 0; i < 10; i += 1) await expect(create('')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(create(code)).rejects.toMatchObject({ code: 'rate-limited' });
    await expect(create(code, 'ana', { ...origin, address: '198.51.100.7' })).resolves.toMatchObject({
      role: 'admin',
    });
  });

  test('every start has another code', async () => {
    const codes = new Set([
      await kinora.setup.start(),
      await kinora.setup.start(),
      await kinora.setup.start(),
    ]);
    expect(codes.size).toBe(3);
  });

  test('a name that is taken is told as such, and the code stays good', async () => {
    await kinora.createUser('ana', 'correct horse');
    const code = String(await kinora.setup.start());
    await expect(create(code)).rejects.toMatchObject({ code: 'conflict', name: 'UsernameTakenError' });
    await expect(create(code, 'admin')).resolves.toMatchObject({ role: 'admin' });
  });

  test('may come from the configuration instead, once', async () => {
    const code = String(await kinora.setup.start());
    expect(await kinora.setup.ensureAdministrator('root', 'correct horse')).toBe(true);
    expect(await kinora.setup.ensureAdministrator('other', 'correct horse')).toBe(false);
    await expect(create(code)).rejects.toMatchObject({ code: 'conflict' });
    await expect(
      kinora.login({ username: 'root', password: 'correct horse' }, origin),
    ).resolves.toBeDefined();
    expect((await kinora.users.list({ page: 1, pageSize: 10 })).items).toMatchObject([
      { username: 'root', role: 'admin' },
    ]);
  });
});
