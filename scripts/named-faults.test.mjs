// Checks backend/docs/faults.md: every threat and fault has a row, and each file of the row has a test with its id in the name.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Text of test files and shared fixtures by base name; files of the same name are joined. */
const files = new Map();
for (const folder of ['backend/src', 'frontend/src', 'demo/src', 'e2e/src', 'scripts']) {
  for (const file of readdirSync(path.join(root, folder), { recursive: true })) {
    if (!/\.test\.(tsx?|mjs)$|(__fixtures__|test-support)\/.*\.ts$|^kinora-(process|command)\.ts$/.test(file))
      continue;
    const name = path.basename(file);
    files.set(name, (files.get(name) ?? '') + readFileSync(path.join(root, folder, file), 'utf8'));
  }
}

const numbered = (letter, from, to) =>
  Array.from({ length: to - from + 1 }, (_, n) => letter + String(from + n).padStart(2, '0'));

/** All ids of the reliability list, in the order of the page. The ones after T56 and F38 belong to planned capabilities. */
const known = [...numbered('T', 1, 71), ...numbered('F', 1, 45), ...numbered('F', 51, 54)];
const planned = new Set([...numbered('T', 57, 70), ...numbered('F', 39, 45)]);

/** Ids without a row, and why. */
const notYet = new Map([
  ['T24', 'no converter: nothing runs ffmpeg on a film'],
  ['T25', 'no converter'],
  ['T26', 'no converter: attachments are not extracted'],
  ['T27', 'no converter'],
  ['T30', 'no HLS segments'],
]);

const page = readFileSync(path.join(root, 'backend/docs/faults.md'), 'utf8');
const rows = page
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter((cells) => /^[TF]\d\d$/.test(cells[1] ?? ''))
  .map((cells) => ({ id: cells[1], tests: [...cells[4].matchAll(/`([^`]+)`/g)].map(([, name]) => name) }));
const ids = rows.map(({ id }) => id);

it('has each id once, in order', () => {
  expect(ids).toEqual(known.filter((id) => ids.includes(id)));
});

it('has a row for every id that applies', () => {
  expect(known.filter((id) => !planned.has(id) && !ids.includes(id))).toEqual([...notYet.keys()]);
});

it.each(rows)('$id is named by a test in each of $tests', ({ id, tests }) => {
  expect(tests.length).toBeGreaterThan(0);
  // In a quoted text: a comment is no test.
  const named = new RegExp(`['"\`][^'"\`\\n]*\\b${id}\\b[^\\n]*['"\`]`);
  expect(tests.filter((name) => !named.test(files.get(name) ?? ''))).toEqual([]);
});
