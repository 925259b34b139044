import { type EntityManager, In, IsNull, LessThan, LessThanOrEqual, MoreThan, Not } from 'typeorm';
import type { Store } from '../database/store.js';
import { Session, type SessionEnding } from '../entities/session.entity.js';
import type { User } from '../entities/user.entity.js';
import { type AuthorizationSnapshot, isCurrent } from './authorization-snapshot.js';
import { chunks } from './chunks.js';

export type NewSession = Omit<Session, 'user'>;
export interface SessionWithUser {
  session: Session;
  user: User;
}

/** What is to become of a session that was looked at, and what to tell whoever asked. */
export interface SessionDecision<T> {
  answer: T;
  changes?: Partial<
    Pick<
      Session,
      | 'tokenHash'
      | 'generation'
      | 'rotations'
      | 'heldUntil'
      | 'lastUsedAt'
      | 'address'
      | 'device'
      | 'revokedAt'
      | 'revokedReason'
    >
  >;
}

const addressesLookedAt = 200;

export class SessionRepository {
  constructor(private readonly store: Store) {}

  findWithUser(id: string): Promise<SessionWithUser | null> {
    return find(this.store.reader, id);
  }

  /** Returns those of the sessions that exist, ended or not. */
  async listWithUsers(ids: readonly string[]): Promise<SessionWithUser[]> {
    const found: SessionWithUser[] = [];
    for (const chunk of chunks(ids)) {
      const rows = await this.store.reader
        .createQueryBuilder(Session, 'session')
        .innerJoinAndSelect('session.user', 'user')
        .where('session.id IN (:...ids)', { ids: chunk })
        .getMany();
      found.push(...rows.map(withUser));
    }
    return found;
  }

  /** Neither ended nor expired; latest use first. */
  listLive(userId: string, now: Date): Promise<Session[]> {
    return this.store.reader.find(Session, {
      where: { userId, revokedAt: IsNull(), expiresAt: MoreThan(now) },
      order: { lastUsedAt: 'DESC' },
    });
  }

  /** Returns the addresses of the user's latest sessions, ended ones too, but none of a stolen token. */
  async listAddresses(userId: string): Promise<string[]> {
    const rows = await this.store.reader.find(Session, {
      where: [
        { userId, revokedReason: IsNull() },
        { userId, revokedReason: Not('token-reuse') },
      ],
      select: { address: true },
      order: { lastUsedAt: 'DESC' },
      take: addressesLookedAt,
    });
    return rows.map(({ address }) => address);
  }

  /**
   * Adds a session, and ends those of the user that are idle longest beyond `most`. Returns the ended ones; null when the
   * account it was decided for has changed since, and none was added.
   */
  insert(session: NewSession, decidedOn: AuthorizationSnapshot, most: number): Promise<Session[] | null> {
    return this.store.write(async (manager) => {
      const { userId, createdAt: now } = session;
      if (!(await isCurrent(manager, decidedOn, now))) return null;
      const others = await manager.find(Session, {
        where: { userId, revokedAt: IsNull(), expiresAt: MoreThan(now) },
        order: { lastUsedAt: 'DESC', createdAt: 'DESC' },
      });
      const beyond = others.slice(most - 1);
      for (const chunk of chunks(beyond.map(({ id }) => id)))
        await manager.update(Session, { id: In(chunk) }, { revokedAt: now, revokedReason: 'too-many' });
      await manager.insert(Session, session);
      return beyond;
    });
  }

  /** Ends sessions that were last used before `idleSince`. Returns the ids of those that were live. */
  endIdle(idleSince: Date, now: Date): Promise<string[]> {
    const where = { lastUsedAt: LessThan(idleSince), revokedAt: IsNull(), expiresAt: MoreThan(now) };
    return this.store.write(async (manager) => {
      const idle = await manager.find(Session, { where, select: { id: true } });
      await manager.update(Session, where, { revokedAt: now, revokedReason: 'idle' });
      return idle.map(({ id }) => id);
    });
  }

  /**
   * Reads a session, lets `decide` judge it, and writes the outcome, all in one write. The update names the token hash
   * that was judged, so that of two processes only one can rotate it.
   */
  change<T>(id: string, decide: (found: SessionWithUser | null) => SessionDecision<T>): Promise<T> {
    return this.store.write(async (manager) => {
      const found = await find(manager, id);
      const { answer, changes } = decide(found);
      if (found && changes) {
        const { affected } = await manager.update(
          Session,
          { id, tokenHash: found.session.tokenHash },
          changes,
        );
        if (affected !== 1) throw new Error('The session changed while it was being judged.');
      }
      return answer;
    });
  }

  /** False when there is no such session of that user, or it had ended before. */
  end(id: string, userId: string, reason: SessionEnding, now: Date): Promise<boolean> {
    return this.store.write(async (manager) => {
      const { affected } = await manager.update(
        Session,
        { id, userId, revokedAt: IsNull() },
        { revokedAt: now, revokedReason: reason },
      );
      return affected === 1;
    });
  }

  /** Notes that the user of a session has proved who they are. False when it has ended. */
  markAuthenticated(id: string, now: Date): Promise<boolean> {
    return this.store.write(async (manager) => {
      const { affected } = await manager.update(
        Session,
        { id, revokedAt: IsNull() },
        { authenticatedAt: now },
      );
      return affected === 1;
    });
  }

  /** Ends all sessions of a user but `exceptId`. Returns the ids of those that were live. */
  endAll(userId: string, reason: SessionEnding, now: Date, exceptId?: string): Promise<string[]> {
    return this.store.write((manager) => endSessions(manager, userId, { reason, exceptId }, now));
  }

  /** Forgets sessions whose thirty days are over. */
  deleteExpired(now: Date): Promise<number> {
    return this.store.write(async (manager) => {
      const { affected } = await manager.delete(Session, { expiresAt: LessThanOrEqual(now) });
      return affected ?? 0;
    });
  }
}

/** Which sessions of an account to end, and why. */
export interface SessionsToEnd {
  reason: SessionEnding;
  /** Stays. */
  exceptId?: string | undefined;
}

/** Ends the sessions of a user within a write. Returns the ids of those that were live. */
export async function endSessions(
  manager: EntityManager,
  userId: string,
  { reason, exceptId }: SessionsToEnd,
  now: Date,
): Promise<string[]> {
  const where = { userId, revokedAt: IsNull(), ...(exceptId === undefined ? {} : { id: Not(exceptId) }) };
  const live = await manager.find(Session, { where, select: { id: true } });
  await manager.update(Session, where, { revokedAt: now, revokedReason: reason });
  return live.map((session) => session.id);
}

/** One statement; TypeORM's `findOne` would take two to read a relation along. */
async function find(manager: EntityManager, id: string): Promise<SessionWithUser | null> {
  const session = await manager
    .createQueryBuilder(Session, 'session')
    .innerJoinAndSelect('session.user', 'user')
    .where('session.id = :id', { id })
    .getOne();
  return session && withUser(session);
}

function withUser(session: Session): SessionWithUser {
  const { user } = session;
  if (!user) throw new Error('A session was read without its user, although they were joined.');
  return { session, user };
}
