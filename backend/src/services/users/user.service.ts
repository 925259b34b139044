import type { Session } from '../../entities/session.entity.js';
import type { User, UserRole } from '../../entities/user.entity.js';
import { AppError, NotFoundError } from '../../errors/app-error.js';
import type { UserChanges, UserOutcome, UserRepository } from '../../repositories/user.repository.js';
import type { AuditAction, AuditLogService } from '../audit/audit-log.service.js';
import type { RequestOrigin } from '../audit/request-origin.js';
import { LastAdministratorError, UnauthenticatedError, UsernameTakenError } from '../auth/auth.errors.js';
import type { AuthService } from '../auth/auth.service.js';
import type { PasswordCheck } from '../auth/password-check.js';
import type { Passwords } from '../auth/passwords.js';
import { type Principal, snapshotOf } from '../auth/principal.js';
import type { RightsWatch } from '../auth/rights-watch.js';

export interface NewAccount {
  username: string;
  password: string;
  role: UserRole;
  /** Years; wanted for a child and for nobody else. */
  ageLimit?: number | null | undefined;
}

export interface AccountChanges {
  username?: string | undefined;
  password?: string | undefined;
  role?: UserRole | undefined;
  ageLimit?: number | null | undefined;
  disabled?: boolean | undefined;
}

export interface OwnChanges {
  username?: string | undefined;
  language?: string | null | undefined;
  password?: string | undefined;
  /** Wanted with a new password. */
  currentPassword?: string | undefined;
}

export interface UserServiceParts {
  users: UserRepository;
  passwords: Passwords;
  passwordCheck: PasswordCheck;
  auth: AuthService;
  /** Hears of each account that changes here. */
  rights: Pick<RightsWatch, 'sessionsEnded' | 'accountChanged'>;
  audit: AuditLogService;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** Accounts: those of others, which an administrator keeps, and one's own. */
export class UserService {
  constructor(private readonly parts: UserServiceParts) {}

  list(options: { page: number; pageSize: number }): Promise<{ items: User[]; total: number }> {
    return this.parts.users.list(options);
  }

  /** @throws UsernameTakenError, AppError validation-failed, SignInBusyError */
  async create(account: NewAccount, actor: Principal, origin: RequestOrigin): Promise<User> {
    const { username, role } = account;
    const ageLimit = checkedAgeLimit(role, account.ageLimit ?? null);
    this.parts.passwords.checkNew(account.password, [username]);
    const passwordHash = await this.parts.passwords.hash(account.password);
    const user = await this.parts.users.create(
      { username, passwordHash, role, ageLimit },
      this.date(),
      snapshotOf(actor),
    );
    if (user === 'overtaken') throw new UnauthenticatedError();
    if (!user) throw new UsernameTakenError();
    await this.record('user.created', actor, origin, user, { role, ageLimit });
    return user;
  }

  /**
   * Changes somebody's account. A new password ends all their sessions, and so does disabling.
   * @throws NotFoundError, UsernameTakenError, LastAdministratorError, AppError validation-failed or conflict
   */
  async update(id: string, changes: AccountChanges, actor: Principal, origin: RequestOrigin): Promise<User> {
    const { password, disabled, ...plain } = changes;
    if (password !== undefined && id === actor.userId) {
      throw new AppError(
        'conflict',
        'Change your own password on your own page, where the old one is asked for.',
      );
    }
    if (password !== undefined) this.parts.passwords.checkNew(password, [plain.username ?? '']);
    const passwordHash = password === undefined ? undefined : await this.parts.passwords.hash(password);
    const { before, after, endedSessions } = done(
      await this.parts.users.change(
        id,
        (user) => {
          const role = plain.role ?? user.role;
          const ageLimit = role === 'child' ? (plain.ageLimit ?? user.ageLimit) : (plain.ageLimit ?? null);
          return {
            ...(plain.username !== undefined && { username: plain.username }),
            ...(passwordHash !== undefined && { passwordHash }),
            ...(disabled !== undefined && { disabledAt: disabled ? (user.disabledAt ?? this.date()) : null }),
            role,
            ageLimit: checkedAgeLimit(role, ageLimit),
          } satisfies UserChanges;
        },
        this.date(),
        {
          decidedBy: snapshotOf(actor),
          ends: (before, after) => {
            if (passwordHash !== undefined) return { reason: 'password-changed' };
            return after.disabledAt !== null && before.disabledAt === null
              ? { reason: 'account-closed' }
              : null;
          },
        },
      ),
    );
    await this.announce(before, after, endedSessions);
    if (passwordHash !== undefined) await this.record('user.password-reset', actor, origin, after, {});
    const differences = differencesOf(before, after);
    if (Object.keys(differences).length > 0)
      await this.record('user.changed', actor, origin, after, differences);
    return after;
  }

  /** Returns the live sessions of an account, latest use first. @throws NotFoundError */
  async listSessions(id: string): Promise<Session[]> {
    await this.get(id);
    return this.parts.auth.listSessions(id);
  }

  /** Ends one session of an account. @throws NotFoundError */
  async endSession(id: string, sessionId: string, actor: Principal, origin: RequestOrigin): Promise<void> {
    await this.parts.auth.endSessionOf(await this.get(id), sessionId, actor, origin);
  }

  /** Ends all sessions of an account, but the administrator's own present one. @throws NotFoundError */
  async endAllSessions(id: string, actor: Principal, origin: RequestOrigin): Promise<void> {
    await this.parts.auth.endAllSessionsOf(await this.get(id), actor, origin);
  }

  private async get(id: string): Promise<User> {
    const user = await this.parts.users.findById(id);
    if (!user) throw new NotFoundError('User');
    return user;
  }

  /** The account with all that is its own. What the audit log tells of it stays. @throws NotFoundError, LastAdministratorError */
  async delete(id: string, actor: Principal, origin: RequestOrigin): Promise<void> {
    const { before, endedSessions } = done(
      await this.parts.users.delete(id, this.date(), { decidedBy: snapshotOf(actor) }),
    );
    this.parts.rights.sessionsEnded(endedSessions);
    const action = id === actor.userId ? 'account.deleted' : 'user.deleted';
    await this.record(action, actor, origin, before, { role: before.role });
  }

  /**
   * Changes one's own account. A new password ends the other sessions.
   * @throws AppError validation-failed, UsernameTakenError, TooManyAttemptsError, SignInBusyError
   */
  async updateOwn(changes: OwnChanges, principal: Principal, origin: RequestOrigin): Promise<User> {
    const { password, currentPassword, username, language } = changes;
    const user = await this.parts.auth.getUser(principal);
    const passwordHash =
      password === undefined
        ? undefined
        : await this.newOwnPassword(user, { password, currentPassword, username }, principal, origin);
    const { before, after, endedSessions } = done(
      await this.parts.users.change(
        user.id,
        () => ({
          ...(username !== undefined && { username }),
          ...(language !== undefined && { language }),
          ...(passwordHash !== undefined && { passwordHash }),
        }),
        this.date(),
        {
          // The old password was checked against this version of the account.
          decidedBy: {
            userId: user.id,
            sessionId: principal.sessionId,
            securityVersion: user.securityVersion,
          },
          ends: () =>
            passwordHash === undefined ? null : { reason: 'password-changed', exceptId: principal.sessionId },
        },
      ),
    );
    await this.announce(before, after, endedSessions);
    if (passwordHash !== undefined)
      await this.record('account.password-changed', principal, origin, after, {});
    const differences = differencesOf(before, after);
    if (Object.keys(differences).length > 0)
      await this.record('account.changed', principal, origin, after, differences);
    return after;
  }

  /** Ends or changes at once what is open in the sessions of an account. */
  private async announce(before: User, after: User, endedSessions: readonly string[]): Promise<void> {
    this.parts.rights.sessionsEnded(endedSessions);
    if (before.securityVersion !== after.securityVersion) await this.parts.rights.accountChanged(after.id);
  }

  private async newOwnPassword(
    user: User,
    { password, currentPassword, username }: OwnChanges & { password: string },
    principal: Principal,
    origin: RequestOrigin,
  ): Promise<string> {
    if (
      currentPassword === undefined ||
      !(await this.parts.passwordCheck.confirm(user, currentPassword, origin))
    ) {
      await this.record('account.password-refused', principal, origin, user, {});
      throw wrongField('currentPassword', 'is not your password');
    }
    this.parts.passwords.checkNew(password, [user.username, username ?? '']);
    return this.parts.passwords.hash(password);
  }

  private record(
    action: AuditAction,
    actor: Principal,
    origin: RequestOrigin,
    user: User,
    detail: Record<string, string | number | boolean | null>,
  ): Promise<void> {
    return this.parts.audit.record({
      action,
      outcome: action === 'account.password-refused' ? 'denied' : 'ok',
      actor: { id: actor.userId, name: actor.username },
      origin,
      detail: { userId: user.id, username: user.username, ...detail },
    });
  }

  private date(): Date {
    return new Date(this.parts.now());
  }
}

/** @throws NotFoundError, UnauthenticatedError, UsernameTakenError, LastAdministratorError */
function done(outcome: UserOutcome): Extract<UserOutcome, { kind: 'done' }> {
  switch (outcome.kind) {
    case 'done':
      return outcome;
    case 'missing':
      throw new NotFoundError('User');
    case 'overtaken':
      throw new UnauthenticatedError();
    case 'name-taken':
      throw new UsernameTakenError();
    case 'last-administrator':
      throw new LastAdministratorError();
  }
}

function checkedAgeLimit(role: UserRole, ageLimit: number | null): number | null {
  if (role === 'child' && ageLimit === null) throw wrongField('ageLimit', 'is needed for a child');
  if (role !== 'child' && ageLimit !== null) throw wrongField('ageLimit', 'is for children only');
  return ageLimit;
}

function wrongField(field: string, message: string): AppError {
  return new AppError('validation-failed', 'Some fields are missing or wrong.', {
    errors: [{ field: `body.${field}`, message }],
  });
}

function differencesOf(before: User, after: User): Record<string, string | number | boolean | null> {
  return {
    ...(before.username !== after.username && { usernameBefore: before.username }),
    ...(before.role !== after.role && { role: after.role, roleBefore: before.role }),
    ...(before.ageLimit !== after.ageLimit && { ageLimit: after.ageLimit, ageLimitBefore: before.ageLimit }),
    ...(before.language !== after.language && { language: after.language }),
    ...((before.disabledAt === null) !== (after.disabledAt === null) && {
      disabled: after.disabledAt !== null,
    }),
  };
}
