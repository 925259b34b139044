import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { newId } from '../../entities/id.js';
import type { Session } from '../../entities/session.entity.js';
import type { User } from '../../entities/user.entity.js';
import type { AuthorizationSnapshot } from '../../repositories/authorization-snapshot.js';
import type {
  NewSession,
  SessionDecision,
  SessionRepository,
  SessionWithUser,
} from '../../repositories/session.repository.js';
import type { RequestOrigin } from '../audit/request-origin.js';
import { deviceName } from './device-name.js';

/** However often it is rotated, a family ends this long after the sign-in. */
export const chainLifetimeMs = 30 * 24 * 60 * 60_000;
/** Live sessions of an account; beyond it the one idle longest ends. */
export const mostSessions = 50;
/** How long a spent token still stands for its successor: parallel tabs, answers that got lost. */
export const graceMs = 10_000;

/** A token older than this many rotations is not recognised any more; it is refused like a forged one. */
const longestWalk = 4096;
const rotationsKept = 20;

export interface RefreshToken {
  token: string;
  expiresAt: Date;
}

export type RefreshOutcome =
  | ({ kind: 'refreshed' } & RefreshToken & SessionWithUser)
  /** A token spent longer ago than the grace was shown: someone else has a copy. The session has been ended. */
  | ({ kind: 'reused' } & SessionWithUser)
  /** Forged, expired, or of a session that has ended. */
  | { kind: 'refused' };

/**
 * Refresh tokens: `<session id>.<generation>.<secret>`. The first secret is 256 random bits; each rotation replaces it
 * by HMAC(server key, secret), and the database holds only the SHA-256 of the current one. So a spent token proves
 * itself: walked forward, it arrives at the current one. Within the grace it is answered with that (every parallel tab
 * ends up with the same cookie); later it ends the family (RFC 9700 section 4.14.2). A made-up token arrives nowhere
 * and harms nobody.
 *
 * While parallel tabs are about to receive a token it is not rotated (`heldUntil`): otherwise a slow answer could
 * overwrite the newest cookie with a spent one, and the next refresh would look like theft.
 */
export class RefreshTokens {
  constructor(
    private readonly sessions: SessionRepository,
    private readonly key: Uint8Array,
    private readonly now: () => number,
    /** How long a session lasts without being used, milliseconds. */
    private readonly idleMs: () => number,
  ) {}

  /**
   * Begins a session, which may end the one idle longest. Returns null when the account has changed since `decidedOn`.
   * A session that another one allowed counts as not proven: what matters asks for a proof on its own device first.
   */
  async open(
    user: User,
    origin: RequestOrigin,
    decidedOn: AuthorizationSnapshot,
  ): Promise<(RefreshToken & { session: NewSession; displaced: Session[] }) | null> {
    const now = new Date(this.now());
    const secret = randomBytes(32);
    const session: NewSession = {
      id: newId(now.getTime()),
      userId: user.id,
      tokenHash: hashOf(secret),
      generation: 0,
      rotations: [],
      heldUntil: null,
      device: deviceName(origin.userAgent),
      address: origin.address ?? '',
      createdAt: now,
      lastUsedAt: now,
      authenticatedAt: decidedOn.sessionId === null ? now : null,
      expiresAt: new Date(now.getTime() + chainLifetimeMs),
      revokedAt: null,
      revokedReason: null,
    };
    const displaced = await this.sessions.insert(session, decidedOn, mostSessions);
    if (!displaced) return null;
    return { session, displaced, token: write(session.id, 0, secret), expiresAt: session.expiresAt };
  }

  /** Spends a token for its successor. */
  async refresh(token: string, origin: RequestOrigin): Promise<RefreshOutcome> {
    const presented = read(token);
    if (!presented) return { kind: 'refused' };
    return this.sessions.change(presented.sessionId, (found) => this.judge(presented, found, origin));
  }

  /** The session a token belongs to, spent or not, as long as it stands; for signing out. */
  async identify(token: string): Promise<SessionWithUser | null> {
    const presented = read(token);
    const found = presented && (await this.sessions.findWithUser(presented.sessionId));
    return found && isLive(found, this.now()) && this.walk(presented, found.session) ? found : null;
  }

  private judge(
    presented: Presented,
    found: SessionWithUser | null,
    origin: RequestOrigin,
  ): SessionDecision<RefreshOutcome> {
    const now = this.now();
    if (!found || !isLive(found, now)) return { answer: { kind: 'refused' } };
    const { session } = found;
    if (session.lastUsedAt.getTime() <= now - this.idleMs())
      return {
        answer: { kind: 'refused' },
        changes: { revokedAt: new Date(now), revokedReason: 'idle' },
      };
    const current = this.walk(presented, session);
    if (!current) return { answer: { kind: 'refused' } };

    const use = { lastUsedAt: new Date(now), address: origin.address ?? session.address };
    const answer = (generation: number, secret: Buffer): RefreshOutcome => ({
      kind: 'refreshed',
      ...found,
      token: write(session.id, generation, secret),
      expiresAt: session.expiresAt,
    });
    const steps = session.generation - presented.generation;
    if (steps > 0) {
      const spentAt = session.rotations.at(-steps);
      if (spentAt === undefined || now - spentAt > graceMs) {
        return {
          answer: { kind: 'reused', ...found },
          changes: { revokedAt: new Date(now), revokedReason: 'token-reuse' },
        };
      }
      return {
        answer: answer(session.generation, current),
        changes: { ...use, heldUntil: new Date(now + graceMs) },
      };
    }
    if (session.heldUntil && session.heldUntil.getTime() > now) {
      return { answer: answer(session.generation, current), changes: use };
    }
    const next = this.successor(session.id, current);
    const recent = session.rotations.filter((at) => now - at <= graceMs).slice(1 - rotationsKept);
    return {
      answer: answer(session.generation + 1, next),
      changes: {
        ...use,
        tokenHash: hashOf(next),
        generation: session.generation + 1,
        rotations: [...recent, now],
        heldUntil: null,
      },
    };
  }

  /** The current secret, when the one presented leads to it. */
  private walk(presented: Presented, session: Session): Buffer | null {
    const steps = session.generation - presented.generation;
    if (steps < 0 || steps > longestWalk) return null;
    let { secret } = presented;
    for (let step = 0; step < steps; step += 1) secret = this.successor(session.id, secret);
    return timingSafeEqual(Buffer.from(hashOf(secret)), Buffer.from(session.tokenHash)) ? secret : null;
  }

  private successor(sessionId: string, secret: Buffer): Buffer {
    return createHmac('sha256', this.key).update(`kinora refresh ${sessionId} `).update(secret).digest();
  }
}

/** Neither ended nor expired, and its user may sign in. */
export function isLive({ session, user }: SessionWithUser, now: number): boolean {
  return session.revokedAt === null && session.expiresAt.getTime() > now && user.disabledAt === null;
}

interface Presented {
  sessionId: string;
  generation: number;
  secret: Buffer;
}

function read(token: string): Presented | null {
  const [, sessionId, generation, secret] = /^([\w-]{1,64})\.(\d{1,9})\.([\w-]{43})$/.exec(token) ?? [];
  if (sessionId === undefined || generation === undefined || secret === undefined) return null;
  return { sessionId, generation: Number(generation), secret: Buffer.from(secret, 'base64url') };
}

function write(sessionId: string, generation: number, secret: Buffer): string {
  return `${sessionId}.${generation}.${secret.toString('base64url')}`;
}

function hashOf(secret: Buffer): string {
  return createHash('sha256').update(secret).digest('hex');
}
