import { expect, test } from '@jest/globals';
import { clientAddress, readTrustedProxies } from './client-address.js';

const trusted = readTrustedProxies(['10.0.0.0/8', '192.0.2.1', '2001:db8::/32']);

test.each([
  ['no proxy', '198.51.100.7', undefined, '198.51.100.7'],
  ['a stranger who claims to be one', '198.51.100.7', '203.0.113.9', '198.51.100.7'],
  ['one proxy', '10.0.0.1', '203.0.113.9', '203.0.113.9'],
  ['a single trusted address', '192.0.2.1', '203.0.113.9', '203.0.113.9'],
  ['what the client put in front', '10.0.0.1', '1.1.1.1, 203.0.113.9', '203.0.113.9'],
  ['two proxies', '10.0.0.1', '1.1.1.1, 203.0.113.9, 10.0.0.2', '203.0.113.9'],
  ['all hops trusted', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
  ['an empty header', '10.0.0.1', '', '10.0.0.1'],
  ['nonsense in it', '10.0.0.1', '203.0.113.9, unknown', '10.0.0.1'],
  ['a number', '10.0.0.1', '2130706433', '10.0.0.1'],
  ['a proxy over IPv6', '2001:db8::1', '203.0.113.9', '203.0.113.9'],
  ['a proxy as mapped IPv4', '::ffff:10.0.0.1', '203.0.113.9', '203.0.113.9'],
  ['ports', '10.0.0.1', '203.0.113.9:4711', '203.0.113.9'],
  ['bracketed IPv6 with a port', '10.0.0.1', '[2606:4700::1]:443', '2606:4700::1'],
  ['a zone', 'fe80::1%eth0', undefined, 'fe80::1'],
  ['no socket', undefined, '203.0.113.9', 'unknown'],
])('T37 %s', (_, socket, forwarded, expected) => {
  expect(clientAddress(socket, forwarded, trusted)).toBe(expected);
});

test('a range that is none is refused at start', () => {
  expect(() => readTrustedProxies(['10.0.0.0/99'])).toThrow();
  expect(() => readTrustedProxies(['proxy.local'])).toThrow();
});
