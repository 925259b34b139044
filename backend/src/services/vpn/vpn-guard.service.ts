import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../errors/app-error.js';
import { isProviderFailure } from '../../http-client/http-client.errors.js';
import type { Logger } from '../../logging/logger.js';
import type { Interfaces } from '../../network/network-state.js';
import { type NetworkPermission, samePermission } from '../../network/tunnel.js';
import type { AuditEntry } from '../audit/audit-log.service.js';
import { checkTunnel, type TunnelVerdict } from './tunnel-check.js';
import type { VpnStatusAnswer, VpnStatusProvider } from './vpn-status-provider.port.js';

export const vpnPolicies = ['off', 'warn', 'require'] as const;
export type VpnPolicy = (typeof vpnPolicies)[number];

/** `unknown` is as good as `unprotected` for every decision; it only tells people that nobody said no. */
export type VpnState = 'off' | 'protected' | 'unprotected' | 'unknown';

export interface VpnStatus {
  policy: VpnPolicy;
  state: VpnState;
  /** One sentence for people. */
  reason: string;
  /** Since when the state holds. */
  since: Date;
  /** When state, interface or address changed last. */
  changedAt: Date;
  /** Whether torrent traffic may leave. */
  trafficAllowed: boolean;
  interfaceName: string | null;
  /** Of this machine on the interface. */
  tunnelAddress: string | null;
  /** As the provider sees us. */
  publicAddress: string | null;
  provider: ProviderWord | null;
}

export interface ProviderWord {
  name: string;
  /** Its last answer; `unknown` when it gave none that can be used. */
  answer: 'protected' | 'unprotected' | 'unknown';
  /** What went wrong, when something did. */
  detail: string | null;
  checkedAt: Date | null;
}

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
const defaultRetryMs = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000];
const calmRetryMs = 30_000;
const lifetimeIntervals = 3;

/**
 * Whether torrent traffic may leave, and how. It fails closed: without a tunnel that is up and carries the route, and
 * without the provider's word (where there is one), nothing is permitted. The provider alone never opens anything.
 */
export class VpnGuard {
  private verdict: TunnelVerdict = { ok: false, interfaceName: null, reason: 'Not checked yet.' };
  private answer: (VpnStatusAnswer & { at: number }) | null = null;
  private failure: { detail: string; at: number } | null = null;
  private failures = 0;
  private asking: { abort: AbortController; done: Promise<void> } | null = null;
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
  private readonly now: () => number;

  constructor(private readonly options: VpnGuardOptions) {
    this.now = options.now ?? Date.now;
    const { policy, provider } = options;
    const reason = policy === 'off' ? 'The VPN is not watched.' : 'The VPN is being checked.';
    const at = new Date(this.now());
    this.status = {
      policy,
      state: policy === 'off' ? 'off' : 'unknown',
      reason,
      since: at,
      changedAt: at,
      trafficAllowed: policy !== 'require',
      interfaceName: options.interfaceName,
      tunnelAddress: null,
      publicAddress: null,
      provider: provider && { name: provider.name, answer: 'unknown', detail: null, checkedAt: null },
    };
    this.permitted = policy === 'require' ? { kind: 'closed', reason } : { kind: 'open' };
    this.candidate = { kind: 'closed', reason };
  }

  /** Begins to watch; settles after the first look at the machine. */
  async start(): Promise<void> {
    if (this.options.policy === 'off') return;
    this.stopped = false;
    await this.look();
    this.watch();
  }

  /** Watches no more; what was permitted stays as it is. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.watcher);
    clearTimeout(this.asker);
    this.asking?.abort.abort();
    await this.options.onStop?.();
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

  /** Looks and asks now; settles when both are done. */
  async check(): Promise<VpnStatus> {
    if (this.options.policy === 'off') return this.status;
    await this.look();
    await this.ask();
    return this.status;
  }

  private watch(): void {
    const { policy, watchMs = policy === 'require' ? 200 : 2_000 } = this.options;
    this.watcher = setTimeout(() => {
      void this.look().finally(() => {
        if (!this.stopped) this.watch();
      });
    }, watchMs);
    this.watcher.unref();
  }

  /** One at a time: an older look must never have the last word. */
  private look(): Promise<void> {
    this.looking ??= this.lookOnce().finally(() => (this.looking = null));
    return this.looking;
  }

  private async lookOnce(): Promise<void> {
    const { network, interfaceName: wanted } = this.options;
    const before = network.readInterfaces();
    // What is plain without the routes is acted upon without waiting for them.
    if (this.verdict.ok && !before.get(this.verdict.interfaceName)?.includes(this.verdict.address))
      this.judge({
        ok: false,
        interfaceName: this.verdict.interfaceName,
        reason: `${this.verdict.interfaceName} went down or lost its address.`,
      });
    const sources = await network.readSourceAddresses();
    if (!this.stopped) this.judge(checkTunnel({ wanted, interfaces: network.readInterfaces(), sources }));
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
    const { policy, provider } = this.options;
    const { state, reason } = this.decide();
    const before = this.status;
    const { verdict, answer, failure } = this;
    const at = new Date(this.now());
    const facts = {
      interfaceName: verdict.interfaceName,
      tunnelAddress: verdict.ok ? verdict.address : null,
      publicAddress: answer?.address ?? null,
    };
    const hasChanged =
      before.state !== state ||
      before.interfaceName !== facts.interfaceName ||
      before.tunnelAddress !== facts.tunnelAddress ||
      before.publicAddress !== facts.publicAddress;
    this.status = {
      policy,
      state,
      reason,
      since: before.state === state ? before.since : at,
      changedAt: hasChanged ? at : before.changedAt,
      trafficAllowed: policy !== 'require' || state === 'protected',
      ...facts,
      provider: provider && {
        name: provider.name,
        answer: failure ? 'unknown' : answerWord(answer),
        detail: failure?.detail ?? null,
        checkedAt: dateOrNull(failure?.at ?? answer?.at),
      },
    };
    this.permit();
    if (before.state !== state) this.tell(before);
    else if (before.publicAddress !== null && facts.publicAddress !== null && hasChanged) this.tell(before);
  }

  private decide(): { state: VpnState; reason: string } {
    const { verdict, answer, failure } = this;
    const { provider, intervalMs } = this.options;
    if (!verdict.ok) return { state: 'unprotected', reason: verdict.reason };
    const through = `through ${verdict.interfaceName}`;
    if (!provider) return { state: 'protected', reason: `Traffic goes ${through}.` };
    if (answer && this.now() - answer.at > intervalMs * lifetimeIntervals)
      return { state: 'unknown', reason: `${provider.name} has not confirmed the connection for too long.` };
    if (answer?.isProtected === true)
      return { state: 'protected', reason: `Traffic goes ${through}, and ${provider.name} confirms it.` };
    if (answer)
      return { state: 'unprotected', reason: `${provider.name} says that the connection is not protected.` };
    if (failure)
      return { state: 'unknown', reason: `${provider.name} gives no clear answer about the connection.` };
    return { state: 'unknown', reason: `${provider.name} is being asked about the connection.` };
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

function answerWord(answer: VpnStatusAnswer | null): ProviderWord['answer'] {
  if (!answer) return 'unknown';
  return answer.isProtected ? 'protected' : 'unprotected';
}

function dateOrNull(at: number | undefined): Date | null {
  return at === undefined ? null : new Date(at);
}

function detailOf(error: unknown): string {
  if (isProviderFailure(error)) return error.detail;
  return error instanceof AppError ? error.message : 'no answer';
}
