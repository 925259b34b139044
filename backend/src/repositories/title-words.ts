import type { EntityManager } from 'typeorm';
import type { TitleCard } from '../entities/title.entity.js';

type Filed = Pick<TitleCard, 'number' | 'popularity'>;

/** More titles than this nobody has. */
const numbers = 2 ** 24;
/** Steps of popularity, which is a logarithm: fine enough to sort by, coarse enough not to move at every new vote. */
const stepsPerUnit = 20;
const mostSteps = 400;

/**
 * The rowid under which a title's words are kept: by it the popular come first, so that the first matches are the ones to
 * show, however many there are.
 */
export function rankOf({ number, popularity }: Filed): number {
  return (mostSteps - Math.min(mostSteps, Math.round(popularity * stepsPerUnit))) * numbers + number;
}

/** Numbers of titles that match an FTS5 query, popular ones first. */
export async function findByWords(
  reader: EntityManager,
  match: string,
  { skip, take }: { skip: number; take: number },
): Promise<number[]> {
  const hits = await reader.query<{ rank: number }[]>(
    'SELECT rowid AS "rank" FROM title_words WHERE title_words MATCH ? ORDER BY rowid LIMIT ? OFFSET ?',
    [match, take, skip],
  );
  return hits.map(({ rank }) => rank % numbers);
}

/** Keeps the words of a title; `old` is how it was filed before. */
export async function putWords(
  manager: EntityManager,
  card: Filed & Pick<TitleCard, 'words'>,
  old: Filed | undefined,
): Promise<void> {
  if (old) await dropWords(manager, old);
  await manager.query('INSERT INTO title_words (rowid, words) VALUES (?, ?)', [rankOf(card), card.words]);
}

export async function dropWords(manager: EntityManager, old: Filed): Promise<void> {
  await manager.query('DELETE FROM title_words WHERE rowid = ?', [rankOf(old)]);
}
