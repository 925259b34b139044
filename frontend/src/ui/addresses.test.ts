import { describe, expect, it } from '@jest/globals';
import { localPath, webAddress } from './addresses.js';

describe('localPath', () => {
  it.each([
    '/',
    '/movies/7?sources=open',
    '/search?q=a//b&c=%5C',
    '/search?q=%2F%2Fevil.example',
    '/account#sessions',
    '/lists/%E2%82%AC',
  ])('keeps %s', (value) => {
    expect(localPath(value)).toBe(value);
  });

  it.each([
    undefined,
    null,
    7,
    ['/account'],
    '',
    'movies',
    '?next=/',
    '#top',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/%5Cevil.example',
    '/%5cevil.example',
    '/%255Cevil.example',
    '/%2Fevil.example',
    '/%252Fevil.example',
    '/%25252Fevil.example',
    '/.//evil.example',
    '/movies/..//evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/\r\n/evil.example',
    '/\0',
    '/%09/evil.example',
    '/%0d%0aset-cookie:a',
    '/search?q=\u0085',
    ' /account',
    '\t//evil.example',
    'https://evil.example',
    'HTTPS:/evil.example',
    'https:evil.example',
    'javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    '"http://evil.example"',
    '/%E0%A4%A',
    `/${'a'.repeat(2048)}`,
  ])('refuses %j', (value) => {
    expect(localPath(value)).toBeNull();
  });
});

describe('webAddress', () => {
  it.each(['https://archive.org/details/x', 'http://trakt.tv/activate'])('keeps %s', (value) => {
    expect(webAddress(value)).toBe(value);
  });

  it.each([
    null,
    '',
    '/account',
    '//evil.example',
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'java\tscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://kinora.example/1',
    'intent://scan',
  ])('T29 refuses %j', (value) => {
    expect(webAddress(value)).toBeNull();
  });
});
