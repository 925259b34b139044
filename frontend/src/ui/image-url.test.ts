import { describe, expect, it } from '@jest/globals';
import { ownImageUrl } from './image-url.js';

describe('ownImageUrl', () => {
  it('keeps the pictures this server has', () => {
    expect(ownImageUrl('/api/images/abc.jpg')).toBe('/api/images/abc.jpg');
  });

  it.each([
    'javascript:alert(1)',
    'data:image/svg+xml,x',
    '//other.example/x.png',
    'https://other.example/x',
    '/\\x',
    '',
  ])('T29: drops %s', (url) => {
    expect(ownImageUrl(url)).toBeNull();
  });
});
