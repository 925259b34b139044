import type { TitleRef } from '../../repositories/title.repository.js';

/** Somebody besides the catalogue's provider who knows rows for the home page. */
export interface HomeRowSource {
  /** In the order to offer them. @returns `shown`: unless somebody has chosen */
  list(): readonly { id: string; title: string; shown: boolean }[];
  /** The titles of one; nothing when they cannot be known in a moment. Never fails. */
  load(rowId: string): Promise<TitleRef[]>;
}
