import type { EntityManager } from 'typeorm';
import type { Store } from '../database/store.js';
import { newId } from '../entities/id.js';
import { User, type UserRole } from '../entities/user.entity.js';

export interface NewUser {
  username: string;
  passwordHash: string;
  role: UserRole;
}

export class UserRepository {
  constructor(private readonly store: Store) {}

  findById(id: string): Promise<User | null> {
    return this.store.reader.findOneBy(User, { id });
  }

  findByUsername(username: string): Promise<User | null> {
    return this.store.reader.findOneBy(User, { usernameKey: usernameKey(username) });
  }

  list(): Promise<User[]> {
    return this.store.reader.find(User, { order: { usernameKey: 'ASC' } });
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
}

/** Two names are the same when they look the same: compatibility forms and upper case make no difference. */
export function usernameKey(username: string): string {
  return username.trim().normalize('NFKC').toLowerCase();
}

function hasAdministrator(manager: EntityManager): Promise<boolean> {
  return manager.existsBy(User, { role: 'admin' });
}

async function insert(manager: EntityManager, user: NewUser, now: Date): Promise<User | null> {
  const key = usernameKey(user.username);
  if (await manager.existsBy(User, { usernameKey: key })) return null;
  const row = manager.create(User, {
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
