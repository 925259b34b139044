import type { User } from '../../entities/user.entity.js';
import type { SessionRepository } from '../../repositories/session.repository.js';
import { type UserRepository, usernameKey } from '../../repositories/user.repository.js';
import type { AuditLogService } from '../audit/audit-log.service.js';
import type { RequestOrigin } from '../audit/request-origin.js';
import type { Attempt, AttemptBackoff } from './attempt-backoff.js';
import { InvalidCredentialsError, SignInBusyError } from './auth.errors.js';
import type { GuessBudget } from './guess-budget.js';
import type { Asker } from './hashing-queue.js';
import type { KnownDevice, KnownDevices } from './known-devices.js';
import { wideNetworkOf } from './network-of.js';
import type { Passwords } from './passwords.js';

export interface Credentials {
  username: string;
  password: string;
}

export interface PasswordCheckParts {
  users: UserRepository;
  sessions: SessionRepository;
  passwords: Passwords;
  backoff: AttemptBackoff;
  /** Of all who are strange to an account together. */
  budget: GuessBudget;
  knownDevices: KnownDevices;
  audit: AuditLogService;
}

/** Decides whether name and password belong together, and gives away nothing else. */
export class PasswordCheck {
  constructor(private readonly parts: PasswordCheckParts) {}

  /**
   * Unknown name, wrong password and disabled account end alike, after the same work.
   * @param device the browser it is typed in, when it has signed in here before
   * @throws InvalidCredentialsError, TooManyAttemptsError, SignInBusyError
   */
  async check(
    { username, password }: Credentials,
    origin: RequestOrigin,
    device: KnownDevice | null = null,
  ): Promise<User> {
    const user = await this.parts.users.findByUsername(username);
    const { attempt, asker } = await this.begin(usernameKey(username), user, origin.address, device);
    const fits = await this.verify(attempt, password, user?.passwordHash ?? null, asker);
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
    return this.parts.audit.record({
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
    // Counted apart from sign-ins, so that strangers' guesses do not get in the way of somebody who is signed in.
    const attempt = await this.parts.backoff.begin(`own ${user.usernameKey}`, origin.address);
    const fits = await this.verify(attempt, password, user.passwordHash);
    if (fits) await attempt.succeeded();
    return fits;
  }

  /** Compares the password with the hash. An attempt that the full queue refused does not count. @throws SignInBusyError */
  private async verify(
    attempt: Attempt,
    password: string,
    hash: string | null,
    asker?: Asker,
  ): Promise<boolean> {
    try {
      return await this.parts.passwords.verify(password, hash, asker);
    } catch (error) {
      if (error instanceof SignInBusyError) await attempt.withdraw();
      throw error;
    }
  }

  /**
   * Counts an attempt against those who make it: a browser that the account has signed in with, else a network it has
   * signed in from, else all strangers together. Looks up as much for a name that nobody has.
   */
  private async begin(
    subject: string,
    user: User | null,
    address: string | null,
    device: KnownDevice | null,
  ): Promise<{ attempt: Attempt; asker: Asker }> {
    const { sessions, backoff, budget, knownDevices } = this.parts;
    const network = wideNetworkOf(address);
    const isKnownDevice = knownDevices.isKnown(device, user);
    const addresses = await sessions.listAddresses(user?.id ?? 'nobody');
    if (device && isKnownDevice) {
      const source = `device ${device.id}`;
      return { attempt: await backoff.beginKnown(`${source} ${subject}`), asker: { source, isKnown: true } };
    }
    if (addresses.some((used) => wideNetworkOf(used) === network))
      return { attempt: await backoff.begin(subject, address), asker: { source: network, isKnown: true } };
    const spent = await budget.begin(subject, network);
    try {
      const slowed = await backoff.begin(subject, address);
      return {
        attempt: {
          succeeded: async () => {
            await spent.succeeded();
            await slowed.succeeded();
          },
          withdraw: async () => {
            await spent.withdraw();
            await slowed.withdraw();
          },
        },
        asker: { source: network, isKnown: false },
      };
    } catch (error) {
      // It was not made.
      await spent.withdraw();
      throw error;
    }
  }
}
