import { describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../logging/logger.js';
import type { LeakProbe } from '../../network/leak-probe.js';
import { FirewallError, firewallTableOf, lockCommands } from './firewall.js';
import { KillSwitch, type KillSwitchOptions } from './kill-switch.js';

const tunnel = { interfaceName: 'tun0', address: '10.8.0.2' };
const refused: LeakProbe = { kind: 'refused', by: 'filter' };
const possible: LeakProbe = { kind: 'possible', interfaceName: 'eth0' };

/** A kill switch whose firewall is a list of commands, and whose kernel answers what the test wants. */
function aKillSwitch(change: Partial<KillSwitchOptions> = {}) {
  const world = { commands: [] as string[], probe: refused, closing: 0, clock: 0, probes: 0 };
  const killSwitch = new KillSwitch({
    table: 'kinora_test',
    run: (commands) => {
      world.commands.push(commands);
      return Promise.resolve();
    },
    probe: () => {
      world.probes += 1;
      return Promise.resolve(world.probe);
    },
    countClosing: () => world.closing,
    logger: silentLogger(),
    now: () => (world.clock += 1),
    settleMs: 20,
    quietMs: 0,
    ...change,
  });
  return { world, killSwitch };
}

const carries = () => Promise.resolve(true);

describe('KillSwitch', () => {
  it('T23 sets its rule before it answers, and once for a tunnel', async () => {
    const { world, killSwitch } = aKillSwitch();
    expect(await killSwitch.cover(tunnel)).toMatchObject({ setBy: 'kinora' });
    expect(world.commands).toHaveLength(1);
    expect(world.commands[0]).toContain('oifname != "lo" ip saddr @addresses');
    await killSwitch.cover(tunnel);
    expect([world.commands.length, world.probes]).toEqual([1, 1]);
  });

  it('keeps earlier addresses of the run when the tunnel gets another', async () => {
    const { world, killSwitch } = aKillSwitch();
    await killSwitch.cover(tunnel);
    await killSwitch.cover({ ...tunnel, address: '10.8.0.9' });
    expect(world.commands[1]).toContain('{ 10.8.0.2 . "tun0" }');
    expect(world.commands[1]).toContain('{ 10.8.0.9 . "tun0" }');
  });

  it('T23 sets it again when another program has flushed it', async () => {
    const answers = [refused, possible, refused];
    const { world, killSwitch } = aKillSwitch({ probe: () => Promise.resolve(answers.shift() ?? possible) });
    await killSwitch.cover(tunnel);
    world.clock += 5_000;
    expect(await killSwitch.cover(tunnel)).toMatchObject({ setBy: 'kinora' });
    expect(world.commands).toHaveLength(2);
    expect(answers).toEqual([]);
  });

  it('says that nothing holds, and why, where it may not set a rule', async () => {
    const { world, killSwitch } = aKillSwitch({
      run: () => Promise.reject(new FirewallError('nft (nftables) is not installed')),
    });
    world.probe = possible;
    const state = await killSwitch.cover(tunnel);
    expect(state.setBy).toBe('none');
    expect(state.reason).toContain('by eth0');
    expect(state.reason).toContain('not installed');
  });

  it('recognises a rule of the system, with or without a right to set its own', async () => {
    const { killSwitch } = aKillSwitch({ run: () => Promise.reject(new FirewallError('not permitted')) });
    expect(await killSwitch.cover(tunnel)).toMatchObject({ setBy: 'system' });
  });

  it('removes its rule when the last connection is closed and the tunnel carries', async () => {
    const { world, killSwitch } = aKillSwitch();
    await killSwitch.cover(tunnel);
    await killSwitch.release(carries);
    expect(world.commands.at(-1)).toBe('add table ip kinora_test\ndelete table ip kinora_test\n');
    await killSwitch.release(carries);
    expect(world.commands).toHaveLength(2);
  });

  it.each<[string, number, boolean]>([
    ['a connection is still being closed', 1, true],
    ['the tunnel has lost its route', 0, false],
  ])('T23 leaves its rule, for a time, when %s', async (_what, closing, isCarrying) => {
    const { world, killSwitch } = aKillSwitch();
    await killSwitch.cover(tunnel);
    world.closing = closing;
    await killSwitch.release(() => Promise.resolve(isCarrying));
    expect(world.commands.at(-1)).toContain('{ 10.8.0.2 timeout 1200s }');
  });

  it('changes no rule of a server that only looks', async () => {
    const { killSwitch, world } = aKillSwitch({ run: null });
    await killSwitch.cover(tunnel);
    await killSwitch.release(carries);
    await killSwitch.clear();
    expect(world.commands).toEqual([]);
  });
});

describe('the commands for the firewall', () => {
  it.each(['tun0"; flush ruleset', 'a b', '', 'x'.repeat(16), 'tun0\nflush ruleset'])(
    'T23 never contain an interface named %j',
    (interfaceName) => {
      expect(() => lockCommands('kinora_test', [{ ...tunnel, interfaceName }], null)).toThrow(FirewallError);
    },
  );

  it('name a table by its data folder', () => {
    expect(firewallTableOf('/')).toMatch(/^kinora_[0-9a-f]{12}$/);
    expect(firewallTableOf('/')).not.toBe(firewallTableOf('/proc'));
  });
});
