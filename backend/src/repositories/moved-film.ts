import type { EntityManager } from 'typeorm';
import { queryRows } from '../database/dialect.js';
import { TitleRefresh } from '../entities/title-refresh.entity.js';

/** Two films that turned out to be one: `lost` goes on meaning `kept`. */
export interface FilmMerge {
  keptId: string;
  lostId: string;
}

/** Written together with the merge: whatever else hangs on a film. */
export type AlsoMerge = (manager: EntityManager, merge: FilmMerge) => Promise<void>;

/**
 * Where films are named by their id. Of two rows that are the same but for the film, the kept film's stays; `apart` are the
 * columns that tell rows of one film apart, and without any the kept film has rows of its own or the other's, not both.
 */
const places: readonly { table: string; column: string; apart?: readonly string[]; isFree?: true }[] = [
  { table: 'list_items', column: 'mediaId', apart: ['listId'] },
  { table: 'sources', column: 'movieId', apart: ['infoHash'] },
  { table: 'source_searches', column: 'titleId' },
  { table: 'credits', column: 'mediaId' },
  { table: 'certifications', column: 'mediaId', apart: ['country'] },
  { table: 'translations', column: 'mediaId', apart: ['language'] },
  { table: 'torrent_uses', column: 'mediaId', isFree: true },
  { table: 'trakt_titles', column: 'mediaId', isFree: true },
  { table: 'trakt_plays', column: 'titleKey', isFree: true },
  { table: 'trakt_watchlist', column: 'mediaId', apart: ['userId'] },
  { table: 'ratings', column: 'titleKey', apart: ['userId'] },
  { table: 'ratings', column: 'mediaId', isFree: true },
  { table: 'trakt_outbox', column: 'titleKey', isFree: true },
  { table: 'trakt_outbox', column: 'mediaId', isFree: true },
];

/** Moves what hangs on a film to the one it turned out to be. Part of the write that merges them. */
export async function moveFilm(manager: EntityManager, merge: FilmMerge): Promise<void> {
  await keepNotes(manager, merge);
  for (const { table, column, apart = [], isFree = false } of places) {
    const { keptId, lostId } = merge;
    const same = apart.map((name) => ` AND other."${name}" = "${table}"."${name}"`).join('');
    const isTaken = `EXISTS (SELECT 1 FROM "${table}" other WHERE other."${column}" = ?${same})`;
    await queryRows(
      manager,
      `UPDATE "${table}" SET "${column}" = ? WHERE "${column}" = ?${isFree ? '' : ` AND NOT ${isTaken}`}`,
      isFree ? [keptId, lostId] : [keptId, lostId, keptId],
    );
    if (!isFree) await queryRows(manager, `DELETE FROM "${table}" WHERE "${column}" = ?`, [lostId]);
  }
  await manager.delete(TitleRefresh, { mediaId: merge.lostId });
}

/** A note on a list that holds both is not lost with the other's place. */
async function keepNotes(manager: EntityManager, { keptId, lostId }: FilmMerge): Promise<void> {
  const lost = `SELECT other."note" FROM "list_items" other WHERE other."listId" = "list_items"."listId" AND other."mediaId" = ?`;
  await queryRows(
    manager,
    `UPDATE "list_items" SET "note" = (${lost}) WHERE "mediaId" = ? AND "note" = '' AND EXISTS (${lost})`,
    [lostId, keptId, lostId],
  );
}
