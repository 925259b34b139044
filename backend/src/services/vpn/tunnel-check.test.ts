import { describe, expect, it } from '@jest/globals';
import { checkTunnel, type TunnelFacts } from './tunnel-check.js';

const interfaces = new Map([
  ['lo', ['127.0.0.1']],
  ['eth0', ['192.168.1.10']],
  ['tun0', ['10.8.0.2']],
]);
const facts: TunnelFacts = { wanted: null, interfaces, sources: ['10.8.0.2'] };
const without = (name: string) => new Map([...interfaces].filter(([known]) => known !== name));

describe('checkTunnel', () => {
  it('takes the interface that carries the route, when it looks like a VPN', () => {
    expect(checkTunnel(facts)).toEqual({ ok: true, interfaceName: 'tun0', address: '10.8.0.2' });
  });

  it.each(['wg0', 'nordlynx', 'nordtun', 'tap1', 'ppp0', 'proton0', 'vpn-home'])(
    'knows %s for a VPN',
    (name) => {
      const found = new Map([[name, ['10.5.0.2']]]);
      expect(checkTunnel({ wanted: null, interfaces: found, sources: ['10.5.0.2'] }).ok).toBe(true);
    },
  );

  it.each<[string, Partial<TunnelFacts>, string]>([
    [
      'an ordinary interface',
      { sources: ['192.168.1.10'] },
      'goes through eth0, which does not look like a VPN',
    ],
    ['a route from an address nobody has', { sources: ['10.9.9.9'] }, 'goes through 10.9.9.9'],
    ['no route', { sources: [] }, 'no route to the internet'],
    [
      'halves of the internet by different ways',
      { sources: ['10.8.0.2', '192.168.1.10'] },
      'does not go through tun0',
    ],
    [
      'the named one being down (T56)',
      { wanted: 'tun0', interfaces: without('tun0') },
      'tun0 is down or does not exist',
    ],
    [
      'the named one beside the route',
      { wanted: 'tun0', sources: ['192.168.1.10'] },
      'does not go through tun0',
    ],
    ['the named one without a route', { wanted: 'tun0', sources: [] }, 'no route to the internet'],
    [
      'the named one without an address',
      { wanted: 'tun0', interfaces: new Map([['tun0', []]]), sources: [] },
      'tun0 has no IPv4 address',
    ],
    ['a name that is almost right', { wanted: 'tun1' }, 'tun1 is down or does not exist'],
  ])('refuses %s', (_name, change, reason) => {
    expect(checkTunnel({ ...facts, ...change })).toMatchObject({
      ok: false,
      reason: expect.stringContaining(reason),
    });
  });

  it('takes an ordinary interface that was named, such as that of a namespace behind a VPN', () => {
    const named = checkTunnel({ ...facts, wanted: 'eth0', sources: ['192.168.1.10'] });
    expect(named).toEqual({ ok: true, interfaceName: 'eth0', address: '192.168.1.10' });
  });

  it('takes loopback without a route, for a world of its own', () => {
    expect(checkTunnel({ ...facts, wanted: 'lo', sources: [] })).toMatchObject({
      ok: true,
      address: '127.0.0.1',
    });
  });
});
