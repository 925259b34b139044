import { type EntityManager, IsNull, Not } from 'typeorm';
import type { Store } from '../database/store.js';
import { newId } from '../entities/id.js';
import { User, type UserRole } from '../entities/user.entity.js';

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
  | { kind: 'done'; before: User; after: User }
  | { kind: 'missing' }
  | { kind: 'name-taken' }
  /** It is the only administrator who can sign in. */
  | { kind: 'last-administrator' };

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

  /** Null when the name is taken. */
  create(user: NewUser, now: Date): Promise<User | null> {
    return this.store.write((manager) => insert(manager, user, now));
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

  /** Reads, checks and writes in one write, so that of two changes at once the second sees the first. */
  change(id: string, changesOf: (user: User) => UserChanges, now: Date): Promise<UserOutcome> {
    return this.store.write(async (manager) => {
      const before = await manager.findOneBy(User, { id });
      if (!before) return { kind: 'missing' };
      const changes = changesOf(before);
      const after = Object.assign(new User(), before, changes, { updatedAt: now });
      after.usernameKey = usernameKey(after.username);
      if (after.usernameKey !== before.usernameKey) {
        if (await manager.existsBy(User, { usernameKey: after.usernameKey })) return { kind: 'name-taken' };
      }
      if (!isAdministrator(after) && (await isLastAdministrator(manager, before)))
        return { kind: 'last-administrator' };
      await manager.save(User, after);
      return { kind: 'done', before, after };
    });
  }

  /** What belongs to the account goes with it; the audit log names people by value and stays. */
  delete(id: string): Promise<UserOutcome> {
    return this.store.write(async (manager) => {
      const before = await manager.findOneBy(User, { id });
      if (!before) return { kind: 'missing' };
      if (await isLastAdministrator(manager, before)) return { kind: 'last-administrator' };
      await manager.delete(User, { id });
      return { kind: 'done', before, after: before };
    });
  }
}

/** Two names are the same when they look the same: compatibility forms and upper case make no difference. */
export function usernameKey(username: string): string {
  return username.trim().normalize('NFKC').toLowerCase();
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
    createdAt: now,
    updatedAt: now,
  });
  await manager.insert(User, row);
  return row;
}
