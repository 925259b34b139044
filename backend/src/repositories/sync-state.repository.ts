import type { Store } from '../database/store.js';
import { SyncState } from '../entities/sync-state.entity.js';

export class SyncStateRepository {
  constructor(
    private readonly store: Store,
    private readonly now: () => Date = () => new Date(),
  ) {}

  find(name: string): Promise<SyncState | null> {
    return this.store.reader.findOneBy(SyncState, { name });
  }

  async save(name: string, cursor: string): Promise<void> {
    const updatedAt = this.now();
    await this.store.write((manager) => manager.save(SyncState, { name, cursor, updatedAt }));
  }
}
