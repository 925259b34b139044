import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from '@jest/globals';
import { fc } from '../../../test-support/properties.js';
import { parseReleaseName, type ReleaseName } from './release-name.js';

/** The columns of the corpus: what of an answer each is compared with. */
const fields: Record<string, (name: ReleaseName) => string> = {
  t: ({ title }) => title ?? '',
  y: ({ year }) => text(year),
  r: ({ resolution }) => resolution ?? '',
  s: ({ releaseType }) => releaseType ?? '',
  v: ({ videoCodec }) => videoCodec ?? '',
  a: ({ audioCodec }) => audioCodec ?? '',
  ch: ({ audioChannels }) => audioChannels ?? '',
  hdr: ({ hdr }) => set(hdr),
  bit: ({ bitDepth }) => text(bitDepth),
  lang: ({ languages }) => set(languages),
  sub: ({ subtitles }) => set(subtitles),
  ed: ({ edition }) => edition ?? '',
  g: ({ group }) => group ?? '',
  p: ({ repair }) => repair ?? '',
  se: ({ seasons }) => range(seasons),
  ep: ({ episodes }) => range(episodes),
  abs: ({ absolute }) => range(absolute),
  date: ({ airDate }) => airDate ?? '',
  x: ({ container }) => container ?? '',
  remux: ({ isRemux }) => text(isRemux),
  complete: ({ isComplete }) => text(isComplete),
  '3d': ({ is3d }) => text(is3d),
};

/** Least share of names of which a field is right. What is reached is higher: backend/docs/sources.md. */
const floors: Record<string, number> = { t: 0.99, g: 0.98, lang: 0.98, sub: 0.98 };
const usualFloor = 0.99;
const heldOutFloor = 0.95;

const set = (values: readonly string[]) => [...values].sort().join(',');
const range = (values: readonly number[]) =>
  values.length < 2 ? values.join('') : `${values[0] ?? ''}-${values.at(-1) ?? ''}`;
const text = (value: number | boolean | null) => (value === true ? 'yes' : String(value || ''));

function corpus(...files: string[]): { name: string; expected: Map<string, string> }[] {
  return files.flatMap((file) =>
    readFileSync(new URL(`./__corpus__/${file}.tsv`, import.meta.url), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const [name = '', facts = ''] = line.split('\t');
        const pairs = facts.split(';').map((fact): [string, string] => {
          const [key = '', ...value] = fact.split('=');
          return [key, value.length === 0 ? 'yes' : set(value.join('=').split(','))];
        });
        return { name, expected: new Map(pairs) };
      }),
  );
}

function accuracy(names: ReturnType<typeof corpus>): Record<string, { share: number; wrong: string[] }> {
  return Object.fromEntries(
    Object.entries(fields).map(([field, of]) => {
      const wrong = names.filter(
        ({ name, expected }) => of(parseReleaseName(name)) !== (expected.get(field) ?? ''),
      );
      return [field, { share: 1 - wrong.length / names.length, wrong: wrong.map(({ name }) => name) }];
    }),
  );
}

describe('parseReleaseName', () => {
  const known = corpus('by-hand', 'composed');
  const reached = accuracy(known);
  const heldOut = accuracy(corpus('held-out'));

  it('is measured on at least 500 names, none of them twice', () => {
    expect(known.length).toBeGreaterThanOrEqual(500);
    expect(new Set(known.map(({ name }) => name)).size).toBe(known.length);
  });

  test.each(Object.keys(fields))('reads the field "%s" as well as promised', (field) => {
    const { share, wrong } = reached[field] ?? { share: 0, wrong: [] };
    const floor = floors[field] ?? usualFloor;
    expect({ met: share >= floor, wrong: share >= floor ? [] : wrong }).toEqual({ met: true, wrong: [] });
    expect(heldOut[field]?.share).toBeGreaterThanOrEqual(heldOutFloor);
  });

  it('keeps every number of a run', () => {
    expect(parseReleaseName('Open.Reel.Stories.S01E02-E05.720p').episodes).toEqual([2, 3, 4, 5]);
    expect(parseReleaseName('Open Reel Stories Seasons 2-4').seasons).toEqual([2, 3, 4]);
  });

  it('believes no run of a million episodes', () => {
    expect(parseReleaseName('[A] B - 0001-9999 [720p]').absolute.length).toBeLessThan(2_001);
  });

  it('has an answer for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
        const { year, episodes } = parseReleaseName(name);
        return (year === null || (year >= 1900 && year < 2100)) && episodes.length <= 2_000;
      }),
    );
  });

  it('takes no longer for hostile names than for long ones', () => {
    const parts = [
      'a',
      '1',
      '.',
      ' ',
      '-',
      '[',
      '(',
      'S01',
      'E01',
      '1x01',
      '2160',
      'DTS',
      'web',
      'season ',
      '19',
      '/',
      'ep',
      '~',
      '第',
      ' - 0',
    ];
    const startedAt = performance.now();
    let count = 0;
    for (const one of parts)
      for (const other of parts) {
        parseReleaseName(`${one}${other}`.repeat(300));
        count++;
      }
    // A quadratic pattern over 300 characters costs milliseconds each; these take a fraction of one.
    expect((performance.now() - startedAt) / count).toBeLessThan(20);
  });
});
