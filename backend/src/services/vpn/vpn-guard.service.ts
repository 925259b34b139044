import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../errors/app-error.js';
import { isProviderFailure } from '../../http-client/http-client.errors.js';
import type { Logger } from '../../logging/logger.js';
import type { Interfaces } from '../../network/network-state.js';
import { type NetworkPermission, samePermission } from '../../network/tunnel.js';
import type { AuditEntry } from '../audit/audit-log.service.js';
import type { LockedTunnel } from './firewall.js';
import type { KillSwitch, KillSwitchState } from './kill-switch.js';
import { checkTunnel, looksLikeTunnel, type TunnelVerdict } from './tunnel-check.js';
import { judgeStatus, unseenStatus, type VpnPolicy, type VpnStatus } from './vpn-status.js';
import type { VpnStatusAnswer, VpnStatusProvider } from './vpn-status-provider.port.js';

/** What the guard reads of the machine. */
export interface LocalNetwork {
  readInterfaces(): Interfaces;
  readSourceAddresses(): Promise<string[]>;
  readNameServers(): string[];
}

export interface VpnGuardOptions {
  policy: VpnPolicy;
  /** Null finds the one that looks like a VPN's. */
  interfaceName: string | null;
  /** Null: the machine's own checks are enough. */
  provider: VpnStatusProvider | null;
  network: LocalNetwork;
  /** Keeps in the tunnel what no socket sends; null leaves that to the system. */
  killSwitch: Pick<KillSwitch, 'cover' | 'release' | 'clear'> | null;
  /** How often the provider is asked while all is well, milliseconds. A yes is good for three times that. */
  intervalMs: number;
  audit: { record(entry: AuditEntry): Promise<void> };
  logger: Logger;
  /** How often the machine is looked at, milliseconds; a drop must be noticed well within a second. */
  watchMs?: number;
  /** Waits between questions while the provider has not said yes, milliseconds; the last one repeats. */
  retryMs?: readonly number[];
  now?: () => number;
  /** Ends what the provider holds. */
  onStop?: (() => Promise<void>) | undefined;
}

/** Close together at first: a tunnel that has just come up often needs some seconds until its routes carry. */
const defaultRetryMs = [1_000, 2_000, 4_000, 8_000, 15_000];
const calmRetryMs = 30_000;
const lifetimeIntervals = 3;
const notSeen: TunnelVerdict = { ok: false, interfaceName: null, reason: 'Not checked yet.' };

/**
 * Whether torrent traffic may leave, and how. It fails closed: without a tunnel that is up and carries the route, and
 * without the provider's word (where there is one), nothing is permitted. The provider alone never opens anything.
 */
export class VpnGuard {
  private verdict: TunnelVerdict = notSeen;
  private killSwitch: KillSwitchState | null = null;
  private locked: LockedTunnel | null = null;
  private isLockFresh = true;
  private answer: (VpnStatusAnswer & { at: number }) | null = null;
  private failure: { detail: string; at: number } | null = null;
  private failures = 0;
  private asking: { abort: AbortController; done: Promise<void> } | null = null;
  private isStarted = false;
  private isFirstLook = true;
  private looking: Promise<void> | null = null;
  private stopped = true;
  private watcher: NodeJS.Timeout | undefined;
  private asker: NodeJS.Timeout | undefined;
  private drops = 0;
  private status: VpnStatus;
  private permitted: NetworkPermission;
  private candidate: NetworkPermission;
  private readonly permissionListeners = new Set<(permission: NetworkPermission) => void>();
  private readonly candidateListeners = new Set<(permission: NetworkPermission) => void>();
  private readonly statusListeners = new Set<() => void>();
  private readonly now: () => number;

  constructor(private options: VpnGuardOptions) {
    this.now = options.now ?? Date.now;
    this.status = this.unseen();
    const { reason } = this.status;
    this.permitted = options.policy === 'require' ? { kind: 'closed', reason } : { kind: 'open' };
    this.candidate = { kind: 'closed', reason };
  }

  /** Begins to watch; settles after the first look at the machine. */
  async start(): Promise<void> {
    this.isStarted = true;
    if (this.options.policy !== 'require') void this.options.killSwitch?.clear();
    if (this.options.policy === 'off') return;
    this.stopped = false;
    await this.look();
    this.watch();
  }

  /**
   * Stops watching; what was permitted stays as it is. Call when everything that uses the tunnel has ended, because the kill
   * switch ends with this.
   */
  async stop(): Promise<void> {
    this.isStarted = false;
    this.rest();
    await this.options.onStop?.();
    await this.releaseKillSwitch();
  }

  /**
   * Watches by other settings from now on, as if it had just been started with them: what they do not permit has stopped
   * when this returns.
   */
  use(
    settings: Pick<VpnGuardOptions, 'policy' | 'interfaceName' | 'provider' | 'network' | 'intervalMs'>,
  ): void {
    this.rest();
    const before = this.status;
    if (settings.policy !== 'require') void this.releaseKillSwitch();
    this.options = { ...this.options, ...settings };
    this.killSwitch = null;
    this.locked = null;
    this.verdict = notSeen;
    this.answer = null;
    this.failure = null;
    this.failures = 0;
    this.isFirstLook = true;
    this.looking = null;
    this.status = this.unseen();
    this.setCandidate();
    this.announce(before);
    if (this.isStarted) void this.start();
  }

  getStatus(): VpnStatus {
    return this.status;
  }

  /** How torrent traffic may leave right now. */
  get permission(): NetworkPermission {
    return this.permitted;
  }

  /** Times protection was lost since the start. */
  get dropCount(): number {
    return this.drops;
  }

  /** Told at once how torrent traffic may leave, and at every change, before anything else happens. Answers how to be told no more. */
  onPermission(listener: (permission: NetworkPermission) => void): () => void {
    this.permissionListeners.add(listener);
    listener(this.permitted);
    return () => this.permissionListeners.delete(listener);
  }

  /** The same for the question to the provider: it takes the tunnel's way before the tunnel is believed. */
  onCandidate(listener: (permission: NetworkPermission) => void): void {
    this.candidateListeners.add(listener);
    listener(this.candidate);
  }

  /** Told when the status says something else than before, after those it permits or forbids. Answers how to be told no more. */
  onStatus(listener: () => void): () => void {
    this.statusListeners.add(listener);
    return () => this.statusListeners.delete(listener);
  }

  /** Looks and asks now; settles when both are done. */
  async check(): Promise<VpnStatus> {
    if (this.options.policy === 'off') return this.status;
    this.isLockFresh = true;
    await this.look();
    await this.ask();
    return this.status;
  }

  private watch(): void {
    const { policy, watchMs = policy === 'require' ? 200 : 2_000 } = this.options;
    clearTimeout(this.watcher);
    this.watcher = setTimeout(() => {
      void this.look().finally(() => {
        if (!this.stopped) this.watch();
      });
    }, watchMs);
    this.watcher.unref();
  }

  private rest(): void {
    this.stopped = true;
    clearTimeout(this.watcher);
    clearTimeout(this.asker);
    this.asking?.abort.abort();
    this.asking = null;
  }

  private unseen(): VpnStatus {
    const { policy, interfaceName, provider } = this.options;
    return unseenStatus(policy, interfaceName, provider?.name ?? null, this.now());
  }

  /** One at a time: an older look must never have the last word. */
  private look(): Promise<void> {
    if (this.looking) return this.looking;
    const looking = this.lookOnce().finally(() => {
      if (this.looking === looking) this.looking = null;
    });
    this.looking = looking;
    return looking;
  }

  private async lookOnce(): Promise<void> {
    const { options } = this;
    const { network, interfaceName: wanted } = options;
    const before = network.readInterfaces();
    // What is plain without the routes is acted upon without waiting for them.
    if (this.verdict.ok && !before.get(this.verdict.interfaceName)?.includes(this.verdict.address))
      this.judge({
        ok: false,
        interfaceName: this.verdict.interfaceName,
        reason: `${this.verdict.interfaceName} went down or lost its address.`,
      });
    const sources = await network.readSourceAddresses();
    const verdict = checkTunnel({ wanted, interfaces: network.readInterfaces(), sources });
    // Before the tunnel is used, by the question to the provider too.
    const killSwitch = verdict.ok ? await this.lock(verdict) : this.killSwitch;
    // Other settings may have come meanwhile.
    if (this.stopped || this.options !== options) return;
    this.killSwitch = killSwitch;
    this.judge(verdict);
    // Other programs may flush the rule while the tunnel is away, which is when it is needed.
    if (!verdict.ok && this.locked && killSwitch?.setBy === 'kinora')
      this.killSwitch = (await options.killSwitch?.cover(this.locked)) ?? null;
  }

  /** Null where none is needed. */
  private async lock({
    interfaceName,
    address,
  }: TunnelVerdict & { ok: true }): Promise<KillSwitchState | null> {
    const { killSwitch, policy } = this.options;
    if (!killSwitch || policy !== 'require' || address.startsWith('127.')) return null;
    // Whoever has an ordinary interface guarded has the VPN elsewhere, and uses its address for other things as well.
    if (!looksLikeTunnel(interfaceName))
      return { setBy: 'none', reason: `${interfaceName} does not look like a VPN's interface.` };
    const isFresh = this.isLockFresh;
    this.isLockFresh = false;
    this.locked = { interfaceName, address };
    return killSwitch.cover(this.locked, isFresh);
  }

  private async releaseKillSwitch(): Promise<void> {
    const { network, interfaceName: wanted, killSwitch } = this.options;
    await killSwitch?.release(async () => {
      const sources = await network.readSourceAddresses();
      return checkTunnel({ wanted, interfaces: network.readInterfaces(), sources }).ok;
    });
  }

  private judge(verdict: TunnelVerdict): void {
    const before = this.verdict;
    const isSame =
      before.ok && verdict.ok
        ? before.interfaceName === verdict.interfaceName && before.address === verdict.address
        : before.ok === verdict.ok;
    this.verdict = verdict;
    if (!isSame || this.isFirstLook) {
      this.isFirstLook = false;
      // What the provider said was about another connection.
      this.answer = null;
      this.failure = null;
      this.failures = 0;
      this.asking?.abort.abort();
      this.asking = null;
      this.setCandidate();
      this.update();
      if (verdict.ok) void this.ask();
      else clearTimeout(this.asker);
    } else this.update();
  }

  private setCandidate(): void {
    const { verdict } = this;
    const { policy, network } = this.options;
    this.candidate = verdict.ok
      ? {
          kind: 'bound',
          tunnel: {
            interfaceName: verdict.interfaceName,
            address: verdict.address,
            nameServers: network.readNameServers(),
          },
        }
      : closedFor(verdict, verdict.reason);
    if (policy === 'warn') this.candidate = { kind: 'open' };
    for (const listener of this.candidateListeners) listener(this.candidate);
  }

  /** One question at a time; whoever comes meanwhile waits for the same answer. */
  private ask(): Promise<void> {
    const { provider } = this.options;
    if (this.asking) return this.asking.done;
    if (!provider || !this.verdict.ok || this.stopped) return Promise.resolve();
    clearTimeout(this.asker);
    const abort = new AbortController();
    const asking = { abort, done: Promise.resolve() };
    this.asking = asking;
    asking.done = this.askOnce(provider, abort.signal).finally(() => {
      if (this.asking === asking) this.asking = null;
    });
    return asking.done;
  }

  private async askOnce(provider: VpnStatusProvider, signal: AbortSignal): Promise<void> {
    try {
      const answer = await provider.ask(signal);
      if (signal.aborted) return;
      this.answer = { ...answer, at: this.now() };
      this.failure = null;
      this.failures = answer.isProtected ? 0 : this.failures + 1;
    } catch (error) {
      if (signal.aborted) return;
      this.options.logger.warn(
        { err: error, provider: provider.name },
        'the VPN provider gave no clear answer',
      );
      this.failure = { detail: detailOf(error), at: this.now() };
      this.failures += 1;
    }
    this.update();
    this.askLater();
  }

  private askLater(): void {
    if (this.stopped) return;
    const { intervalMs, retryMs = defaultRetryMs } = this.options;
    const retry = retryMs[Math.min(this.failures, retryMs.length) - 1] ?? intervalMs;
    // While an earlier yes still holds there is no hurry.
    const pause = this.answer?.isProtected === true ? calmRetryMs : retry;
    clearTimeout(this.asker);
    this.asker = setTimeout(
      () => void this.ask(),
      this.failures === 0 ? intervalMs : Math.min(pause, intervalMs),
    );
    this.asker.unref();
  }

  private update(): void {
    const { policy, provider, intervalMs } = this.options;
    const { verdict, answer, failure, status: before } = this;
    const { killSwitch } = this;
    const facts = { policy, verdict, killSwitch, providerName: provider?.name ?? null, answer, failure };
    this.status = judgeStatus(before, {
      ...facts,
      lifetimeMs: intervalMs * lifetimeIntervals,
      now: this.now(),
    });
    this.announce(before);
  }

  private announce(before: VpnStatus): void {
    const { state, reason, changedAt, publicAddress, killSwitch } = this.status;
    this.permit();
    const hasChanged = before.changedAt !== changedAt;
    if (hasChanged || before.reason !== reason || before.killSwitch?.reason !== killSwitch?.reason)
      for (const listener of this.statusListeners) listener();
    if (before.state !== state) this.tell(before);
    else if (before.publicAddress !== null && publicAddress !== null && hasChanged) this.tell(before);
  }

  /** Before anything is written or told: what must stop stops now. */
  private permit(): void {
    const { trafficAllowed, policy, reason } = this.status;
    const permitted: NetworkPermission =
      policy !== 'require'
        ? { kind: 'open' }
        : trafficAllowed
          ? this.candidate
          : closedFor(this.verdict, reason);
    const isSame = samePermission(this.permitted, permitted) && isDeepStrictEqual(this.permitted, permitted);
    this.permitted = permitted;
    if (!isSame) for (const listener of this.permissionListeners) listener(permitted);
  }

  private tell(before: VpnStatus): void {
    const { state, reason, interfaceName, publicAddress } = this.status;
    const { audit, logger } = this.options;
    if (before.state === 'protected' && state !== 'protected') this.drops += 1;
    logger[state === 'protected' ? 'info' : 'warn']({ state, reason, interfaceName }, 'VPN state');
    if (state === 'off') return;
    // Between asking and answer there is nothing to record.
    if (state === 'unknown' && before.state !== 'protected') return;
    void audit.record({
      action:
        before.state === state ? 'vpn.address-changed' : state === 'protected' ? 'vpn.protected' : 'vpn.lost',
      outcome: state === 'protected' ? 'ok' : 'failed',
      actor: null,
      origin: { address: null, requestId: null, userAgent: null },
      detail: { reason, interface: interfaceName, address: publicAddress, before: before.state },
    });
  }
}

/** While the machine's routes do not lead through the tunnel, its sockets are kept; in a tunnel that nobody vouches for they end. */
function closedFor(verdict: TunnelVerdict, reason: string): NetworkPermission {
  return { kind: 'closed', reason, keepsSockets: !verdict.ok };
}

function detailOf(error: unknown): string {
  if (isProviderFailure(error)) return error.detail;
  return error instanceof AppError ? error.message : 'no answer';
}
