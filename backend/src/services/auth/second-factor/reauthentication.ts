import type { SessionRepository } from '../../../repositories/session.repository.js';
import type { AuditLogService } from '../../audit/audit-log.service.js';
import type { RequestOrigin } from '../../audit/request-origin.js';
import { UnauthenticatedError } from '../auth.errors.js';
import type { AuthService } from '../auth.service.js';
import type { PasswordCheck } from '../password-check.js';
import type { Principal } from '../principal.js';
import type { PasskeyRequest, Passkeys } from './passkeys.js';
import type { RelyingParty } from './relying-party.js';
import {
  FactorRequiredError,
  ReauthenticationRequiredError,
  SecondFactorRefusedError,
} from './second-factor.errors.js';
import type { SecondFactors, SecondProof } from './second-factors.js';

/** How long a proof counts, milliseconds. */
export const proofLifetimeMs = 10 * 60_000;

export type Proof = { password: string } | SecondProof;

export interface ReauthenticationParts {
  auth: AuthService;
  sessions: SessionRepository;
  passwordCheck: PasswordCheck;
  factors: SecondFactors;
  passkeys: Passkeys;
  audit: AuditLogService;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** What a session can be confirmed with. */
export interface ProofOptions {
  /** Only an account without second factors. */
  password: boolean;
  totp: boolean;
  recoveryCode: boolean;
  /** Null when the account has no passkey for this site. */
  passkey: PasskeyRequest | null;
}

/** Asks who is signed in to prove it once more before something that matters. */
export class Reauthentication {
  constructor(private readonly parts: ReauthenticationParts) {}

  /** @throws ReauthenticationRequiredError when the latest proof of the session is ten minutes old */
  requireRecent({ authenticatedAt }: Principal): void {
    const age = authenticatedAt === null ? Infinity : this.parts.now() - authenticatedAt.getTime();
    if (age >= proofLifetimeMs) throw new ReauthenticationRequiredError();
  }

  /** Returns the ways in which this account can confirm a session on this site. */
  async begin({ userId }: Principal, rp: RelyingParty | null): Promise<ProofOptions> {
    const { totpSince, passkeys, recoveryCodesLeft } = await this.parts.factors.summarize(userId);
    return {
      password: totpSince === null && passkeys.length === 0,
      totp: totpSince !== null,
      recoveryCode: recoveryCodesLeft > 0,
      passkey: await this.parts.passkeys.requestForUser(userId, rp),
    };
  }

  /**
   * Returns until when the session may do what matters. An account with second factors proves itself by one of them,
   * because otherwise the password alone would remove them from a session that never showed one, as a TV's.
   * @throws FactorRequiredError for the password of an account with second factors
   * @throws SecondFactorRefusedError, TooManyAttemptsError, SignInBusyError, UnauthenticatedError
   */
  async prove(
    principal: Principal,
    proof: Proof,
    rp: RelyingParty | null,
    origin: RequestOrigin,
  ): Promise<Date> {
    const user = await this.parts.auth.getUser(principal);
    const record = (outcome: 'ok' | 'denied', action: 'session.confirmed' | 'session.not-confirmed') =>
      this.parts.audit.record({
        action,
        outcome,
        actor: { id: user.id, name: user.username },
        origin,
        detail: {},
      });
    if ('password' in proof && (await this.parts.factors.isProtected(user.id))) {
      await record('denied', 'session.not-confirmed');
      throw new FactorRequiredError();
    }
    if (!('password' in proof)) {
      const lane = `session ${principal.sessionId}` as const;
      await this.parts.factors.check(user, proof, { rp, origin, lane, ticket: null });
    } else if (!(await this.parts.passwordCheck.confirm(user, proof.password, origin))) {
      await record('denied', 'session.not-confirmed');
      throw new SecondFactorRefusedError('password', 'is not your password');
    }
    const now = this.parts.now();
    // It may have ended while the password was being checked.
    if (!(await this.parts.sessions.markAuthenticated(principal.sessionId, new Date(now))))
      throw new UnauthenticatedError();
    await record('ok', 'session.confirmed');
    return new Date(now + proofLifetimeMs);
  }
}
