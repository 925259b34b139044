import type { TextSealer } from '../../../encryption/sealed-text.js';
import type { TotpSecret } from '../../../entities/totp-secret.entity.js';
import type { User } from '../../../entities/user.entity.js';
import { NotFoundError } from '../../../errors/app-error.js';
import type {
  FactorSummary,
  SecondFactorRepository,
} from '../../../repositories/second-factor.repository.js';
import type { UserRepository } from '../../../repositories/user.repository.js';
import type { AuditAction, AuditLogService } from '../../audit/audit-log.service.js';
import type { RequestOrigin } from '../../audit/request-origin.js';
import type { AttemptBackoff } from '../attempt-backoff.js';
import type { Principal } from '../principal.js';
import type { PasskeyAnswer, Passkeys } from './passkeys.js';
import type { RecoveryCodes } from './recovery-codes.js';
import type { RelyingParty } from './relying-party.js';
import {
  NoSecondFactorError,
  SecondFactorRefusedError,
  TotpActiveError,
  TotpNotBegunError,
} from './second-factor.errors.js';
import { newTotp, type TotpSetUp, totpStep } from './totp.js';

/** What shows that somebody has a second factor. */
export type SecondProof = { code: string } | { recoveryCode: string } | { passkey: PasskeyAnswer };

export interface SecondFactorsParts {
  factors: SecondFactorRepository;
  users: UserRepository;
  passkeys: Passkeys;
  recoveryCodes: RecoveryCodes;
  /** Counts wrong codes of an account from all addresses together. */
  backoff: AttemptBackoff;
  sealer: TextSealer;
  audit: AuditLogService;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** The second factors of an account: an authenticator app, passkeys, and recovery codes for when both are lost. */
export class SecondFactors {
  constructor(private readonly parts: SecondFactorsParts) {}

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
  async confirmTotp(user: User, code: string, origin: RequestOrigin): Promise<string[] | null> {
    const attempt = await this.begin(user.id);
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

  /** @throws SecondFactorRefusedError, TooManyAttemptsError */
  async check(user: User, proof: SecondProof, rp: RelyingParty | null, origin: RequestOrigin): Promise<void> {
    if (await this.holds(user, proof, rp, origin)) return;
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

  private async holds(
    user: User,
    proof: SecondProof,
    rp: RelyingParty | null,
    origin: RequestOrigin,
  ): Promise<boolean> {
    // A signature cannot be guessed, so wrong ones are not counted.
    if ('passkey' in proof) return this.parts.passkeys.verifyProof(user, proof.passkey, rp, origin);
    const attempt = await this.begin(user.id);
    const fits =
      'code' in proof
        ? await this.takeCode(user.id, proof.code)
        : await this.spendRecoveryCode(user, proof.recoveryCode, origin);
    if (fits) await attempt.succeeded();
    return fits;
  }

  private async takeCode(userId: string, code: string): Promise<boolean> {
    const totp = await this.parts.factors.findTotp(userId);
    const step = totp?.confirmedAt ? this.stepOf(totp, code) : null;
    return step !== null && (await this.parts.factors.takeTotpStep(userId, step));
  }

  private async spendRecoveryCode(user: User, code: string, origin: RequestOrigin): Promise<boolean> {
    const hash = this.parts.recoveryCodes.hash(user.id, code);
    if (!(await this.parts.factors.spendRecoveryCode(user.id, hash, this.date()))) return false;
    await this.record('factor.recovery-used', user, origin);
    return true;
  }

  /** Null for a wrong code, and for a secret that these keys do not open. */
  private stepOf({ userId, secret }: TotpSecret, code: string): number | null {
    const opened = this.parts.sealer.open(secret, purposeOf(userId));
    return opened === null ? null : totpStep(opened, code, this.parts.now());
  }

  /** Wrong codes count for the account, wherever they come from: whoever guesses has the password already. */
  private begin(userId: string) {
    return this.parts.backoff.beginKnown(`second factor ${userId}`);
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
