import { expect, test } from '@jest/globals';
import { relyingPartyOf } from './relying-party.js';

const site = (id: string, origin: string) => ({ id, origin });

test.each([
  ['https://films.example', 'films.example', site('films.example', 'https://films.example')],
  ['https://films.example:8443', 'films.example:8443', site('films.example', 'https://films.example:8443')],
  // A proxy may write the default port out.
  ['https://films.example', 'films.example:443', site('films.example', 'https://films.example')],
  ['http://localhost:8080', 'localhost:8080', site('localhost', 'http://localhost:8080')],
  ['http://tv.localhost', 'tv.localhost', site('tv.localhost', 'http://tv.localhost')],
  ['http://nas.local', 'nas.local', null],
  ['https://192.0.2.1', '192.0.2.1', null],
  ['https://[2001:db8::1]', '[2001:db8::1]', null],
  ['http://127.0.0.1:8080', '127.0.0.1:8080', null],
])('the page %s on host %s belongs to %j', (origin, host, expected) => {
  expect(relyingPartyOf({ publicUrl: undefined, origin, host })).toEqual(expected);
});

test.each([
  ['https://evil.example', 'films.example'],
  ['null', 'films.example'],
  ['https://films.example', undefined],
  [undefined, 'films.example'],
])('a page %s is not that of host %s', (origin, host) => {
  expect(relyingPartyOf({ publicUrl: undefined, origin, host })).toBeNull();
});

test('PUBLIC_URL decides, whatever page asks', () => {
  const asked = { origin: 'https://evil.example', host: 'evil.example' };
  expect(relyingPartyOf({ publicUrl: 'https://films.example', ...asked })).toEqual(
    site('films.example', 'https://films.example'),
  );
  expect(relyingPartyOf({ publicUrl: 'http://films.example', ...asked })).toBeNull();
});
