// Checks docs/asvs.md: the summary counts the rows, each requirement has one row, and what a row links to exists.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const folder = fileURLToPath(new URL('../docs', import.meta.url));
const page = readFileSync(path.join(folder, 'asvs.md'), 'utf8');
const verdicts = ['met', 'partly', 'not met', 'n/a'];
const cells = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
const rows = cells
  .filter(([, id]) => /^\d+\.\d+\.\d+$/.test(id ?? ''))
  .map(([, id, level, verdict, why]) => ({ id, level, verdict, why }));

it('has each requirement once, with a verdict and a reason', () => {
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  // Levels 1 and 2 of version 5.0.
  expect(rows).toHaveLength(253);
  expect(rows.filter(({ verdict, why }) => !verdicts.includes(verdict) || why === '')).toEqual([]);
});

it('the summary counts the rows of each chapter', () => {
  const summary = cells.filter(([, name]) => /^(V\d+ |all$)/.test(name ?? ''));
  expect(summary).toHaveLength(18);
  for (const [, name, ...counts] of summary) {
    const chapter = /^V(\d+) /.exec(name)?.[1];
    const own = rows.filter(({ id }) => chapter === undefined || id.startsWith(`${chapter}.`));
    const counted = verdicts.map((verdict) => own.filter((row) => row.verdict === verdict).length);
    expect({ name, counts: counts.slice(0, 4).map(Number) }).toEqual({ name, counts: counted });
  }
});

it('what is linked exists', () => {
  const targets = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target);
  expect(targets.length).toBeGreaterThan(100);
  const anchors = new Set(
    [...page.matchAll(/^## (.+)$/gm)].map(([, title]) => `#${title.toLowerCase().replace(/[^\w]+/g, '-')}`),
  );
  const missing = targets.filter((target) => {
    if (target.startsWith('https:')) return false;
    return target.startsWith('#') ? !anchors.has(target) : !existsSync(path.join(folder, target));
  });
  expect([...new Set(missing)]).toEqual([]);
});
