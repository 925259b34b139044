import type { Store } from '../database/store.js';
import { DatabaseIdentity } from '../entities/database-identity.entity.js';
import { newId } from '../entities/id.js';

const id = 'database';

/** The name of the database itself. */
export class DatabaseIdentityRepository {
  constructor(private readonly store: Store) {}

  /** Made when it is asked for the first time; of several servers that ask at once all get the same. */
  async get(): Promise<string> {
    const known = await this.store.reader.findOneBy(DatabaseIdentity, { id });
    if (known) return known.value;
    return this.store.write(async (manager) => {
      const meanwhile = await manager.findOneBy(DatabaseIdentity, { id });
      if (meanwhile) return meanwhile.value;
      const value = newId();
      await manager.insert(DatabaseIdentity, { id, value });
      return value;
    });
  }

  /** Another name: what is remembered elsewhere is of no use any more. */
  async renew(): Promise<string> {
    const value = newId();
    await this.store.write((manager) => manager.save(DatabaseIdentity, { id, value }));
    return value;
  }
}
