import { describe, expect, it } from '@jest/globals';
import { preferredLanguage } from './accept-language.js';

describe('preferredLanguage', () => {
  it.each<[string | undefined, string]>([
    ['it', 'it'],
    ['pt-br,pt;q=0.9,en;q=0.8', 'pt-BR'],
    ['de-CH;q=0.7', 'de-CH'],
    ['zh-Hant-TW,zh', 'zh-TW'],
    ['*', 'en-US'],
    ['', 'en-US'],
    [undefined, 'en-US'],
    ['en-US&api_key=x', 'en-US'],
    ['../..', 'en-US'],
    ['x'.repeat(10_000), 'en-US'],
  ])('%j', (header, language) => {
    expect(preferredLanguage(header)).toBe(language);
  });
});
