import { describe, expect, it } from '@jest/globals';
import { changeWords, sourceWords, valueWords } from './setting-words.js';

describe('words for settings', () => {
  it('say what holds and never a secret', () => {
    expect(valueWords({ secret: false, isSet: false, value: null })).toBe('Not set');
    expect(valueWords({ secret: true, isSet: true, value: null })).toBe('Set, not shown');
    expect(valueWords({ secret: false, isSet: true, value: 'a,b' })).toBe('a, b');
  });

  it('say where it comes from', () => {
    expect(
      ['default', 'settings page', 'environment variable'].map((source) => sourceWords({ source })),
    ).toEqual(['Default', 'Set here', 'From environment variable']);
  });

  it('say what a revision changed', () => {
    const change = {
      name: 'LOG_LEVEL',
      secret: false,
      wasSet: true,
      isSet: true,
      before: 'info',
      after: 'debug',
    };
    expect(changeWords(change)).toBe('LOG_LEVEL: info → debug');
    expect(changeWords({ ...change, wasSet: false, before: null })).toBe('LOG_LEVEL: not set here → debug');
    const secret = { ...change, name: 'TOKEN', secret: true, before: null, after: null };
    expect(changeWords(secret)).toBe('TOKEN: replaced');
    expect(changeWords({ ...secret, wasSet: false })).toBe('TOKEN: set');
    expect(changeWords({ ...secret, isSet: false })).toBe('TOKEN: removed');
  });
});
