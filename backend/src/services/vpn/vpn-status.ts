import type { KillSwitchState } from './kill-switch.js';
import type { TunnelVerdict } from './tunnel-check.js';
import type { VpnStatusAnswer } from './vpn-status-provider.port.js';

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
  /** What keeps packets that no socket sends in the tunnel; null when there is no tunnel to keep to. */
  killSwitch: KillSwitchState | null;
}

export interface ProviderWord {
  name: string;
  /** Its last answer; `unknown` when it gave none that can be used. */
  answer: 'protected' | 'unprotected' | 'unknown';
  /** What went wrong, when something did. */
  detail: string | null;
  checkedAt: Date | null;
}

/** What is known; times in milliseconds. */
export interface VpnEvidence {
  policy: VpnPolicy;
  verdict: TunnelVerdict;
  killSwitch: KillSwitchState | null;
  /** Null when the machine's own checks are enough. */
  providerName: string | null;
  answer: (VpnStatusAnswer & { at: number }) | null;
  failure: { detail: string; at: number } | null;
  /** How long a yes is good for. */
  lifetimeMs: number;
  now: number;
}

/** How it looks before anything has been looked at. */
export function unseenStatus(
  policy: VpnPolicy,
  interfaceName: string | null,
  providerName: string | null,
  now: number,
): VpnStatus {
  const at = new Date(now);
  return {
    policy,
    state: policy === 'off' ? 'off' : 'unknown',
    reason: policy === 'off' ? 'The VPN is not watched.' : 'The VPN is being checked.',
    since: at,
    changedAt: at,
    trafficAllowed: policy !== 'require',
    interfaceName,
    tunnelAddress: null,
    publicAddress: null,
    provider:
      providerName === null ? null : { name: providerName, answer: 'unknown', detail: null, checkedAt: null },
    killSwitch: null,
  };
}

/** The status that follows from what is known now. */
export function judgeStatus(before: VpnStatus, evidence: VpnEvidence): VpnStatus {
  const { policy, verdict, killSwitch, providerName, answer, failure, now } = evidence;
  const { state, reason } = decide(evidence);
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
  return {
    policy,
    state,
    reason,
    since: before.state === state ? before.since : new Date(now),
    changedAt: hasChanged ? new Date(now) : before.changedAt,
    trafficAllowed: policy !== 'require' || state === 'protected',
    ...facts,
    killSwitch,
    provider:
      providerName === null
        ? null
        : {
            name: providerName,
            answer: failure ? 'unknown' : answerWord(answer),
            detail: failure?.detail ?? null,
            checkedAt: dateOrNull(failure?.at ?? answer?.at),
          },
  };
}

function decide({ verdict, providerName, answer, failure, lifetimeMs, now }: VpnEvidence): {
  state: VpnState;
  reason: string;
} {
  if (!verdict.ok) return { state: 'unprotected', reason: verdict.reason };
  const through = `through ${verdict.interfaceName}`;
  if (providerName === null) return { state: 'protected', reason: `Traffic goes ${through}.` };
  if (answer && now - answer.at > lifetimeMs)
    return { state: 'unknown', reason: `${providerName} has not confirmed the connection for too long.` };
  if (answer?.isProtected === true)
    return { state: 'protected', reason: `Traffic goes ${through}, and ${providerName} confirms it.` };
  if (answer)
    return { state: 'unprotected', reason: `${providerName} says that the connection is not protected.` };
  if (failure)
    return { state: 'unknown', reason: `${providerName} gives no clear answer about the connection.` };
  return { state: 'unknown', reason: `${providerName} is being asked about the connection.` };
}

function answerWord(answer: VpnStatusAnswer | null): ProviderWord['answer'] {
  if (!answer) return 'unknown';
  return answer.isProtected ? 'protected' : 'unprotected';
}

function dateOrNull(at: number | undefined): Date | null {
  return at === undefined ? null : new Date(at);
}
