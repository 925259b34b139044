import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { mayRunAgain } from './second-chance.mjs';

it('lets an ordinary test file run again, and one that is tagged as a proof not', () => {
  expect(mayRunAgain("it('plays', () => {});\n")).toBe(true);
  expect(mayRunAgain("it('names @proof in a text', () => {});\n")).toBe(true);
  expect(mayRunAgain("// @proof: packets counted once count\nit('sends none', () => {});\n")).toBe(false);
  expect(mayRunAgain("/** A proof. @proof */\nit('sends none', () => {});\n")).toBe(false);
});

it.each([
  'e2e/src/vpn.test.ts',
  'backend/src/routes/access-rules.test.ts',
  'backend/src/routes/protection.test.ts',
  'backend/src/services/torrent/private-peers.test.ts',
  'backend/src/services/torrent/network-guard.test.ts',
])('never runs %s a second time', (file) => {
  expect(mayRunAgain(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'))).toBe(false);
});
