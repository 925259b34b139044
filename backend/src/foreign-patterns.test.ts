import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { findSuperLinearGrowth } from './test-support/growth.js';
import { attackOf, attacksOn, constructedDuring, findPatterns, patternsIn } from './test-support/patterns.js';

// Nearly every text a server meets is a stranger's. All regular expressions of the product are measured, so that a new one
// cannot be forgotten.

const sources = path.dirname(fileURLToPath(import.meta.url));
const backend = findPatterns(sources);
const frontend = findPatterns(path.join(sources, '../../frontend/src'));

/** Characters to which a text is cut before the patterns of these modules meet it. */
const cutTo: Readonly<Record<string, number>> = {
  // `parseReleaseName` cuts names before anything else.
  'services/source/release-name/release-name.ts': 300,
};
/** For a text that was cut, milliseconds of processor time. */
const mostMsWhenCut = 5;

/** Small ones first, close to each other: an exponential pattern never ends at a large one. */
const sizes = [16, 20, 24, 28, 32, 64, 256, 1_024, 4_096, 16_384];

async function growthOf(pattern: RegExp) {
  for (const attack of attacksOn(pattern)) {
    const growth = await findSuperLinearGrowth(
      (size) => attackOf(attack, size),
      (text) => text.replace(pattern, ''),
      { sizes },
    );
    if (growth) return { pattern: String(pattern), attack, ...growth };
  }
  return null;
}

function costWhenCut(pattern: RegExp, length: number): number {
  const texts = attacksOn(pattern).map((attack) => attackOf(attack, length).slice(0, length));
  const costs = texts.map((text) =>
    Math.min(...[1, 2, 3].map(() => costOf(() => text.replace(pattern, '')))),
  );
  return Math.max(0, ...costs);
}

function costOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const unique = (patterns: readonly RegExp[]) => [
  ...new Map(patterns.map((pattern) => [String(pattern), pattern])).values(),
];

describe('regular expressions on foreign text', () => {
  const files = [...new Set([...backend.literals, ...frontend.literals].map(({ file }) => file))];

  it.each(files)('T71 T51 cost time linear in the length of the text: %s', async (file) => {
    const found = [...backend.literals, ...frontend.literals].filter((one) => one.file === file);
    for (const pattern of unique(found.map((one) => one.pattern))) {
      const length = cutTo[file];
      if (length === undefined) expect(await growthOf(pattern)).toBeNull();
      else expect(costWhenCut(pattern, length)).toBeLessThan(mostMsWhenCut);
    }
  });

  it('T71 are literals, or constructed when their module is loaded, so that this test knows them', async () => {
    expect([...frontend.constructions]).toEqual([]);
    for (const [file, places] of backend.constructions) {
      const made = await constructedDuring(() => import(path.join(sources, file)));
      expect({ file, isComplete: made.length >= places }).toEqual({ file, isComplete: true });
      for (const pattern of unique(made)) expect(await growthOf(pattern)).toBeNull();
    }
  });

  it.each([
    String.raw`<!DOCTYPE[^>[]*(?:\[[^\]]*\])?[^>]*>`,
    String.raw`<(script|style)\b[^>]*>.*?<\/\1>`,
    '<[^>]*>',
    String.raw`\s+$`,
    String.raw`\s*[([](18|19|20)\d\d[)\]]\s*$`,
    String.raw`^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$`,
    String.raw`(?:^|\/)[^/]*password[^/]*\.(?:txt|html?|url|nfo)$`,
    '^[0-9a-fx.]*[0-9][0-9a-fx.]*$',
    String.raw`^([\d.]+)\s*(\w*)$`,
    String.raw`%.*$`,
    String.raw`[^\s.[\]()]+[\s.[\]()]*$`,
    '^(a+)+$',
    '^(?:a|a)*$',
    String.raw`(\p{L}+ ?)*\d`,
  ])('T71 would be found out: %s', async (source) => {
    const [pattern] = patternsIn(
      `export const planted = /${source.replaceAll('\\/', '/').replaceAll('/', '\\/')}/${source.includes('\\p') ? 'u' : 'i'};`,
    );
    expect(pattern).toBeInstanceOf(RegExp);
    expect(pattern instanceof RegExp && (await growthOf(pattern))).not.toBeNull();
  });
});
