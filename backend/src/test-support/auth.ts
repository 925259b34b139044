import { randomBytes } from 'node:crypto';
import { TextSealer } from '../encryption/sealed-text.js';
import type { KeyRing } from '../encryption/secrets.js';
import type { User, UserRole } from '../entities/user.entity.js';
import { silentLogger } from '../logging/logger.js';
import { AuditEventRepository } from '../repositories/audit-event.repository.js';
import { OwnDataRepository } from '../repositories/own-data.repository.js';
import { SecondFactorRepository } from '../repositories/second-factor.repository.js';
import { SessionRepository } from '../repositories/session.repository.js';
import { SpentChallengeRepository } from '../repositories/spent-challenge.repository.js';
import { UserRepository } from '../repositories/user.repository.js';
import { AuditLogService } from '../services/audit/audit-log.service.js';
import type { RequestOrigin } from '../services/audit/request-origin.js';
import { AccessTokens } from '../services/auth/access-tokens.js';
import { AttemptBackoff } from '../services/auth/attempt-backoff.js';
import { AuthService, type SignedIn } from '../services/auth/auth.service.js';
import { DeviceSignIn } from '../services/auth/device-sign-in.js';
import { GuessBudget } from '../services/auth/guess-budget.js';
import { type KnownDevice, KnownDevices } from '../services/auth/known-devices.js';
import { findLivePrincipals } from '../services/auth/live-principals.js';
import { type Credentials, PasswordCheck } from '../services/auth/password-check.js';
import { Passwords } from '../services/auth/passwords.js';
import { PlaybackGrants } from '../services/auth/playback-grants.js';
import { RefreshTokens } from '../services/auth/refresh-tokens.js';
import { RightsWatch } from '../services/auth/rights-watch.js';
import { createSecondFactors } from '../services/auth/second-factor/create-second-factors.js';
import { SetupService } from '../services/auth/setup.service.js';
import { OwnData } from '../services/users/own-data.js';
import { UserService } from '../services/users/user.service.js';
import { openTestDatabase } from './database.js';

export const origin: RequestOrigin = {
  address: '192.0.2.1',
  requestId: 'request-1',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
};

/** Everything of services/auth, real, on a real database, with a clock that stands still until moved. bcrypt at its lowest cost. */
export async function openTestAuth() {
  const { database, file, dispose } = await openTestDatabase();
  const clock = { now: Date.UTC(2026, 10, 22, 12) };
  const now = (): number => clock.now;
  /** Of sessions. */
  const limits = { idleMs: Number.POSITIVE_INFINITY };
  const keys: KeyRing = [aKey('one')];
  const users = new UserRepository(database);
  const sessions = new SessionRepository(database);
  const audit = new AuditLogService(new AuditEventRepository(database), silentLogger(), { now });
  const passwords = new Passwords({ pepper: randomBytes(32), cost: 4 });
  const backoff = new AttemptBackoff({ now });
  const accessTokens = new AccessTokens(() => keys, now);
  const refreshTokens = new RefreshTokens(sessions, randomBytes(32), now, () => limits.idleMs);
  const knownDevices = new KnownDevices(randomBytes(32));
  const budget = new GuessBudget({ now });
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
    find: (ids) => findLivePrincipals(sessions, ids, now()),
    logger: silentLogger(),
  });
  const auth = new AuthService({ passwordCheck, sessions, accessTokens, refreshTokens, rights, audit, now });
  const grantKeys: KeyRing = [aKey('grants')];
  const grants = new PlaybackGrants(
    () => grantKeys,
    (id, userId) => auth.isSessionLive(id, userId),
    now,
  );
  const setup = new SetupService(users, passwords, backoff, audit, now);

  const createUser = async (username: string, password: string, role: UserRole = 'user'): Promise<User> => {
    const user = await users.create(
      { username, passwordHash: await passwords.hash(password), role },
      new Date(now()),
    );
    if (!user) throw new Error(`There is a ${username} already.`);
    return user;
  };
  const actions = async (): Promise<string[]> =>
    (await audit.list({ page: 1, pageSize: 100 })).items.map(({ action }) => action).reverse();

  const userService = new UserService({ users, passwords, passwordCheck, auth, rights, audit, now });

  const devices = new DeviceSignIn({
    auth,
    users,
    backoff: new AttemptBackoff({ now, freePerSubject: 5 }),
    audit,
    now,
  });

  const master = randomBytes(32);
  const secondFactors = createSecondFactors({
    ...{ auth, passwordCheck, knownDevices, users, sessions, audit, master, now },
    factors: new SecondFactorRepository(database),
    spentChallenges: new SpentChallengeRepository(database),
    keys: () => keys,
    sealer: new TextSealer(master),
  });

  const login = async (
    credentials: Credentials,
    from: RequestOrigin,
    device: KnownDevice | null = null,
  ): Promise<SignedIn> => {
    const outcome = await secondFactors.signIn.login(credentials, null, from, device);
    if (outcome.kind !== 'signed-in') throw new Error('A second factor is wanted.');
    return outcome.signedIn;
  };

  return {
    ...secondFactors,
    login,
    ownData: new OwnData(new OwnDataRepository(database), audit, now),
    auth,
    limits,
    rights,
    knownDevices,
    devices,
    userService,
    setup,
    grants,
    users,
    sessions,
    audit,
    passwords,
    backoff,
    accessTokens,
    refreshTokens,
    keys,
    grantKeys,
    clock,
    database,
    file,
    createUser,
    actions,
    dispose,
  };
}

export type TestAuth = Awaited<ReturnType<typeof openTestAuth>>;

export function aKey(id: string) {
  return { id, key: new Uint8Array(randomBytes(32)) };
}
