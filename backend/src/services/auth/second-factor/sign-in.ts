import type { UserRepository } from '../../../repositories/user.repository.js';
import type { AuditLogService } from '../../audit/audit-log.service.js';
import type { RequestOrigin } from '../../audit/request-origin.js';
import type { AuthService, SignedIn } from '../auth.service.js';
import type { KnownDevice, KnownDevices } from '../known-devices.js';
import type { Credentials, PasswordCheck } from '../password-check.js';
import { type Challenges, challengeLifetimeSeconds } from './challenges.js';
import type { PasskeyAnswer, PasskeyRequest, Passkeys } from './passkeys.js';
import type { RelyingParty } from './relying-party.js';
import { PasskeyRefusedError, SignInExpiredError } from './second-factor.errors.js';
import type { SecondFactors, SecondProof } from './second-factors.js';

export const secondFactorMethods = ['totp', 'passkey', 'recovery-code'] as const;
export type SecondFactorMethod = (typeof secondFactorMethods)[number];

/** The password was right, and a second factor is wanted. */
export interface SecondStep {
  kind: 'second-factor';
  /** Stands for the right password in the second step. */
  ticket: string;
  /** Seconds. */
  expiresIn: number;
  methods: SecondFactorMethod[];
  /** For the browser, when one of the passkeys works at this address. */
  passkey: PasskeyRequest | null;
}

export type SignInOutcome = { kind: 'signed-in'; signedIn: SignedIn } | SecondStep;

export interface SignInParts {
  auth: AuthService;
  passwordCheck: PasswordCheck;
  knownDevices: KnownDevices;
  users: UserRepository;
  factors: SecondFactors;
  passkeys: Passkeys;
  challenges: Challenges;
  audit: AuditLogService;
}

/** Signing in: by password, by password and second factor, or by a passkey alone. */
export class SignIn {
  constructor(private readonly parts: SignInParts) {}

  /**
   * Whether an account has a second factor shows only after its right password.
   * @param device the browser, when it has signed in here before
   * @throws InvalidCredentialsError, TooManyAttemptsError, SignInBusyError
   */
  async login(
    credentials: Credentials,
    rp: RelyingParty | null,
    origin: RequestOrigin,
    device: KnownDevice | null = null,
  ): Promise<SignInOutcome> {
    const user = await this.parts.passwordCheck.check(credentials, origin, device);
    const { totpSince, passkeys, recoveryCodesLeft } = await this.parts.factors.summarize(user.id);
    if (totpSince === null && passkeys.length === 0)
      return { kind: 'signed-in', signedIn: await this.parts.auth.startByPassword(user, origin) };
    const binding = String(user.securityVersion);
    const { token: ticket } = await this.parts.challenges.issue('second-step', { userId: user.id, binding });
    const passkey = await this.parts.passkeys.requestForUser(user.id, rp);
    const has = {
      totp: totpSince !== null,
      passkey: passkey !== null,
      'recovery-code': recoveryCodesLeft > 0,
    } satisfies Record<SecondFactorMethod, boolean>;
    const methods = secondFactorMethods.filter((method) => has[method]);
    return { kind: 'second-factor', ticket, expiresIn: challengeLifetimeSeconds, methods, passkey };
  }

  /**
   * The second step. A wrong proof leaves the ticket valid; the right one uses it up.
   * @param device the browser, when it has signed in here before
   * @throws SignInExpiredError, SecondFactorRefusedError, TooManyAttemptsError
   */
  async complete(
    ticket: string,
    proof: SecondProof,
    rp: RelyingParty | null,
    origin: RequestOrigin,
    device: KnownDevice | null = null,
  ): Promise<SignedIn> {
    const step = await this.parts.challenges.read(ticket, 'second-step');
    const user = step?.userId ? await this.parts.users.findById(step.userId) : null;
    // The password may have been changed, or the account disabled, since the first step.
    if (!step || user?.disabledAt !== null || String(user.securityVersion) !== step.binding)
      throw new SignInExpiredError();
    const lane =
      device && this.parts.knownDevices.isKnown(device, user) ? (`device ${device.id}` as const) : null;
    await this.parts.factors.check(user, proof, { rp, origin, lane, ticket: step });
    return this.parts.auth.startSession(user, origin);
  }

  /** Options for signing in by a passkey alone. @throws PasskeysUnavailableError */
  beginPasskey(rp: RelyingParty | null): Promise<PasskeyRequest> {
    return this.parts.passkeys.requestForSignIn(rp);
  }

  /**
   * A passkey with user verification is two factors by itself: the device, and what unlocks it.
   * @throws PasskeyRefusedError
   */
  async loginByPasskey(
    answer: PasskeyAnswer,
    rp: RelyingParty | null,
    origin: RequestOrigin,
  ): Promise<SignedIn> {
    const passkey = await this.parts.passkeys.verifySignIn(answer, rp, origin);
    const user = passkey && (await this.parts.users.findById(passkey.userId));
    if (user && user.disabledAt === null) return this.parts.auth.startSession(user, origin);
    await this.parts.audit.record({
      action: 'session.refused',
      outcome: 'denied',
      actor: user && { id: user.id, name: user.username },
      origin,
      detail: { reason: user ? 'account disabled' : 'passkey refused' },
    });
    throw new PasskeyRefusedError();
  }
}
