import type { Store } from '../database/store.js';
import { HomeLayout } from '../entities/home-layout.entity.js';

export class HomeLayoutRepository {
  constructor(private readonly store: Store) {}

  find(userId: string): Promise<HomeLayout | null> {
    return this.store.reader.findOneBy(HomeLayout, { userId });
  }

  async save(userId: string, rows: HomeLayout['rows']): Promise<void> {
    await this.store.write((manager) => manager.save(HomeLayout, { userId, rows }));
  }
}
