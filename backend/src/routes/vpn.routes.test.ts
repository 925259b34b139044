import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type KinoraApi, openKinoraApi } from '../test-support/kinora-api.js';

describe('GET /api/vpn', () => {
  let kinora: KinoraApi;
  let admin: string;
  let member: string;

  beforeEach(async () => {
    kinora = await openKinoraApi();
    admin = (await kinora.signIn('ada', 'correct horse battery', 'admin')).token;
    member = (await kinora.signIn('bob', 'correct horse battery', 'user')).token;
    kinora.vpn.status = {
      ...kinora.vpn.status,
      policy: 'require',
      state: 'protected',
      interfaceName: 'tun0',
      tunnelAddress: '10.8.0.2',
      publicAddress: '203.0.113.17',
      provider: { name: 'NordVPN', answer: 'protected', detail: null, checkedAt: new Date(0) },
      killSwitch: { setBy: 'kinora', reason: 'A rule holds.' },
    };
  });

  afterEach(() => kinora.dispose());

  const read = async (token: string, method = 'GET', path = '/api/vpn'): Promise<unknown> =>
    (await kinora.request(method, path, { token })).json();

  it('tells everyone whether, since when and why', async () => {
    expect(await read(member)).toEqual({
      policy: 'require',
      status: 'protected',
      reason: 'The VPN is not watched.',
      trafficAllowed: true,
      since: '2026-01-01T00:00:00.000Z',
      changedAt: '2026-01-01T00:00:00.000Z',
      address: null,
      interface: null,
      provider: null,
      killSwitch: null,
    });
  });

  it('tells administrators where', async () => {
    expect(await read(admin)).toMatchObject({
      address: '203.0.113.17',
      interface: { name: 'tun0', address: '10.8.0.2' },
      provider: { name: 'NordVPN', answer: 'protected', checkedAt: '1970-01-01T00:00:00.000Z' },
      killSwitch: { setBy: 'kinora', reason: 'A rule holds.' },
    });
  });

  it('checks at once when an administrator asks', async () => {
    expect(await read(admin, 'POST', '/api/vpn/check')).toMatchObject({ status: 'protected' });
    expect(kinora.vpn.checks).toBe(1);
  });
});
