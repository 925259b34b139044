import { describe, expect, test } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import { newTotp, totpStep } from './totp.js';

/** RFC 6238 appendix B: the secret of its SHA-1 vectors, and the last six of its eight digits. */
const rfcSecret = Secret.fromLatin1('12345678901234567890').base32;
const vectors = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
] as const;

describe('totpStep', () => {
  test.each(vectors)('finds the step of RFC 6238 at %d s', (seconds, code) => {
    expect(totpStep(rfcSecret, code, seconds * 1000)).toBe(Math.floor(seconds / 30));
  });

  test('accepts the codes of one step before and after, and names their step', () => {
    const step = 41_152_263;
    const code = (at: number) =>
      new TOTP({ secret: Secret.fromBase32(rfcSecret) }).generate({ timestamp: at * 30_000 });
    const now = step * 30_000 + 12_345;
    expect([-2, -1, 0, 1, 2].map((offset) => totpStep(rfcSecret, code(step + offset), now))).toEqual([
      null,
      step - 1,
      step,
      step + 1,
      null,
    ]);
  });

  test.each(['', '12345', '1234567', 'abcdef', '２８７０８２'])('refuses %j', (code) => {
    expect(totpStep(rfcSecret, code, 59_000)).toBeNull();
  });
});

test('a new secret has 160 bits and an address that names server and account', () => {
  const { secret, uri } = newTotp('ana:é');
  expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  const address = new URL(uri);
  expect(`${address.protocol}//${address.host}`).toBe('otpauth://totp');
  expect(decodeURIComponent(address.pathname)).toBe('/Kinora:ana:é');
  expect(Object.fromEntries(address.searchParams)).toEqual({
    ...{ issuer: 'Kinora', secret, algorithm: 'SHA1', digits: '6', period: '30' },
  });
});
