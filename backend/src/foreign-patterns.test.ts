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

const unique = (patterns: readonly RegExp[]) => [
  ...new Map(patterns.map((pattern) => [String(pattern), pattern])).values(),
];

describe('regular expressions on foreign text', () => {
  const files = [...new Set([...backend.literals, ...frontend.literals].map(({ file }) => file))];

  it.each(files)('T71 T51 cost time linear in the length of the text: %s', async (file) => {
    const found = [...backend.literals, ...frontend.literals].filter((one) => one.file === file);
    for (const pattern of unique(found.map((one) => one.pattern))) expect(await growthOf(pattern)).toBeNull();
  });

  it('T71 are literals, or constructed when their module is loaded, so that this test knows them', async () => {
    expect([...frontend.constructions]).toEqual([]);
    const made = await constructedDuring(async () => {
      for (const file of backend.constructions.keys()) await import(path.join(sources, file));
    });
    for (const [file, count] of backend.constructions) {
      const places = new Set(made.map(({ place }) => place).filter((place) => place.includes(file)));
      expect({ file, isKnown: places.size >= count }).toEqual({ file, isKnown: true });
    }
    for (const pattern of unique(made.map((one) => one.pattern))) expect(await growthOf(pattern)).toBeNull();
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
