import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { NotFoundError } from '../../errors/app-error.js';
import type { UserRepository } from '../../repositories/user.repository.js';
import type { AuditLogService } from '../audit/audit-log.service.js';
import type { RequestOrigin } from '../audit/request-origin.js';
import type { AttemptBackoff } from './attempt-backoff.js';
import { TooManyAttemptsError, UnauthenticatedError } from './auth.errors.js';
import type { AuthService, SignedIn } from './auth.service.js';
import { deviceName } from './device-name.js';
import { networkOf, wideNetworkOf } from './network-of.js';
import type { Principal } from './principal.js';

/** RFC 8628 section 3.2. */
export interface DeviceCodes {
  /** For the device alone: 256 random bits. */
  deviceCode: string;
  /** For people to type: 34 bits, which five guesses and ten minutes make enough. */
  userCode: string;
  /** Seconds. */
  expiresIn: number;
  /** Seconds to wait between two questions. */
  interval: number;
}

/** Who asks to be signed in, for the person who is to allow it. */
export interface AskingDevice {
  device: string;
  address: string | null;
  askedAt: Date;
}

/** RFC 8628 section 3.5; the kinds are the error codes. */
export type DeviceAnswer =
  | { kind: 'signed-in'; signedIn: SignedIn }
  | { kind: 'authorization_pending' | 'slow_down'; interval: number }
  | { kind: 'access_denied' | 'expired_token' | 'invalid_grant' };

interface Pending extends AskingDevice {
  key: string;
  /** What the device's address counts as (`networkOf`), and the provider's network it is in (`wideNetworkOf`). */
  addressKey: string;
  network: string;
  userCode: string;
  binding: string | null;
  expiresAt: number;
  intervalMs: number;
  askAgainAt: number;
  verdict: { by: Principal } | 'denied' | null;
}

export interface DeviceSignInParts {
  auth: AuthService;
  users: UserRepository;
  /** Slows the guessing of user codes. */
  backoff: AttemptBackoff;
  audit: AuditLogService;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** Consonants that cannot be mistaken for one another, and make no words (RFC 8628 section 6.1). */
const alphabet = 'BCDFGHJKLMNPQRSTVWXZ';
const lifetimeMs = 10 * 60_000;
const firstIntervalMs = 5_000;
const slowerByMs = 5_000;
/** Answers travel; who asks this much too early is not told to slow down. */
const toleranceMs = 500;
/** Codes that wait for somebody to allow them: of one address, of one browser, and of all. */
const waitingLimits = { perAddress: 10, perBrowser: 2, all: 2_000 } as const;

/**
 * Signing a TV in from a phone (RFC 8628). What is pending lives in memory, ten minutes at most. A device code is good
 * once, and, when a browser asked for it, only in that browser: whoever lures somebody into approving a code of theirs
 * must still be the one who showed it. Strangers cannot push each other's codes out: an address has ten that wait, and
 * when the table is full the network with the most of them gives one up, or gets none.
 */
export class DeviceSignIn {
  private readonly pending = new Map<string, Pending>();

  constructor(private readonly parts: DeviceSignInParts) {}

  /**
   * @param binding what the asking browser alone has, or null when it is no browser
   * @throws TooManyAttemptsError when too many codes wait
   */
  begin(origin: RequestOrigin, binding: string | null): DeviceCodes {
    const now = this.parts.now();
    this.forgetExpired(now);
    const deviceCode = randomBytes(32).toString('base64url');
    const bindingHash = binding === null ? null : hashOf(binding);
    this.makeRoom(origin, bindingHash, now);
    const userCode = this.freshUserCode();
    const key = hashOf(deviceCode);
    this.pending.set(key, {
      key,
      addressKey: networkOf(origin.address),
      network: wideNetworkOf(origin.address),
      userCode,
      binding: bindingHash,
      device: deviceName(origin.userAgent),
      address: origin.address,
      askedAt: new Date(now),
      expiresAt: now + lifetimeMs,
      intervalMs: firstIntervalMs,
      askAgainAt: 0,
      verdict: null,
    });
    return { deviceCode, userCode, expiresIn: lifetimeMs / 1000, interval: firstIntervalMs / 1000 };
  }

  /** How many wait. */
  get size(): number {
    return this.pending.size;
  }

  /** Who is behind a code that somebody typed. @throws NotFoundError, TooManyAttemptsError */
  async look(userCode: string, principal: Principal, origin: RequestOrigin): Promise<AskingDevice> {
    const { device, address, askedAt } = await this.find(userCode, principal, origin);
    return { device, address, askedAt };
  }

  /** Allows or refuses. @throws NotFoundError, TooManyAttemptsError */
  async decide(
    userCode: string,
    allowed: boolean,
    principal: Principal,
    origin: RequestOrigin,
  ): Promise<AskingDevice> {
    const pending = await this.find(userCode, principal, origin);
    // Of two verdicts at once the first counts.
    if (pending.verdict !== null) throw new NotFoundError('That code');
    pending.verdict = allowed ? { by: principal } : 'denied';
    const { device, address, askedAt } = pending;
    await this.parts.audit.record({
      action: allowed ? 'device.approved' : 'device.denied',
      outcome: 'ok',
      actor: { id: principal.userId, name: principal.username },
      origin,
      detail: { device, deviceAddress: address },
    });
    return { device, address, askedAt };
  }

  /** The device asks whether it is signed in yet. */
  async redeem(deviceCode: string, binding: string | null, origin: RequestOrigin): Promise<DeviceAnswer> {
    const key = hashOf(deviceCode);
    const pending = this.pending.get(key);
    const now = this.parts.now();
    if (!pending || !isSame(pending.binding, binding)) return { kind: 'invalid_grant' };
    if (pending.expiresAt <= now) return { kind: 'expired_token' };
    const early = now < pending.askAgainAt - toleranceMs;
    if (early) pending.intervalMs += slowerByMs;
    pending.askAgainAt = now + pending.intervalMs;
    if (early) return { kind: 'slow_down', interval: pending.intervalMs / 1000 };
    if (pending.verdict === null)
      return { kind: 'authorization_pending', interval: pending.intervalMs / 1000 };
    // Before anything is awaited, so that of two questions at once one is too late.
    this.pending.delete(key);
    if (pending.verdict === 'denied') return { kind: 'access_denied' };
    const { by } = pending.verdict;
    const user = await this.parts.users.findById(by.userId);
    if (!user) return { kind: 'access_denied' };
    try {
      return { kind: 'signed-in', signedIn: await this.parts.auth.startSession(user, origin, by) };
    } catch (error) {
      // Whoever allowed it has been signed out, disabled or changed since.
      if (error instanceof UnauthenticatedError) return { kind: 'access_denied' };
      throw error;
    }
  }

  private async find(userCode: string, principal: Principal, origin: RequestOrigin): Promise<Pending> {
    const attempt = await this.parts.backoff.begin(`device ${principal.userId}`, origin.address);
    const wanted = plain(userCode);
    const now = this.parts.now();
    for (const pending of this.pending.values()) {
      if (plain(pending.userCode) !== wanted || pending.expiresAt <= now || pending.verdict !== null)
        continue;
      await attempt.succeeded();
      return pending;
    }
    throw new NotFoundError('That code');
  }

  private freshUserCode(): string {
    const taken = new Set([...this.pending.values()].map(({ userCode }) => userCode));
    for (;;) {
      const letters = Array.from({ length: 8 }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
      const code = `${letters.slice(0, 4)}-${letters.slice(4)}`;
      if (!taken.has(code)) return code;
    }
  }

  /** Never removes a code that was allowed, nor one of a network that has fewer than the newcomer's. */
  private makeRoom({ address }: RequestOrigin, binding: string | null, now: number): void {
    const waiting = [...this.pending.values()].filter(
      ({ verdict, expiresAt }) => verdict === null && expiresAt > now,
    );
    const ofBrowser = waiting.filter((one) => one.binding !== null && one.binding === binding);
    // A page that was opened again shows its latest code.
    const [first] = ofBrowser;
    if (first && ofBrowser.length >= waitingLimits.perBrowser) {
      this.pending.delete(first.key);
      return;
    }
    const addressKey = networkOf(address);
    const ofAddress = waiting.filter((one) => one.addressKey === addressKey);
    const [oldest] = ofAddress;
    if (oldest && ofAddress.length >= waitingLimits.perAddress)
      throw new TooManyAttemptsError(secondsUntil(oldest.expiresAt, now));
    if (this.pending.size < waitingLimits.all) return;
    const byNetwork = new Map<string, Pending[]>();
    for (const one of waiting) {
      const some = byNetwork.get(one.network) ?? [];
      some.push(one);
      byNetwork.set(one.network, some);
    }
    const largest = [...byNetwork.values()].reduce<Pending[]>(
      (most, some) => (some.length > most.length ? some : most),
      [],
    );
    const own = byNetwork.get(wideNetworkOf(address))?.length ?? 0;
    const [given] = largest;
    if (!given || largest.length <= own + 1) throw new TooManyAttemptsError(lifetimeMs / 1000);
    this.pending.delete(given.key);
  }

  /** Those that expired a moment ago stay, so that their device is told so. */
  private forgetExpired(now: number): void {
    const isFull = this.pending.size >= waitingLimits.all;
    for (const [key, { expiresAt }] of this.pending)
      if (expiresAt + (isFull ? 0 : lifetimeMs) <= now) this.pending.delete(key);
  }
}

function secondsUntil(at: number, now: number): number {
  return Math.max(1, Math.ceil((at - now) / 1000));
}

function isSame(expectedHash: string | null, given: string | null): boolean {
  if (expectedHash === null) return true;
  return given !== null && timingSafeEqual(Buffer.from(expectedHash), Buffer.from(hashOf(given)));
}

/** However it was typed. */
function plain(code: string): string {
  return code.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
