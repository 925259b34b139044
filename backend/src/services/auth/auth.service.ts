import type { Session, SessionEnding } from '../../entities/session.entity.js';
import type { User } from '../../entities/user.entity.js';
import { NotFoundError } from '../../errors/app-error.js';
import type { SessionRepository } from '../../repositories/session.repository.js';
import type { AuditLogService } from '../audit/audit-log.service.js';
import type { RequestOrigin } from '../audit/request-origin.js';
import { type AccessTokens, accessTokenLifetimeSeconds } from './access-tokens.js';
import { InvalidCredentialsError, UnauthenticatedError } from './auth.errors.js';
import { principalOf } from './live-principals.js';
import type { PasswordCheck } from './password-check.js';
import { type Principal, snapshotOf } from './principal.js';
import { isLive, type RefreshToken, type RefreshTokens } from './refresh-tokens.js';
import type { RightsWatch } from './rights-watch.js';

/** What a client holds after signing in. */
export interface SignedIn {
  accessToken: string;
  /** Seconds. */
  expiresIn: number;
  user: User;
  refresh: RefreshToken;
}

export interface AuthServiceParts {
  passwordCheck: PasswordCheck;
  sessions: SessionRepository;
  accessTokens: AccessTokens;
  refreshTokens: RefreshTokens;
  /** Hears of each session that ends here. */
  rights: Pick<RightsWatch, 'sessionsEnded'>;
  audit: AuditLogService;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** The life of a session: begun by a password, carried on by refresh tokens, ended by its owner or by theft. */
export class AuthService {
  constructor(private readonly parts: AuthServiceParts) {}

  /**
   * Begins a session for someone whose password has been checked.
   * @throws InvalidCredentialsError when the password was changed, or the account closed, while it was checked
   */
  async startByPassword(user: User, origin: RequestOrigin): Promise<SignedIn> {
    try {
      return await this.startSession(user, origin);
    } catch (error) {
      if (!(error instanceof UnauthenticatedError)) throw error;
      await this.parts.passwordCheck.recordRefusal(user, 'account changed', origin);
      throw new InvalidCredentialsError();
    }
  }

  /**
   * Begins a session for someone who has proven who they are.
   * @param user as read before the proof: a change of the account since then refuses the session
   * @param approvedBy who allowed it in another session, which must not have ended; null when nobody did
   * @throws UnauthenticatedError
   */
  async startSession(
    user: User,
    origin: RequestOrigin,
    approvedBy: Principal | null = null,
  ): Promise<SignedIn> {
    const decidedOn = (approvedBy && snapshotOf(approvedBy)) ?? {
      userId: user.id,
      securityVersion: user.securityVersion,
      sessionId: null,
    };
    const opened = await this.parts.refreshTokens.open(user, origin, decidedOn);
    if (!opened) throw new UnauthenticatedError();
    const { session, displaced, ...refresh } = opened;
    await this.endDisplaced(user, displaced, origin);
    await this.record('session.created', user, origin, { device: session.device });
    return this.signedIn(user, session.id, refresh);
  }

  /** @throws UnauthenticatedError when the token is not (or no longer) good for anything. */
  async refresh(token: string, origin: RequestOrigin): Promise<SignedIn> {
    const outcome = await this.parts.refreshTokens.refresh(token, origin);
    if (outcome.kind === 'refused') throw new UnauthenticatedError();
    const { session, user } = outcome;
    if (outcome.kind === 'refreshed') return this.signedIn(user, session.id, outcome);
    this.parts.rights.sessionsEnded([session.id]);
    await this.parts.audit.record({
      action: 'session.token-reused',
      outcome: 'denied',
      actor: { id: user.id, name: user.username },
      origin,
      detail: { sessionId: session.id, device: session.device },
    });
    throw new UnauthenticatedError();
  }

  /** Ends the session the token belongs to. A token that belongs to none is no error: the outcome is the same. */
  async logout(token: string, origin: RequestOrigin): Promise<void> {
    const found = await this.parts.refreshTokens.identify(token);
    if (!found) return;
    const { session, user } = found;
    if (!(await this.parts.sessions.end(session.id, user.id, 'signed-out', this.date()))) return;
    this.parts.rights.sessionsEnded([session.id]);
    await this.record('session.signed-out', user, origin, { sessionId: session.id });
  }

  /** Live sessions of the user, latest use first. */
  listSessions(userId: string): Promise<Session[]> {
    return this.parts.sessions.listLive(userId, this.date());
  }

  /** @throws NotFoundError when the user has no such session; whether someone else has is not told. */
  async revokeSession(sessionId: string, principal: Principal, origin: RequestOrigin): Promise<void> {
    if (!(await this.parts.sessions.end(sessionId, principal.userId, 'revoked', this.date()))) {
      throw new NotFoundError('Session');
    }
    this.parts.rights.sessionsEnded([sessionId]);
    await this.parts.audit.record({
      action: 'session.revoked',
      outcome: 'ok',
      actor: { id: principal.userId, name: principal.username },
      origin,
      detail: { sessionId },
    });
  }

  /**
   * Ends a session of somebody else, for administrators.
   * @throws NotFoundError when the user has no such session
   */
  async endSessionOf(user: User, sessionId: string, actor: Principal, origin: RequestOrigin): Promise<void> {
    if (!(await this.parts.sessions.end(sessionId, user.id, 'revoked', this.date())))
      throw new NotFoundError('Session');
    await this.endedBy(actor, user, [sessionId], origin);
  }

  /** Ends all sessions of somebody, for administrators. Their own present one stays. */
  async endAllSessionsOf(user: User, actor: Principal, origin: RequestOrigin): Promise<void> {
    const own = user.id === actor.userId ? actor.sessionId : undefined;
    const ended = await this.parts.sessions.endAll(user.id, 'revoked', this.date(), own);
    if (ended.length > 0) await this.endedBy(actor, user, ended, origin);
  }

  private async endedBy(
    actor: Principal,
    user: User,
    sessionIds: readonly string[],
    origin: RequestOrigin,
  ): Promise<void> {
    this.parts.rights.sessionsEnded(sessionIds);
    await this.parts.audit.record({
      action: 'session.revoked',
      outcome: 'ok',
      actor: { id: actor.userId, name: actor.username },
      origin,
      detail: {
        userId: user.id,
        username: user.username,
        ...(sessionIds.length === 1 ? { sessionId: sessionIds.join() } : { sessions: sessionIds.length }),
      },
    });
  }

  /** Ends sessions that nobody has used for `idleMs`. */
  async endIdleSessions(idleMs: number): Promise<void> {
    const now = this.parts.now();
    this.parts.rights.sessionsEnded(await this.parts.sessions.endIdle(new Date(now - idleMs), new Date(now)));
  }

  /** Ends every session of a user but `exceptId`. */
  async endSessions(userId: string, reason: SessionEnding, exceptId?: string): Promise<void> {
    this.parts.rights.sessionsEnded(await this.parts.sessions.endAll(userId, reason, this.date(), exceptId));
  }

  /**
   * Who shows this access token. The session and the user are looked up every time, so that ending a session or
   * changing a role counts from the next request on.
   * @throws UnauthenticatedError
   */
  async authenticate(accessToken: string): Promise<Principal> {
    const { sub, sid } = await this.parts.accessTokens.verify(accessToken);
    const found = await this.findLive(sid);
    if (found?.userId !== sub) throw new UnauthenticatedError();
    return found;
  }

  /** The account behind a principal. @throws UnauthenticatedError when its session has ended since. */
  async getUser(principal: Principal): Promise<User> {
    const found = await this.parts.sessions.findWithUser(principal.sessionId);
    if (!found || !isLive(found, this.parts.now())) throw new UnauthenticatedError();
    return found.user;
  }

  /** Whether this session of this user still stands. */
  async isSessionLive(sessionId: string, userId: string): Promise<boolean> {
    return (await this.findLive(sessionId))?.userId === userId;
  }

  private async findLive(sessionId: string): Promise<Principal | null> {
    const found = await this.parts.sessions.findWithUser(sessionId);
    return found && isLive(found, this.parts.now()) ? principalOf(found) : null;
  }

  private async endDisplaced(
    user: User,
    displaced: readonly Session[],
    origin: RequestOrigin,
  ): Promise<void> {
    this.parts.rights.sessionsEnded(displaced.map(({ id }) => id));
    for (const { id: sessionId, device } of displaced)
      await this.parts.audit.record({
        action: 'session.ended',
        outcome: 'ok',
        actor: { id: user.id, name: user.username },
        origin,
        detail: { sessionId, device, reason: 'too many sessions' },
      });
  }

  private async signedIn(
    user: User,
    sessionId: string,
    { token, expiresAt }: RefreshToken,
  ): Promise<SignedIn> {
    const accessToken = await this.parts.accessTokens.issue({ userId: user.id, sessionId, role: user.role });
    return { accessToken, expiresIn: accessTokenLifetimeSeconds, user, refresh: { token, expiresAt } };
  }

  private record(
    action: 'session.created' | 'session.signed-out',
    user: User,
    origin: RequestOrigin,
    detail: { [key: string]: string },
  ): Promise<void> {
    return this.parts.audit.record({
      action,
      outcome: 'ok',
      actor: { id: user.id, name: user.username },
      origin,
      detail,
    });
  }

  private date(): Date {
    return new Date(this.parts.now());
  }
}
