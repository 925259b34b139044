import { createHmac } from 'node:crypto';
import type { Database } from '../database/database.js';
import { TextSealer } from '../encryption/sealed-text.js';
import type { KeySource, Secrets } from '../encryption/secrets.js';
import type { Logger } from '../logging/logger.js';
import { AuditEventRepository } from '../repositories/audit-event.repository.js';
import { OwnDataRepository } from '../repositories/own-data.repository.js';
import { SecondFactorRepository } from '../repositories/second-factor.repository.js';
import { SessionRepository } from '../repositories/session.repository.js';
import { SpentChallengeRepository } from '../repositories/spent-challenge.repository.js';
import { UserRepository } from '../repositories/user.repository.js';
import type { AuditJournal } from '../services/audit/audit-journal.js';
import { AuditLogService } from '../services/audit/audit-log.service.js';
import { AccessTokens } from '../services/auth/access-tokens.js';
import { AttemptBackoff } from '../services/auth/attempt-backoff.js';
import { AuthService } from '../services/auth/auth.service.js';
import { DeviceSignIn } from '../services/auth/device-sign-in.js';
import { GuessBudget } from '../services/auth/guess-budget.js';
import { KnownDevices } from '../services/auth/known-devices.js';
import { findLivePrincipals } from '../services/auth/live-principals.js';
import { PasswordCheck } from '../services/auth/password-check.js';
import { Passwords } from '../services/auth/passwords.js';
import { RefreshTokens } from '../services/auth/refresh-tokens.js';
import { RightsWatch } from '../services/auth/rights-watch.js';
import { createSecondFactors } from '../services/auth/second-factor/create-second-factors.js';
import { SetupService } from '../services/auth/setup.service.js';
import type { SharedAttempts } from '../services/auth/shared-attempts.js';
import { OwnData } from '../services/users/own-data.js';
import { UserService } from '../services/users/user.service.js';

export const day = 24 * 60 * 60_000;

interface AccountsOptions {
  auditRetentionDays: number;
  /** How long a session lasts without being used, days. */
  sessionIdleDays: () => number;
  /** What several servers know together of failed attempts. */
  sharedAttempts?: SharedAttempts | undefined;
  /** Where they may change while it runs. */
  accessTokenKeys?: KeySource;
  /** Of a server; without one each act waits for the database. */
  journal?: AuditJournal;
}

/** Accounts and what guards them; the command line makes them too. */
export function createAccountParts(
  database: Database,
  secrets: Secrets,
  logger: Logger,
  {
    auditRetentionDays,
    sessionIdleDays,
    sharedAttempts,
    accessTokenKeys = () => secrets.accessToken,
    journal,
  }: AccountsOptions,
) {
  const users = new UserRepository(database);
  const sessions = new SessionRepository(database);
  const audit = new AuditLogService(new AuditEventRepository(database), logger, {
    maxAgeMs: auditRetentionDays * day,
    journal: journal ?? null,
  });
  const passwords = new Passwords({ pepper: secrets.passwordPepper });
  const backoff = new AttemptBackoff({ now: Date.now, shared: sharedAttempts });
  const knownDevices = new KnownDevices(
    createHmac('sha256', secrets.refreshKey).update('known devices').digest(),
  );
  const budget = new GuessBudget({ now: Date.now, shared: sharedAttempts });
  const passwordCheck = new PasswordCheck({
    users,
    sessions,
    passwords,
    backoff,
    budget,
    knownDevices,
    audit,
  });
  const rights = new RightsWatch({
    find: (ids) => findLivePrincipals(sessions, ids, Date.now()),
    logger,
  });
  const auth = new AuthService({
    passwordCheck,
    sessions,
    accessTokens: new AccessTokens(accessTokenKeys, Date.now),
    refreshTokens: new RefreshTokens(sessions, secrets.refreshKey, Date.now, () => sessionIdleDays() * day),
    rights,
    audit,
    now: Date.now,
  });
  const secondFactors = createSecondFactors({
    ...{ auth, passwordCheck, knownDevices, users, sessions, audit, sharedAttempts },
    factors: new SecondFactorRepository(database),
    spentChallenges: new SpentChallengeRepository(database),
    keys: accessTokenKeys,
    master: secrets.refreshKey,
    sealer: new TextSealer(secrets.refreshKey),
    now: Date.now,
  });
  return {
    ...secondFactors,
    auth,
    rights,
    knownDevices,
    audit,
    setup: new SetupService(users, passwords, backoff, audit),
    devices: new DeviceSignIn({
      auth,
      users,
      backoff: new AttemptBackoff({ now: Date.now, freePerSubject: 5, shared: sharedAttempts }),
      audit,
      now: Date.now,
    }),
    ownData: new OwnData(new OwnDataRepository(database), audit, Date.now),
    users: new UserService({ users, passwords, passwordCheck, auth, rights, audit, now: Date.now }),
  };
}
