import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../logging/logger.js';
import type { LeakProbe } from '../../network/leak-probe.js';
import {
  firewallReason,
  type LockedTunnel,
  lockCommands,
  type RunFirewall,
  unlockCommands,
} from './firewall.js';

/** Whether something besides Kinora's own sockets keeps packets with the tunnel's address in the tunnel. */
export interface KillSwitchState {
  /** `kinora`: Kinora's firewall rule. `system`: a rule of the operator or of the VPN program. `none`: nothing does. */
  setBy: 'kinora' | 'system' | 'none';
  /** One sentence for people. */
  reason: string;
}

export interface KillSwitchOptions {
  /** Name of Kinora's firewall table: the same at each start with the same data folder, and no other server's. */
  table: string;
  /** Null never changes firewall rules, and only looks. */
  run: RunFirewall | null;
  probe: (tunnel: LockedTunnel) => Promise<LeakProbe>;
  /** Number of connections with this address that no program holds and that the kernel is still closing. */
  countClosing: (address: string) => number;
  logger: Logger;
  /** Milliseconds; only differences count. */
  now?: () => number;
  /** How long the kernel may take to close connections after the last program has, milliseconds. */
  settleMs?: number;
  /** How long after that late packets are waited for, milliseconds. */
  quietMs?: number;
}

/** A rule that is set may be flushed by other programs, so it is looked at again this often, milliseconds. */
const verifyMs = 5_000;
/** Linux gives an unanswered connection up after 15.4 minutes (tcp_retries2); then no peer sends for it any more. */
const expirySeconds = 20 * 60;
/** Addresses of this run that stay locked; the oldest are dropped. */
const mostTunnels = 16;
const pollMs = 50;

/**
 * Keeps packets with the tunnel's address in the tunnel, also those that no socket sends: the kernel refuses what arrives
 * for a closed connection, and the refusal follows the routes. Sockets that are bound cannot prevent that, so a firewall
 * rule does where Kinora may set one. Elsewhere it finds out whether another rule does.
 */
export class KillSwitch {
  private readonly tunnels: LockedTunnel[] = [];
  private failure: string | null = null;
  private isSet = false;
  /** Changes of the rule come one after another. */
  private queue: Promise<unknown> = Promise.resolve();
  private covered: { tunnel: LockedTunnel; state: KillSwitchState; at: number } | null = null;
  private readonly now: () => number;

  constructor(private readonly options: KillSwitchOptions) {
    this.now = options.now ?? (() => performance.now());
  }

  /**
   * Sets the rule for this tunnel, or finds that it holds. Never throws. Call before traffic is permitted.
   * @param isFresh looks again even if it looked a moment ago, and tries again what failed
   */
  cover(tunnel: LockedTunnel, isFresh = false): Promise<KillSwitchState> {
    return this.inTurn(() => this.coverNow(tunnel, isFresh));
  }

  /**
   * Removes the rule. Call when everything that used the tunnel has ended. While connections are still being closed, or
   * when the tunnel carries no packets, peers may still send and the kernel would refuse them by another interface: then
   * the rule stays, and ends by itself. Never throws.
   * @param isCarrying looks whether the tunnel carries the route right now
   */
  release(isCarrying: () => Promise<boolean>): Promise<void> {
    return this.inTurn(() => this.releaseNow(isCarrying));
  }

  /** Removes what a server with the same data folder left when it was killed. Call when no tunnel is required. */
  async clear(): Promise<void> {
    const { run, table } = this.options;
    if (run) await this.inTurn(() => run(unlockCommands(table))).catch(() => undefined);
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => undefined);
    return done;
  }

  private async coverNow(tunnel: LockedTunnel, isFresh: boolean): Promise<KillSwitchState> {
    const { covered } = this;
    const isKnown =
      covered?.tunnel.address === tunnel.address && covered.tunnel.interfaceName === tunnel.interfaceName;
    if (isKnown && !isFresh && this.now() - covered.at < verifyMs) return covered.state;
    const state = await this.look(tunnel, isKnown && !isFresh);
    if (!isKnown || covered.state.setBy !== state.setBy)
      this.options.logger[state.setBy === 'none' ? 'warn' : 'info'](
        { interfaceName: tunnel.interfaceName, setBy: state.setBy, reason: state.reason },
        'VPN kill switch',
      );
    this.covered = { tunnel, state, at: this.now() };
    return state;
  }

  private async releaseNow(isCarrying: () => Promise<boolean>): Promise<void> {
    const { run, table, logger } = this.options;
    if (!run || !this.isSet) return;
    this.isSet = false;
    this.covered = null;
    const isQuiet = await this.settle(isCarrying);
    try {
      await run(isQuiet ? unlockCommands(table) : lockCommands(table, this.tunnels, expirySeconds));
      if (!isQuiet)
        logger.warn({ table, minutes: expirySeconds / 60 }, 'VPN kill switch left in place for late packets');
    } catch (error) {
      logger.warn({ err: error, table }, 'could not remove the VPN kill switch');
    }
    this.tunnels.length = 0;
  }

  private async look(tunnel: LockedTunnel, isKnown: boolean): Promise<KillSwitchState> {
    if (!isKnown) await this.set(tunnel);
    let probe = await this.options.probe(tunnel);
    if (isKnown && this.isSet && probe.kind === 'possible') {
      this.options.logger.warn(
        { table: this.options.table },
        'VPN kill switch was removed by another program',
      );
      await this.set(tunnel);
      probe = await this.options.probe(tunnel);
    }
    return this.judge(tunnel, probe);
  }

  private async set(tunnel: LockedTunnel): Promise<void> {
    const { run, table } = this.options;
    if (!run) return;
    const others = this.tunnels.filter(
      ({ address, interfaceName }) => address !== tunnel.address || interfaceName !== tunnel.interfaceName,
    );
    this.tunnels.splice(0, Infinity, ...[...others, tunnel].slice(-mostTunnels));
    try {
      await run(lockCommands(table, this.tunnels, null));
      this.isSet = true;
      this.failure = null;
    } catch (error) {
      this.isSet = false;
      this.failure = firewallReason(error);
    }
  }

  private judge({ interfaceName }: LockedTunnel, probe: LeakProbe): KillSwitchState {
    const holds = probe.kind === 'refused' || probe.kind === 'no-other-interface';
    if (this.isSet && (holds || probe.kind === 'unknown'))
      return {
        setBy: 'kinora',
        reason: `Kinora's firewall rule keeps packets with the VPN's address on ${interfaceName}.`,
      };
    switch (probe.kind) {
      case 'refused':
        return { setBy: 'system', reason: systemReasons[probe.by](interfaceName) };
      case 'no-other-interface':
        return { setBy: 'system', reason: `${interfaceName} is the only network of this machine.` };
      case 'possible':
        return {
          setBy: 'none',
          reason: `Without the VPN's route, packets with its address could leave by ${probe.interfaceName}${this.failure === null ? '' : `: ${this.failure}`}.`,
        };
      case 'unknown':
        return { setBy: 'none', reason: 'It could not be checked.' };
    }
  }

  /** Waits until the kernel has closed what programs have; false when it has not, or the tunnel does not carry packets. */
  private async settle(isCarrying: () => Promise<boolean>): Promise<boolean> {
    const { settleMs = 3_000, quietMs = 500, countClosing } = this.options;
    const until = this.now() + settleMs;
    const areOpen = () => this.tunnels.some(({ address }) => countClosing(address) > 0);
    while (areOpen()) {
      if (this.now() > until || !(await isCarrying())) return false;
      await delay(pollMs);
    }
    // What is under way when a connection is reset is refused once more, through the tunnel.
    await delay(quietMs);
    return isCarrying();
  }
}

const systemReasons = {
  filter: (name: string) => `A firewall rule of this system keeps packets with the VPN's address on ${name}.`,
  routing: (name: string) => `A routing rule of this system keeps packets with the VPN's address on ${name}.`,
  'filter-of-everything': (name: string) => `A firewall of this system lets traffic out by ${name} alone.`,
} as const;
