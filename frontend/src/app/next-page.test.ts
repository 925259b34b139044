import { describe, expect, it } from '@jest/globals';
import { safeNext } from './next-page.js';

describe('safeNext', () => {
  it('keeps pages of this application', () => {
    expect(safeNext('/movies/7?sources=open')).toBe('/movies/7?sources=open');
  });

  it.each([
    undefined,
    7,
    '',
    'movies',
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
  ])('leads nowhere else: %s', (value) => {
    expect(safeNext(value)).toBeNull();
  });
});
