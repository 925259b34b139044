import { afterEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../logging/logger.js';
import type { NetworkPermission } from '../../network/tunnel.js';
import type { AuditEntry } from '../audit/audit-log.service.js';
import { VpnGuard, type VpnGuardOptions } from './vpn-guard.service.js';
import type { VpnPolicy } from './vpn-status.js';
import type { VpnStatusAnswer } from './vpn-status-provider.port.js';

const yes: VpnStatusAnswer = { isProtected: true, address: '203.0.113.17' };
const no: VpnStatusAnswer = { isProtected: false, address: '198.51.100.23' };

/** A machine with a tunnel, and a provider that says what the test wants; nothing happens but when the test asks for it. */
function aWorld(change: Partial<VpnGuardOptions> = {}) {
  const world = {
    clock: 1_000_000,
    interfaces: new Map([
      ['eth0', ['192.168.1.10']],
      ['tun0', ['10.8.0.2']],
    ]),
    sources: ['10.8.0.2'],
    answer: (): Promise<VpnStatusAnswer> => Promise.resolve(yes),
    asked: 0,
    audited: [] as AuditEntry[],
    permissions: [] as NetworkPermission['kind'][],
    candidates: [] as NetworkPermission[],
    dropTunnel: () => {
      world.interfaces.delete('tun0');
      world.sources = ['192.168.1.10'];
    },
  };
  const settings = {
    policy: 'require' as VpnPolicy,
    interfaceName: null as string | null,
    provider: {
      name: 'NordVPN',
      ask: () => {
        world.asked += 1;
        return world.answer();
      },
    },
    network: {
      readInterfaces: () => new Map(world.interfaces),
      readSourceAddresses: () => Promise.resolve(world.sources),
      readNameServers: () => ['10.8.0.1'],
    },
    killSwitch: null,
    intervalMs: 60_000,
    ...change,
  };
  const guard = new VpnGuard({
    ...settings,
    // Looks and questions come when the test calls for them.
    watchMs: 3_600_000,
    retryMs: [3_600_000],
    audit: {
      record: (entry) => {
        world.audited.push(entry);
        return Promise.resolve();
      },
    },
    logger: silentLogger(),
    now: () => world.clock,
    ...change,
  });
  guard.onPermission(({ kind }) => {
    // A closed door may be given another reason.
    if (world.permissions.at(-1) !== kind) world.permissions.push(kind);
  });
  guard.onCandidate((candidate) => world.candidates.push(candidate));
  return { world: Object.assign(world, { settings }), guard };
}

const guards: VpnGuard[] = [];

async function started(
  change: Partial<VpnGuardOptions> = {},
  prepare?: (world: ReturnType<typeof aWorld>['world']) => void,
) {
  const made = aWorld(change);
  prepare?.(made.world);
  guards.push(made.guard);
  await made.guard.start();
  await made.guard.check();
  return made;
}

afterEach(async () => {
  await Promise.all(guards.splice(0).map((guard) => guard.stop()));
});

describe('VpnGuard', () => {
  it('permits nothing before it has looked', () => {
    const { guard } = aWorld();
    expect(guard.permission.kind).toBe('closed');
    expect(guard.getStatus()).toMatchObject({ state: 'unknown', trafficAllowed: false });
  });

  it('permits the tunnel alone, once machine and provider agree', async () => {
    const { world, guard } = await started();
    expect(guard.permission).toEqual({
      kind: 'bound',
      tunnel: { interfaceName: 'tun0', address: '10.8.0.2', nameServers: ['10.8.0.1'] },
    });
    expect(guard.getStatus()).toMatchObject({
      state: 'protected',
      publicAddress: '203.0.113.17',
      interfaceName: 'tun0',
    });
    expect(world.permissions).toEqual(['closed', 'bound']);
  });

  it('asks the provider through the tunnel, before anything else may go there', async () => {
    const { world } = await started(
      {},
      (prepared) => (prepared.answer = () => Promise.reject(new Error('late'))),
    );
    expect(world.candidates.at(-1)).toMatchObject({ kind: 'bound', tunnel: { interfaceName: 'tun0' } });
    expect(world.permissions).not.toContain('bound');
  });

  it.each<[string, () => Promise<VpnStatusAnswer>, string]>([
    ['an error', () => Promise.reject(new Error('ECONNREFUSED')), 'unknown'],
    ['a no', () => Promise.resolve(no), 'unprotected'],
  ])('F23 %s of the provider opens nothing', async (_name, answer, state) => {
    const { guard } = await started({}, (world) => (world.answer = answer));
    expect(guard.getStatus()).toMatchObject({ state, trafficAllowed: false });
    // In a tunnel that is there but not vouched for, connections end at once.
    expect(guard.permission).toMatchObject({ kind: 'closed', keepsSockets: false });
  });

  it('F23 a provider that never answers opens nothing', async () => {
    const { world, guard } = aWorld();
    guards.push(guard);
    world.answer = () => new Promise(() => undefined);
    await guard.start();
    expect(guard.getStatus()).toMatchObject({ state: 'unknown', trafficAllowed: false });
  });

  it('T56 a provider that says yes while the tunnel is down is not even asked', async () => {
    const { world, guard } = await started({ interfaceName: 'tun0' }, (prepared) => prepared.dropTunnel());
    expect(guard.getStatus()).toMatchObject({ state: 'unprotected', trafficAllowed: false });
    expect(world.asked).toBe(0);
  });

  it('closes at once when the tunnel goes, and opens by itself when it is back', async () => {
    const { world, guard } = await started();
    world.dropTunnel();
    await guard.check();
    expect(guard.permission).toEqual({
      kind: 'closed',
      reason: expect.stringContaining('eth0'),
      // Whoever still sends through the tunnel must not be refused by another way.
      keepsSockets: true,
    });
    expect(guard.dropCount).toBe(1);
    world.interfaces.set('tun0', ['10.8.0.2']);
    world.sources = ['10.8.0.2'];
    await guard.check();
    expect(world.permissions).toEqual(['closed', 'bound', 'closed', 'bound']);
    expect(guard.permission.kind).toBe('bound');
    expect(world.audited.map(({ action }) => action)).toEqual(['vpn.protected', 'vpn.lost', 'vpn.protected']);
  });

  it('forgets what the provider said when the tunnel has another address', async () => {
    const { world, guard } = await started();
    world.answer = () => new Promise(() => undefined);
    world.interfaces.set('tun0', ['10.8.0.9']);
    world.sources = ['10.8.0.9'];
    void guard.check();
    await new Promise(setImmediate);
    expect(guard.permission.kind).toBe('closed');
    expect(guard.getStatus()).toMatchObject({ state: 'unknown', tunnelAddress: '10.8.0.9' });
  });

  it('an answer to a question from before a change counts for nothing', async () => {
    let answerLate: (answer: VpnStatusAnswer) => void = () => undefined;
    const { world, guard } = await started();
    world.answer = () => new Promise((resolve) => (answerLate = resolve));
    const checking = guard.check();
    await new Promise(setImmediate);
    world.dropTunnel();
    const looked = guard.check();
    await new Promise(setImmediate);
    answerLate(yes);
    await Promise.all([checking, looked]);
    expect(guard.permission.kind).toBe('closed');
  });

  it('lives on an earlier yes for three intervals of failures, and no longer', async () => {
    const { world, guard } = await started();
    world.answer = () => Promise.reject(new Error('down'));
    world.clock += 170_000;
    await guard.check();
    expect(guard.getStatus()).toMatchObject({ state: 'protected', provider: { answer: 'unknown' } });
    world.clock += 11_000;
    await guard.check();
    expect(guard.getStatus()).toMatchObject({ state: 'unknown', trafficAllowed: false });
  });

  it('tells when the public address changes behind the same tunnel', async () => {
    const { world, guard } = await started();
    world.answer = () => Promise.resolve({ ...yes, address: '203.0.113.99' });
    world.clock += 5_000;
    await guard.check();
    expect(guard.getStatus()).toMatchObject({ state: 'protected', changedAt: new Date(world.clock) });
    expect(world.audited.at(-1)).toMatchObject({
      action: 'vpn.address-changed',
      detail: { address: '203.0.113.99' },
    });
  });

  it('without a provider the machine decides alone', async () => {
    const { world, guard } = await started({ provider: null, interfaceName: 'tun0' });
    expect(guard.permission.kind).toBe('bound');
    world.dropTunnel();
    await guard.check();
    expect(guard.permission.kind).toBe('closed');
  });

  it('with the policy warn everything may leave, and the state is told', async () => {
    const { world, guard } = await started({ policy: 'warn' });
    world.dropTunnel();
    expect(await guard.check()).toMatchObject({ state: 'unprotected', trafficAllowed: true });
    expect(world.permissions).toEqual(['open']);
  });

  it('with the policy off it neither looks nor asks', async () => {
    const { world, guard } = await started({ policy: 'off' });
    expect(guard.getStatus()).toMatchObject({ state: 'off', trafficAllowed: true });
    expect(world.asked).toBe(0);
  });

  it('holds other settings at once: a policy that requires closes before anything has been looked at', async () => {
    const { world, guard } = await started({ policy: 'off' });
    expect(guard.permission.kind).toBe('open');
    guard.use({ ...world.settings, policy: 'require' });
    expect(guard.permission.kind).toBe('closed');
    expect((await guard.check()).state).toBe('protected');
    expect(guard.permission.kind).toBe('bound');
    guard.use({ ...world.settings, policy: 'require', interfaceName: 'wg9' });
    expect(guard.permission.kind).toBe('closed');
    expect(await guard.check()).toMatchObject({ state: 'unprotected', interfaceName: 'wg9' });
    guard.use({ ...world.settings, policy: 'off' });
    expect(guard.permission.kind).toBe('open');
    expect(guard.getStatus()).toMatchObject({ state: 'off', trafficAllowed: true });
  });

  it('tells who listens of every change, after it holds', async () => {
    const { world, guard } = await started();
    const told: string[] = [];
    const stop = guard.onStatus(() => told.push(`${guard.getStatus().state} ${guard.permission.kind}`));
    world.dropTunnel();
    await guard.check();
    expect(new Set(told)).toEqual(new Set(['unprotected closed']));
    const { length } = told;
    stop();
    world.interfaces.set('tun0', ['10.8.0.2']);
    await guard.check();
    expect(told).toHaveLength(length);
  });
});
