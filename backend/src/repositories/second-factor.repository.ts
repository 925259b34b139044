import { type EntityManager, In, IsNull, LessThan, Not } from 'typeorm';
import type { Store } from '../database/store.js';
import { Passkey } from '../entities/passkey.entity.js';
import { RecoveryCode } from '../entities/recovery-code.entity.js';
import { SpentChallenge } from '../entities/spent-challenge.entity.js';
import { TotpSecret } from '../entities/totp-secret.entity.js';
import { User } from '../entities/user.entity.js';
import { type ChallengeUse, spendWithin } from './spent-challenge.repository.js';

/** What an account can prove itself with besides its password. */
export interface FactorSummary {
  /** When the authenticator app was confirmed; null without one. */
  totpSince: Date | null;
  passkeys: Passkey[];
  /** Recovery codes that have not been used. */
  recoveryCodesLeft: number;
}

export type NewPasskey = Omit<Passkey, 'user' | 'lastUsedAt' | 'counterRegressedAt'>;

/** Outcome of a write that may be the first factor of the account, which comes with recovery codes. */
export type FactorAdded =
  | { kind: 'added'; storedCodes: boolean }
  /** It is there already, or was never begun. */
  | { kind: 'conflict' }
  | { kind: 'too-many' };

/** Outcome of using a proof up, and with it the ticket that it was given with. */
export type ProofTaken = 'taken' | 'refused' | 'ticket-spent';

/** Authenticator apps, recovery codes and passkeys. Checks and writes stand in one transaction each. */
export class SecondFactorRepository {
  constructor(private readonly store: Store) {}

  async summarize(userId: string): Promise<FactorSummary> {
    const { reader } = this.store;
    const [totp, passkeys, recoveryCodesLeft] = await Promise.all([
      reader.findOneBy(TotpSecret, { userId }),
      reader.find(Passkey, { where: { userId }, order: { createdAt: 'ASC', id: 'ASC' } }),
      reader.countBy(RecoveryCode, { userId, usedAt: IsNull() }),
    ]);
    return { totpSince: totp?.confirmedAt ?? null, passkeys, recoveryCodesLeft };
  }

  /** Returns those of the accounts that have an authenticator app or a passkey. */
  async listProtected(userIds: readonly string[]): Promise<Set<string>> {
    const userId = In([...userIds]);
    const [secrets, passkeys] = await Promise.all([
      this.store.reader.find(TotpSecret, { where: { userId, confirmedAt: Not(IsNull()) } }),
      this.store.reader.find(Passkey, { where: { userId }, select: { id: true, userId: true } }),
    ]);
    return new Set([...secrets, ...passkeys].map((row) => row.userId));
  }

  findTotp(userId: string): Promise<TotpSecret | null> {
    return this.store.reader.findOneBy(TotpSecret, { userId });
  }

  /** Stores a secret to be confirmed, over an earlier unconfirmed one. False when there is a confirmed one. */
  beginTotp(userId: string, sealedSecret: string, now: Date): Promise<boolean> {
    return this.store.write(async (manager) => {
      const current = await manager.findOneBy(TotpSecret, { userId });
      if (current?.confirmedAt) return false;
      await manager.delete(TotpSecret, { userId });
      const row = { userId, secret: sealedSecret, confirmedAt: null, lastStep: null, createdAt: now };
      await manager.insert(TotpSecret, row);
      return true;
    });
  }

  /**
   * Confirms the secret that a code was computed from.
   * @param codeHashes recovery codes to store when the account has no other factor
   */
  confirmTotp(
    secret: TotpSecret,
    step: number,
    codeHashes: readonly string[],
    now: Date,
  ): Promise<FactorAdded> {
    const { userId } = secret;
    return this.store.write(async (manager) => {
      const isFirst = !(await hasFactor(manager, userId));
      const { affected } = await manager.update(
        TotpSecret,
        { userId, secret: secret.secret, confirmedAt: IsNull() },
        { confirmedAt: now, lastStep: step },
      );
      if (affected !== 1) return { kind: 'conflict' };
      if (isFirst) await becomeProtected(manager, userId, codeHashes, now);
      return { kind: 'added', storedCodes: isFirst };
    });
  }

  /**
   * Accepts a code's time step once, together with the ticket. Refuses it when this step or a later one was accepted
   * before; the ticket stays valid then.
   */
  takeTotpStep(userId: string, step: number, ticket: ChallengeUse | null, now: Date): Promise<ProofTaken> {
    return this.takeWithTicket(ticket, now, async (manager) => {
      const { affected } = await manager.update(
        TotpSecret,
        [
          { userId, confirmedAt: Not(IsNull()), lastStep: IsNull() },
          { userId, confirmedAt: Not(IsNull()), lastStep: LessThan(step) },
        ],
        { lastStep: step },
      );
      return affected === 1;
    });
  }

  /** Removes the authenticator app; the recovery codes too when no factor is left. False when there was none. */
  removeTotp(userId: string): Promise<boolean> {
    return this.store.write(async (manager) => {
      const { affected } = await manager.delete(TotpSecret, { userId });
      await dropUselessCodes(manager, userId);
      return (affected ?? 0) > 0;
    });
  }

  /** Replaces all recovery codes. False when the account has no factor that they could stand in for. */
  replaceRecoveryCodes(userId: string, codeHashes: readonly string[], now: Date): Promise<boolean> {
    return this.store.write(async (manager) => {
      if (!(await hasFactor(manager, userId))) return false;
      await replaceCodes(manager, userId, codeHashes, now);
      return true;
    });
  }

  /**
   * Uses a recovery code up, together with the ticket. Refuses it when there is no unused code like it; the ticket stays
   * valid then.
   */
  spendRecoveryCode(
    userId: string,
    codeHash: string,
    ticket: ChallengeUse | null,
    now: Date,
  ): Promise<ProofTaken> {
    return this.takeWithTicket(ticket, now, async (manager) => {
      const { affected } = await manager.update(
        RecoveryCode,
        { userId, codeHash, usedAt: IsNull() },
        { usedAt: now },
      );
      return affected === 1;
    });
  }

  findPasskey(credentialId: string): Promise<Passkey | null> {
    return this.store.reader.findOneBy(Passkey, { credentialId });
  }

  /**
   * @param atMost passkeys per account
   * @param codeHashes recovery codes to store when the account has no other factor
   */
  addPasskey(
    passkey: NewPasskey,
    { atMost, codeHashes, now }: { atMost: number; codeHashes: readonly string[]; now: Date },
  ): Promise<FactorAdded> {
    const { userId, credentialId } = passkey;
    return this.store.write(async (manager) => {
      if (await manager.existsBy(Passkey, { credentialId })) return { kind: 'conflict' };
      if ((await manager.countBy(Passkey, { userId })) >= atMost) return { kind: 'too-many' };
      const isFirst = !(await hasFactor(manager, userId));
      await manager.insert(Passkey, { ...passkey, lastUsedAt: null, counterRegressedAt: null });
      if (isFirst) await becomeProtected(manager, userId, codeHashes, now);
      return { kind: 'added', storedCodes: isFirst };
    });
  }

  /** Returns the passkey as it is now; null when the account has no such passkey. */
  renamePasskey(id: string, userId: string, name: string): Promise<Passkey | null> {
    return this.store.write(async (manager) => {
      await manager.update(Passkey, { id, userId }, { name });
      return manager.findOneBy(Passkey, { id, userId });
    });
  }

  /** Removes a passkey; the recovery codes too when no factor is left. Returns what was removed. */
  removePasskey(id: string, userId: string): Promise<Passkey | null> {
    return this.store.write(async (manager) => {
      const passkey = await manager.findOneBy(Passkey, { id, userId });
      await manager.delete(Passkey, { id, userId });
      await dropUselessCodes(manager, userId);
      return passkey;
    });
  }

  /** Notes a use. False when the counter has not grown since the last one (WebAuthn §6.1.1). */
  usePasskey(id: string, counter: number, now: Date): Promise<boolean> {
    return this.store.write(async (manager) => {
      // Authenticators that do not count report 0 each time.
      const before = counter === 0 ? { id, counter: 0 } : { id, counter: LessThan(counter) };
      const { affected } = await manager.update(Passkey, before, { counter, lastUsedAt: now });
      if (affected === 1) return true;
      await manager.update(Passkey, { id }, { counterRegressedAt: now });
      return false;
    });
  }

  /** Removes every factor of an account. False when it had none. */
  removeAll(userId: string): Promise<boolean> {
    return this.store.write(async (manager) => {
      const had = await hasFactor(manager, userId);
      await manager.delete(TotpSecret, { userId });
      await manager.delete(Passkey, { userId });
      await manager.delete(RecoveryCode, { userId });
      return had;
    });
  }

  /** In one transaction, so that a ticket uses up one proof at most, and a wrong proof uses up no ticket. */
  private takeWithTicket(
    ticket: ChallengeUse | null,
    now: Date,
    take: (manager: EntityManager) => Promise<boolean>,
  ): Promise<ProofTaken> {
    return this.store.write(async (manager) => {
      if (ticket && !(await spendWithin(manager, ticket, now))) return 'ticket-spent';
      if (await take(manager)) return 'taken';
      if (ticket) await manager.delete(SpentChallenge, { id: ticket.id });
      return 'refused';
    });
  }
}

async function hasFactor(manager: EntityManager, userId: string): Promise<boolean> {
  return (
    (await manager.existsBy(TotpSecret, { userId, confirmedAt: Not(IsNull()) })) ||
    (await manager.existsBy(Passkey, { userId }))
  );
}

/** A sign-in under way, which has seen an account without a second factor, must not be written any more. */
async function becomeProtected(
  manager: EntityManager,
  userId: string,
  codeHashes: readonly string[],
  now: Date,
): Promise<void> {
  await replaceCodes(manager, userId, codeHashes, now);
  await manager.increment(User, { id: userId }, 'securityVersion', 1);
}

async function replaceCodes(
  manager: EntityManager,
  userId: string,
  codeHashes: readonly string[],
  now: Date,
): Promise<void> {
  await manager.delete(RecoveryCode, { userId });
  const rows = codeHashes.map((codeHash) => ({ userId, codeHash, createdAt: now, usedAt: null }));
  await manager.insert(RecoveryCode, rows);
}

async function dropUselessCodes(manager: EntityManager, userId: string): Promise<void> {
  if (!(await hasFactor(manager, userId))) await manager.delete(RecoveryCode, { userId });
}
