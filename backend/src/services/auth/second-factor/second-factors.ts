import type { TextSealer } from '../../../encryption/sealed-text.js';
import type { TotpSecret } from '../../../entities/totp-secret.entity.js';
import type { User } from '../../../entities/user.entity.js';
import { NotFoundError } from '../../../errors/app-error.js';
import type {
  FactorSummary,
  ProofTaken,
  SecondFactorRepository,
} from '../../../repositories/second-factor.repository.js';
import type { UserRepository } from '../../../repositories/user.repository.js';
import type { AuditAction, AuditLogService } from '../../audit/audit-log.service.js';
import type { RequestOrigin } from '../../audit/request-origin.js';
import type { Principal } from '../principal.js';
import type { Challenges, OpenChallenge } from './challenges.js';
import type { FactorGuesses, GuessLane } from './factor-guesses.js';
import type { PasskeyAnswer, Passkeys } from './passkeys.js';
import type { RecoveryCodes } from './recovery-codes.js';
import type { RelyingParty } from './relying-party.js';
import {
  NoSecondFactorError,
  SecondFactorRefusedError,
  SignInExpiredError,
  TotpActiveError,
  TotpNotBegunError,
} from './second-factor.errors.js';
import { newTotp, type TotpSetUp, totpStep } from './totp.js';

/** What shows that somebody has a second factor. */
export type SecondProof = { code: string } | { recoveryCode: string } | { passkey: PasskeyAnswer };

/** Where a proof comes from, and the ticket of a sign-in that it completes. */
export interface ProofContext {
  rp: RelyingParty | null;
  origin: RequestOrigin;
  /** Counts wrong codes apart from those of strangers; null for a browser that the account has not signed in with. */
  lane: GuessLane | null;
  /** Used up together with the proof; null when there is none. */
  ticket: OpenChallenge | null;
}

export interface SecondFactorsParts {
  factors: SecondFactorRepository;
  users: UserRepository;
  passkeys: Passkeys;
  recoveryCodes: RecoveryCodes;
  guesses: FactorGuesses;
  challenges: Challenges;
  sealer: TextSealer;
  audit: AuditLogService;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** The second factors of an account: an authenticator app, passkeys, and recovery codes for when both are lost. */
export class SecondFactors {
  constructor(private readonly parts: SecondFactorsParts) {}

  /** Whether the account has an authenticator app or a passkey. */
  async isProtected(userId: string): Promise<boolean> {
    return (await this.listProtected([userId])).has(userId);
  }

  summarize(userId: string): Promise<FactorSummary> {
    return this.parts.factors.summarize(userId);
  }

  /** Returns those of the accounts that have a second factor. */
  listProtected(userIds: readonly string[]): Promise<Set<string>> {
    return this.parts.factors.listProtected(userIds);
  }

  /** Creates a secret, which counts once `confirmTotp` has seen a code of it. @throws TotpActiveError */
  async beginTotp(user: User): Promise<TotpSetUp> {
    const setUp = newTotp(user.username);
    const sealed = this.parts.sealer.seal(setUp.secret, purposeOf(user.id));
    if (!(await this.parts.factors.beginTotp(user.id, sealed, this.date()))) throw new TotpActiveError();
    return setUp;
  }

  /**
   * Turns the authenticator app on. The first factor of an account comes with recovery codes; null otherwise.
   * @throws TotpNotBegunError, SecondFactorRefusedError, TooManyAttemptsError
   */
  async confirmTotp(
    user: User,
    sessionId: string,
    code: string,
    origin: RequestOrigin,
  ): Promise<string[] | null> {
    const attempt = await this.parts.guesses.beginEnrolment(sessionId);
    const totp = await this.parts.factors.findTotp(user.id);
    if (!totp || totp.confirmedAt !== null) throw new TotpNotBegunError();
    const step = this.stepOf(totp, code);
    if (step === null) throw new SecondFactorRefusedError('code', 'is not the current code');
    const { codes, hashes } = this.parts.recoveryCodes.create(user.id);
    const outcome = await this.parts.factors.confirmTotp(totp, step, hashes, this.date());
    if (outcome.kind !== 'added') throw new TotpNotBegunError();
    await attempt.succeeded();
    await this.record('factor.app-added', user, origin);
    return outcome.storedCodes ? codes : null;
  }

  /** @throws NotFoundError */
  async removeTotp(user: User, origin: RequestOrigin): Promise<void> {
    if (!(await this.parts.factors.removeTotp(user.id))) throw new NotFoundError('Authenticator app');
    await this.record('factor.app-removed', user, origin);
  }

  /** Returns ten new recovery codes; the earlier ones are void. @throws NoSecondFactorError */
  async renewRecoveryCodes(user: User, origin: RequestOrigin): Promise<string[]> {
    const { codes, hashes } = this.parts.recoveryCodes.create(user.id);
    if (!(await this.parts.factors.replaceRecoveryCodes(user.id, hashes, this.date())))
      throw new NoSecondFactorError();
    await this.record('factor.recovery-renewed', user, origin);
    return codes;
  }

  /** Removes everything, for somebody who has lost it all. @throws NotFoundError */
  async reset(userId: string, actor: Principal, origin: RequestOrigin): Promise<void> {
    const user = await this.parts.users.findById(userId);
    if (!user) throw new NotFoundError('User');
    if (!(await this.parts.factors.removeAll(userId))) return;
    await this.parts.audit.record({
      action: 'factor.reset',
      outcome: 'ok',
      actor: { id: actor.userId, name: actor.username },
      origin,
      detail: { userId, username: user.username },
    });
  }

  /**
   * Uses a proof up, and the ticket with it. A wrong proof leaves the ticket valid.
   * @throws SecondFactorRefusedError, TooManyAttemptsError
   * @throws SignInExpiredError when the ticket was used before; a code stays unused then
   */
  async check(user: User, proof: SecondProof, context: ProofContext): Promise<void> {
    const outcome = await this.take(user, proof, context);
    if (outcome === 'taken') return;
    if (outcome === 'ticket-spent') throw new SignInExpiredError();
    const { origin } = context;
    const [field, name, message] =
      'code' in proof
        ? (['code', 'authenticator app', 'is not the current code'] as const)
        : 'passkey' in proof
          ? (['passkey', 'passkey', 'does not belong to this account, or was used too late'] as const)
          : (['recoveryCode', 'recovery code', 'is not one of your unused codes'] as const);
    await this.parts.audit.record({
      action: 'factor.refused',
      outcome: 'denied',
      actor: { id: user.id, name: user.username },
      origin,
      detail: { reason: `wrong ${name}` },
    });
    throw new SecondFactorRefusedError(field, message);
  }

  private async take(user: User, proof: SecondProof, context: ProofContext): Promise<ProofTaken> {
    // A signature cannot be guessed, so wrong ones are not counted.
    if ('passkey' in proof) return this.takePasskey(user, proof.passkey, context);
    const { guesses } = this.parts;
    const { lane, origin } = context;
    const attempt =
      'code' in proof
        ? await guesses.beginCode(user.id, lane)
        : await guesses.beginRecoveryCode(user.id, lane, origin.address);
    const outcome =
      'code' in proof
        ? await this.takeCode(user.id, proof.code, context)
        : await this.spendRecoveryCode(user, proof.recoveryCode, context);
    if (outcome === 'taken') await attempt.succeeded();
    return outcome;
  }

  private async takePasskey(
    user: User,
    answer: PasskeyAnswer,
    { rp, origin, ticket }: ProofContext,
  ): Promise<ProofTaken> {
    if (!(await this.parts.passkeys.verifyProof(user, answer, rp, origin))) return 'refused';
    return ticket === null || (await this.parts.challenges.spend(ticket)) ? 'taken' : 'ticket-spent';
  }

  private async takeCode(userId: string, code: string, { ticket }: ProofContext): Promise<ProofTaken> {
    const totp = await this.parts.factors.findTotp(userId);
    const step = totp?.confirmedAt ? this.stepOf(totp, code) : null;
    if (step === null) return 'refused';
    return this.parts.factors.takeTotpStep(userId, step, this.useOf(ticket), this.date());
  }

  private async spendRecoveryCode(
    user: User,
    code: string,
    { origin, ticket }: ProofContext,
  ): Promise<ProofTaken> {
    const hash = this.parts.recoveryCodes.hash(user.id, code);
    const use = this.useOf(ticket);
    const outcome = await this.parts.factors.spendRecoveryCode(user.id, hash, use, this.date());
    if (outcome === 'taken') await this.record('factor.recovery-used', user, origin);
    return outcome;
  }

  private useOf(ticket: OpenChallenge | null) {
    return ticket && this.parts.challenges.useOf(ticket);
  }

  /** Null for a wrong code, and for a secret that these keys do not open. */
  private stepOf({ userId, secret }: TotpSecret, code: string): number | null {
    const opened = this.parts.sealer.open(secret, purposeOf(userId));
    return opened === null ? null : totpStep(opened, code, this.parts.now());
  }

  private record(action: AuditAction, user: User, origin: RequestOrigin): Promise<void> {
    const actor = { id: user.id, name: user.username };
    return this.parts.audit.record({ action, outcome: 'ok', actor, origin, detail: {} });
  }

  private date(): Date {
    return new Date(this.parts.now());
  }
}

/** Bound to the account, so that a secret moved to another row opens nothing. */
function purposeOf(userId: string): string {
  return `totp ${userId}`;
}
