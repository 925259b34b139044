import { describe, expect, it } from '@jest/globals';
import type { Vpn } from '../../api/types.js';
import { killSwitchWords, providerWords, vpnConsequence, vpnTitle, vpnTone } from './vpn-words.js';

const vpn: Vpn = {
  policy: 'require',
  status: 'protected',
  reason: '',
  trafficAllowed: true,
  since: '2026-01-01T00:00:00Z',
  changedAt: '2026-01-01T00:00:00Z',
  address: null,
  interface: null,
  provider: null,
  killSwitch: null,
};

describe('the words about the VPN', () => {
  it.each([
    ['protected', 'Protected', 'good'],
    ['unprotected', 'Not protected', 'bad'],
    ['unknown', 'Not confirmed', 'bad'],
    ['off', 'Not watched', 'plain'],
  ] as const)('%s', (status, title, tone) => {
    expect([vpnTitle({ status }), vpnTone({ status })]).toEqual([title, tone]);
  });

  it('say what it means for films', () => {
    expect(vpnConsequence(vpn)).toContain('through the VPN alone');
    expect(vpnConsequence({ ...vpn, status: 'unknown', trafficAllowed: false })).toContain('paused');
    expect(vpnConsequence({ ...vpn, policy: 'warn', status: 'unprotected' })).toContain('all the same');
    expect(vpnConsequence({ ...vpn, policy: 'warn' })).toContain('also run without');
    expect(vpnConsequence({ ...vpn, policy: 'off', status: 'off' })).toContain('whatever route');
  });

  it('never turn silence of the provider into a yes', () => {
    const provider = { name: 'NordVPN', detail: null, checkedAt: '2026-01-01T00:00:00Z' };
    expect(providerWords({ ...provider, answer: 'unknown' })).toBe('NordVPN has given no clear answer');
    expect(providerWords({ ...provider, answer: 'unknown', checkedAt: null })).toBe(
      'NordVPN has not been asked',
    );
  });

  it('say who has set the kill switch', () => {
    expect(killSwitchWords({ setBy: 'kinora', reason: 'It holds.' })).toBe('Set by Kinora. It holds.');
    expect(killSwitchWords({ setBy: 'system', reason: 'It holds.' })).toBe('Set by the system. It holds.');
    expect(killSwitchWords({ setBy: 'none', reason: 'Packets could leave.' })).toBe(
      'Not set. Packets could leave.',
    );
  });
});
