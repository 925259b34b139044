import { describe, expect, it } from '@jest/globals';
import { adviceOf, signaturesOf } from './advisories.mjs';

const counted = (counts) =>
  JSON.stringify({
    metadata: {
      vulnerabilities: { info: 0, low: 0, moderate: 0, high: 0, critical: 0, total: 0, ...counts },
    },
  });

describe('T54 the advisories of the registry', () => {
  it.each([
    ['a flaw of high severity', counted({ high: 1, total: 1 }), 'bad'],
    ['a critical flaw', counted({ critical: 1, total: 1 }), 'bad'],
    ['moderate flaws', counted({ moderate: 3, total: 3 }), 'good'],
    ['none', counted({}), 'good'],
    [
      'a registry without advisories',
      JSON.stringify({ message: '405 Method Not Allowed', statusCode: 405 }),
      'unknown',
    ],
    ['no answer', '', 'unknown'],
    ['a page of HTML', '<html>', 'unknown'],
  ])('T54 %s', (_name, output, verdict) => {
    expect(adviceOf(output).verdict).toBe(verdict);
  });

  it.each([
    ['an invalid signature', { invalid: [{ name: 'x' }], missing: [] }, 'bad'],
    ['all valid', { invalid: [], missing: [] }, 'good'],
    ['keys that cannot be had', { message: 'ENOTFOUND' }, 'unknown'],
  ])('T54 %s', (_name, answer, verdict) => {
    expect(signaturesOf(JSON.stringify(answer)).verdict).toBe(verdict);
  });
});
