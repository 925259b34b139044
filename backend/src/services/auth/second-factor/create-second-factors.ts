import type { TextSealer } from '../../../encryption/sealed-text.js';
import type { KeySource } from '../../../encryption/secrets.js';
import type { SecondFactorRepository } from '../../../repositories/second-factor.repository.js';
import type { SessionRepository } from '../../../repositories/session.repository.js';
import type { SpentChallengeRepository } from '../../../repositories/spent-challenge.repository.js';
import type { UserRepository } from '../../../repositories/user.repository.js';
import type { AuditLogService } from '../../audit/audit-log.service.js';
import type { AuthService } from '../auth.service.js';
import type { KnownDevices } from '../known-devices.js';
import type { PasswordCheck } from '../password-check.js';
import type { SharedAttempts } from '../shared-attempts.js';
import { Challenges } from './challenges.js';
import { FactorGuesses } from './factor-guesses.js';
import { Passkeys } from './passkeys.js';
import { Reauthentication } from './reauthentication.js';
import { RecoveryCodes } from './recovery-codes.js';
import { SecondFactors } from './second-factors.js';
import { SignIn } from './sign-in.js';

export interface SecondFactorTools {
  auth: AuthService;
  passwordCheck: PasswordCheck;
  knownDevices: KnownDevices;
  users: UserRepository;
  sessions: SessionRepository;
  factors: SecondFactorRepository;
  spentChallenges: SpentChallengeRepository;
  sharedAttempts?: SharedAttempts | undefined;
  /** They sign challenges. */
  keys: KeySource;
  /** Of the server; the key of the recovery codes is derived from it. */
  master: Uint8Array;
  sealer: TextSealer;
  audit: AuditLogService;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** Makes everything about second factors, for the server, the command line and the tests. */
export function createSecondFactors(tools: SecondFactorTools) {
  const { auth, passwordCheck, users, sessions, factors, audit, sealer, now } = tools;
  const challenges = new Challenges(tools.keys, tools.spentChallenges, now);
  const recoveryCodes = new RecoveryCodes(tools.master);
  const guesses = new FactorGuesses({ now, shared: tools.sharedAttempts });
  const passkeys = new Passkeys({ factors, challenges, recoveryCodes, audit, now });
  const parts = { factors, users, passkeys, recoveryCodes, guesses, challenges, sealer, audit, now };
  const secondFactors = new SecondFactors(parts);
  const shared = { auth, passwordCheck, factors: secondFactors, passkeys, audit };
  return {
    passkeys,
    factors: secondFactors,
    signIn: new SignIn({ ...shared, users, challenges, knownDevices: tools.knownDevices }),
    reauthentication: new Reauthentication({ ...shared, sessions, now }),
  };
}
