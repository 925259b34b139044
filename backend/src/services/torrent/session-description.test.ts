import { expect, it } from '@jest/globals';
import { withoutPrivate } from './session-description.js';

const candidate = (address: string, port = 40_000, rest = 'typ host') =>
  `a=candidate:1 1 UDP 2122317823 ${address} ${port} ${rest}`;
const description = (...candidates: string[]) =>
  [
    'v=0',
    'o=- 1 0 IN IP4 127.0.0.1',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    ...candidates,
    '',
  ].join('\r\n');

it.each([
  '127.0.0.1',
  '10.0.0.7',
  '192.168.1.1',
  '169.254.169.254',
  '::1',
  'fe80::1',
  'fd00::1',
  '::ffff:10.0.0.1',
  '0f6c2b1e-8f3a-4a7c-9c53-000000000000.local',
  'router.example',
])('neither tries nor tells %s (T14, T23)', (address) => {
  expect(withoutPrivate(description(candidate(address), candidate('8.8.8.8')), false)).toBe(
    description(candidate('8.8.8.8')),
  );
});

it('neither tries nor tells low ports, nor what lies behind a router (T14, T23)', () => {
  const reflexive = candidate('8.8.8.8', 40_000, 'typ srflx raddr 192.168.1.7 rport 5000');
  expect(withoutPrivate(description(candidate('8.8.8.8', 22), reflexive), false)).toBe(
    description(candidate('8.8.8.8', 40_000, 'typ srflx raddr 0.0.0.0 rport 0')),
  );
});

it('leaves what is not an address, and where private peers are allowed all but names', () => {
  const all = description(candidate('127.0.0.1', 22), candidate('fd00::1'));
  expect(withoutPrivate(all, true)).toBe(all);
  expect(withoutPrivate(description(candidate('router.example')), true)).toBe(description());
});
