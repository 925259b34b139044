import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import bcrypt from 'bcrypt';
import { Passwords } from './passwords.js';

const pepper = randomBytes(32);

describe('passwords', () => {
  const passwords = new Passwords({ pepper, cost: 4 });

  test('T36 every byte counts, also beyond the 72 that bcrypt reads', async () => {
    const long = 'x'.repeat(72);
    const hash = await passwords.hash(`${long}a`);
    expect(await passwords.verify(`${long}a`, hash)).toBe(true);
    expect(await passwords.verify(`${long}b`, hash)).toBe(false);
    const accented = await passwords.hash(`${'é'.repeat(36)}x`);
    expect(await passwords.verify(`${'é'.repeat(36)}y`, accented)).toBe(false);
    expect(await passwords.verify('x'.repeat(1024), await passwords.hash('x'.repeat(1024)))).toBe(true);
  });

  test('a NUL does not end a password', async () => {
    const hash = await passwords.hash('before\0after');
    expect(await passwords.verify('before\0other', hash)).toBe(false);
  });

  test('the same letter in another encoding is the same password', async () => {
    expect(await passwords.verify('cafe\u0301 au lait', await passwords.hash('caf\u00e9 au lait'))).toBe(
      true,
    );
  });

  test('a hash is worth nothing without the pepper', async () => {
    const hash = await passwords.hash('correct horse');
    expect(await new Passwords({ pepper: randomBytes(32), cost: 4 }).verify('correct horse', hash)).toBe(
      false,
    );
    expect(await bcrypt.compare('correct horse', hash)).toBe(false);
  });

  test('the default cost is 12', async () => {
    expect(await new Passwords({ pepper }).hash('correct horse')).toMatch(/^\$2b\$12\$/);
  });

  test('T35 without a hash to compare with the whole work is done all the same', async () => {
    const costly = new Passwords({ pepper, cost: 10 });
    const hash = await costly.hash('correct horse');
    const known = await timed(() => costly.verify('wrong', hash));
    const unknown = await timed(() => costly.verify('wrong', null));
    expect(await costly.verify('wrong', null)).toBe(false);
    // Generous, for busy machines: skipping the hash would be a thousand times faster.
    expect(unknown).toBeGreaterThan(known / 5);
    expect(costly.computed).toBe(4);
  });

  test('T36 a flood: two hashes at once, fifty waiting, the rest refused; then all is as before', async () => {
    const flooded = new Passwords({ pepper, cost: 4 });
    const outcomes = await Promise.allSettled(Array.from({ length: 1_000 }, () => flooded.hash('x')));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(52);
    const refusal = outcomes.find((outcome) => outcome.status === 'rejected');
    expect(refusal?.reason).toMatchObject({ code: 'rate-limited', retryAfterSeconds: 5 });
    expect(await flooded.verify('x', await flooded.hash('x'))).toBe(true);
  });
});

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
