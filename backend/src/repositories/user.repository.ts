import { type EntityManager, IsNull, Not } from 'typeorm';
import type { Store } from '../database/store.js';
import { newId } from '../entities/id.js';
import { Session } from '../entities/session.entity.js';
import { User, type UserRole } from '../entities/user.entity.js';
import { type AuthorizationSnapshot, isCurrent } from './authorization-snapshot.js';
import { endSessions, type SessionsToEnd } from './session.repository.js';

export interface NewUser {
  username: string;
  passwordHash: string;
  role: UserRole;
  ageLimit?: number | null;
  language?: string | null;
}

/** What may be changed of an account. */
export type UserChanges = Partial<
  Pick<User, 'username' | 'passwordHash' | 'role' | 'ageLimit' | 'language' | 'disabledAt'>
>;

/** How changing or deleting an account went. */
export type UserOutcome =
  | {
      kind: 'done';
      before: User;
      after: User;
      /** Ids of the sessions that ended with it. */
      endedSessions: string[];
    }
  | { kind: 'missing' }
  /** Whoever decided on it has been signed out, disabled or changed since. */
  | { kind: 'overtaken' }
  | { kind: 'name-taken' }
  /** It is the only administrator who can sign in. */
  | { kind: 'last-administrator' };

/** How a decision that took time is carried out. */
export interface UserChangeOptions {
  /** Who decided, as they were then; null for the operator, who needs no session. */
  decidedBy: AuthorizationSnapshot | null;
  /** The sessions that end with the change; null for none. */
  ends?: (before: User, after: User) => SessionsToEnd | null;
}

export class UserRepository {
  constructor(private readonly store: Store) {}

  findById(id: string): Promise<User | null> {
    return this.store.reader.findOneBy(User, { id });
  }

  findByUsername(username: string): Promise<User | null> {
    return this.store.reader.findOneBy(User, { usernameKey: usernameKey(username) });
  }

  /** By name; `page` counts from 1. */
  async list({
    page,
    pageSize,
  }: {
    page: number;
    pageSize: number;
  }): Promise<{ items: User[]; total: number }> {
    const [items, total] = await this.store.reader.findAndCount(User, {
      order: { usernameKey: 'ASC' },
      skip: (page - 1) * pageSize,
      take: pageSize,
    });
    return { items, total };
  }

  hasAdministrator(): Promise<boolean> {
    return hasAdministrator(this.store.reader);
  }

  isEmpty(): Promise<boolean> {
    return this.store.reader.exists(User).then((exists) => !exists);
  }

  /** Returns null when the name is taken, and 'overtaken' when `decidedBy` does not hold any more. */
  create(user: NewUser, now: Date): Promise<User | null>;
  create(
    user: NewUser,
    now: Date,
    decidedBy: AuthorizationSnapshot | null,
  ): Promise<User | null | 'overtaken'>;
  create(
    user: NewUser,
    now: Date,
    decidedBy: AuthorizationSnapshot | null = null,
  ): Promise<User | null | 'overtaken'> {
    return this.store.write(async (manager) => {
      if (decidedBy && !(await isCurrent(manager, decidedBy, now))) return 'overtaken';
      return insert(manager, user, now);
    });
  }

  /** However many try at once, one of them gets the account; the others, and all who come when there is one, get null. */
  createFirstAdministrator(user: Omit<NewUser, 'role'>, now: Date): Promise<User | null> {
    return this.store.write(async (manager) =>
      (await hasAdministrator(manager)) ? null : insert(manager, { ...user, role: 'admin' }, now),
    );
  }

  async save(user: User): Promise<void> {
    await this.store.write((manager) => manager.save(User, user));
  }

  /**
   * Reads, checks and writes in one write, so that of two changes at once the second sees the first, and no session
   * outlives the change that ends it.
   */
  change(
    id: string,
    changesOf: (user: User) => UserChanges,
    now: Date,
    { decidedBy, ends }: UserChangeOptions = { decidedBy: null },
  ): Promise<UserOutcome> {
    return this.store.write(async (manager) => {
      if (decidedBy && !(await isCurrent(manager, decidedBy, now))) return { kind: 'overtaken' };
      const before = await manager.findOneBy(User, { id });
      if (!before) return { kind: 'missing' };
      const changes = changesOf(before);
      const after = Object.assign(new User(), before, changes, { updatedAt: now });
      after.usernameKey = usernameKey(after.username);
      if (hasOtherRights(before, after)) after.securityVersion += 1;
      if (after.usernameKey !== before.usernameKey) {
        if (await manager.existsBy(User, { usernameKey: after.usernameKey })) return { kind: 'name-taken' };
      }
      if (!isAdministrator(after) && (await isLastAdministrator(manager, before)))
        return { kind: 'last-administrator' };
      await manager.save(User, after);
      const ending = ends?.(before, after) ?? null;
      const endedSessions = ending ? await endSessions(manager, id, ending, now) : [];
      return { kind: 'done', before, after, endedSessions };
    });
  }

  /** What belongs to the account goes with it; the audit log names people by value and stays. */
  delete(
    id: string,
    now: Date,
    { decidedBy }: Pick<UserChangeOptions, 'decidedBy'> = { decidedBy: null },
  ): Promise<UserOutcome> {
    return this.store.write(async (manager) => {
      if (decidedBy && !(await isCurrent(manager, decidedBy, now))) return { kind: 'overtaken' };
      const before = await manager.findOneBy(User, { id });
      if (!before) return { kind: 'missing' };
      if (await isLastAdministrator(manager, before)) return { kind: 'last-administrator' };
      const sessions = await manager.find(Session, {
        where: { userId: id, revokedAt: IsNull() },
        select: { id: true },
      });
      await manager.delete(User, { id });
      return {
        kind: 'done',
        before,
        after: before,
        endedSessions: sessions.map((session) => session.id),
      };
    });
  }
}

/** Two names are the same when they look the same: compatibility forms and upper case make no difference. */
export function usernameKey(username: string): string {
  return username.trim().normalize('NFKC').toLowerCase();
}

/** Whether what was decided on the account as it was must be decided again. */
function hasOtherRights(before: User, after: User): boolean {
  return (
    before.passwordHash !== after.passwordHash ||
    before.role !== after.role ||
    before.ageLimit !== after.ageLimit ||
    (before.disabledAt === null) !== (after.disabledAt === null)
  );
}

function isAdministrator({ role, disabledAt }: User): boolean {
  return role === 'admin' && disabledAt === null;
}

async function isLastAdministrator(manager: EntityManager, user: User): Promise<boolean> {
  if (!isAdministrator(user)) return false;
  return !(await manager.existsBy(User, { role: 'admin', disabledAt: IsNull(), id: Not(user.id) }));
}

function hasAdministrator(manager: EntityManager): Promise<boolean> {
  return manager.existsBy(User, { role: 'admin' });
}

async function insert(manager: EntityManager, user: NewUser, now: Date): Promise<User | null> {
  const key = usernameKey(user.username);
  if (await manager.existsBy(User, { usernameKey: key })) return null;
  const row = manager.create(User, {
    ageLimit: null,
    language: null,
    ...user,
    id: newId(now.getTime()),
    usernameKey: key,
    disabledAt: null,
    securityVersion: 0,
    createdAt: now,
    updatedAt: now,
  });
  await manager.insert(User, row);
  return row;
}
