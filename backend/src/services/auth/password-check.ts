import type { User } from '../../entities/user.entity.js';
import { type UserRepository, usernameKey } from '../../repositories/user.repository.js';
import type { AuditLogService } from '../audit/audit-log.service.js';
import type { RequestOrigin } from '../audit/request-origin.js';
import type { AttemptBackoff } from './attempt-backoff.js';
import { InvalidCredentialsError } from './auth.errors.js';
import type { Passwords } from './passwords.js';

export interface Credentials {
  username: string;
  password: string;
}

/** Decides whether name and password belong together, and gives away nothing else. */
export class PasswordCheck {
  constructor(
    private readonly users: UserRepository,
    private readonly passwords: Passwords,
    private readonly backoff: AttemptBackoff,
    private readonly audit: AuditLogService,
  ) {}

  /**
   * Unknown name, wrong password and disabled account end alike, after the same work.
   * @throws InvalidCredentialsError, TooManyAttemptsError, SignInBusyError
   */
  async check({ username, password }: Credentials, origin: RequestOrigin): Promise<User> {
    const attempt = await this.backoff.begin(usernameKey(username), origin.address);
    const user = await this.users.findByUsername(username);
    const fits = await this.passwords.verify(password, user?.passwordHash ?? null);
    if (user && fits && user.disabledAt === null) {
      await attempt.succeeded();
      return user;
    }
    const reason = user === null ? 'unknown name' : fits ? 'account disabled' : 'wrong password';
    await this.recordRefusal(user, reason, origin);
    throw new InvalidCredentialsError();
  }

  /** Records a refused sign-in. An unknown name is not kept: people type their password into the wrong field. */
  recordRefusal(user: User | null, reason: string, origin: RequestOrigin): Promise<void> {
    return this.audit.record({
      action: 'session.refused',
      outcome: 'denied',
      actor: user && { id: user.id, name: user.username },
      origin,
      detail: { reason },
    });
  }

  /**
   * Whether somebody who is signed in knows their password; wrong guesses are slowed like those of a sign-in.
   * @throws TooManyAttemptsError, SignInBusyError
   */
  async confirm(user: User, password: string, origin: RequestOrigin): Promise<boolean> {
    const attempt = await this.backoff.begin(user.usernameKey, origin.address);
    const fits = await this.passwords.verify(password, user.passwordHash);
    if (fits) await attempt.succeeded();
    return fits;
  }
}
