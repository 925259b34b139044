// Every threat and fault of backend/docs/faults.md has tests that carry its name, in the files the page says.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Text of the test files of a name, and of what they share. */
const files = new Map();
for (const workspace of ['backend', 'frontend', 'demo', 'e2e']) {
  const folder = path.join(root, workspace, 'src');
  for (const file of readdirSync(folder, { recursive: true })) {
    if (!/\.test\.tsx?$|__fixtures__\/.*\.ts$/.test(file)) continue;
    const name = path.basename(file);
    files.set(name, (files.get(name) ?? '') + readFileSync(path.join(folder, file), 'utf8'));
  }
}

const page = readFileSync(path.join(root, 'backend/docs/faults.md'), 'utf8');
const rows = page
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter((cells) => /^[TF]\d\d$/.test(cells[1] ?? ''))
  .map((cells) => ({ id: cells[1], tests: [...cells[4].matchAll(/`([^`]+)`/g)].map(([, name]) => name) }));
const numbered = (letter, from, to) =>
  Array.from({ length: to - from + 1 }, (_, n) => letter + String(from + n).padStart(2, '0'));

it('the page has all of them, once', () => {
  expect(rows.map(({ id }) => id)).toEqual([...numbered('T', 1, 23), ...numbered('F', 15, 35)]);
});

it.each(rows)('$id is named by a test in each of $tests', ({ id, tests }) => {
  expect(tests.length).toBeGreaterThan(0);
  // In a quoted text: a comment is no test.
  const named = new RegExp(`['"\`][^'"\`\\n]*\\b${id}\\b[^\\n]*['"\`]`);
  expect(tests.filter((name) => !named.test(files.get(name) ?? ''))).toEqual([]);
});
