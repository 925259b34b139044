import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import type { User } from '../../entities/user.entity.js';
import type { UserRepository } from '../../repositories/user.repository.js';
import type { AuditLogService } from '../audit/audit-log.service.js';
import type { RequestOrigin } from '../audit/request-origin.js';
import type { AttemptBackoff } from './attempt-backoff.js';
import { SetupCodeError, SetupDoneError, UsernameTakenError } from './auth.errors.js';
import type { Credentials } from './password-check.js';
import type { Passwords } from './passwords.js';

/** No vowels (no words), nothing that looks like something else. */
const alphabet = 'BCDFGHJKMNPQRSTVWXYZ23456789';
const codeLength = 10;

/** The first administrator: made once, by whoever can read what the server printed. */
export class SetupService {
  private code: string | null = null;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly users: UserRepository,
    private readonly passwords: Passwords,
    private readonly backoff: AttemptBackoff,
    private readonly audit: AuditLogService,
    private readonly now: () => number = Date.now,
  ) {}

  /** When there is no administrator: a new one-time code, to be printed for the operator. It dies with the process. */
  async start(): Promise<string | null> {
    this.code = (await this.isNeeded()) ? newCode() : null;
    return this.code;
  }

  async isNeeded(): Promise<boolean> {
    return !(await this.users.hasAdministrator());
  }

  /**
   * Makes the first administrator.
   * @throws SetupDoneError, SetupCodeError, TooManyAttemptsError, UsernameTakenError, AppError validation-failed
   */
  async createFirstAdministrator(
    code: string,
    credentials: Credentials,
    origin: RequestOrigin,
  ): Promise<User> {
    if (!(await this.isNeeded())) throw new SetupDoneError();
    const attempt = await this.backoff.begin('set-up code', origin.address);
    if (this.code === null || !sameCode(code, this.code)) {
      await this.audit.record({
        action: 'setup.refused',
        outcome: 'denied',
        actor: null,
        origin,
        detail: {},
      });
      throw new SetupCodeError();
    }
    await attempt.succeeded();
    this.passwords.checkNew(credentials.password, [credentials.username]);
    const user = await this.inTurn(() => this.create(credentials));
    this.code = null;
    await this.recordCreation(user, origin, 'set-up code');
    return user;
  }

  /** For an administrator named by the configuration. False when there is one already. */
  async ensureAdministrator(username: string, password: string): Promise<boolean> {
    if (!(await this.isNeeded())) return false;
    const user = await this.inTurn(() => this.create({ username, password }));
    this.code = null;
    await this.recordCreation(user, { address: null, requestId: null, userAgent: null }, 'configuration');
    return true;
  }

  private async create({ username, password }: Credentials): Promise<User> {
    // Asked again in turn, so that those who lost the race do not wait for a hash that is of no use.
    if (!(await this.isNeeded())) throw new SetupDoneError();
    const passwordHash = await this.passwords.hash(password);
    const user = await this.users.createFirstAdministrator({ username, passwordHash }, new Date(this.now()));
    if (user) return user;
    throw (await this.isNeeded()) ? new UsernameTakenError() : new SetupDoneError();
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work);
    this.last = result.catch(() => undefined);
    return result;
  }

  private recordCreation(user: User, origin: RequestOrigin, by: string): Promise<void> {
    return this.audit.record({
      action: 'setup.completed',
      outcome: 'ok',
      actor: { id: user.id, name: user.username },
      origin,
      detail: { by },
    });
  }
}

function newCode(): string {
  const letters = Array.from({ length: codeLength }, () => alphabet.charAt(randomInt(alphabet.length))).join(
    '',
  );
  return `${letters.slice(0, codeLength / 2)}-${letters.slice(codeLength / 2)}`;
}

/** However it was typed: case, spaces and dashes do not count. Hashed first, so that comparing takes the same time. */
function sameCode(a: string, b: string): boolean {
  const digest = (code: string) =>
    createHash('sha256')
      .update(code.toUpperCase().replaceAll(/[^A-Z0-9]/g, ''))
      .digest();
  return timingSafeEqual(digest(a), digest(b));
}
