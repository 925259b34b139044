import type { EntityManager } from 'typeorm';
import { threesOf } from './threes.js';
import { numberOf, rankOf } from './title-rank.js';
import type { TitleWords } from './title-words.js';

type Arguments<K extends keyof TitleWords> = Parameters<TitleWords[K]>;

/** By FTS5: an index of words with prefixes, the rank its rowid, and one of trigrams ranked by bm25. */
export class SqliteTitleWords implements TitleWords {
  async match(...[reader, groups, { skip, take }]: Arguments<'match'>): Promise<number[]> {
    const match = groups.map((words) => `(${words.map(matchPrefix).join(' OR ')})`).join(' AND ');
    const hits = await reader.query<{ rank: number }[]>(
      'SELECT rowid AS "rank" FROM title_words WHERE title_words MATCH ? ORDER BY rowid LIMIT ? OFFSET ?',
      [match, take, skip],
    );
    return hits.map(({ rank }) => numberOf(rank));
  }

  async similar(...[reader, word, limit]: Arguments<'similar'>): Promise<string[]> {
    const threes = threesOf(word).map((three) => `"${three}"`);
    const rows = await reader.query<{ word: string }[]>(
      `SELECT d.word FROM (SELECT rowid AS number FROM title_spellings WHERE title_spellings MATCH ? ORDER BY rank LIMIT ?) s
        JOIN title_dictionary d ON d.number = s.number`,
      [threes.join(' OR '), limit],
    );
    return rows.map((row) => row.word);
  }

  async put(...[manager, card, old]: Arguments<'put'>): Promise<void> {
    if (old) await this.drop(manager, old);
    await manager.query('INSERT INTO title_words (rowid, words) VALUES (?, ?)', [rankOf(card), card.words]);
  }

  async drop(...[manager, old]: Arguments<'drop'>): Promise<void> {
    await manager.query('DELETE FROM title_words WHERE rowid = ?', [rankOf(old)]);
  }

  async learn(manager: EntityManager, word: string): Promise<void> {
    await manager.query('INSERT INTO title_dictionary (word) VALUES (?)', [word]);
    await manager.query(
      `INSERT INTO title_spellings (rowid, word) SELECT number, '0' || word || '0' FROM title_dictionary WHERE word = ?`,
      [word],
    );
  }
}

/** A prefix query of FTS5; the word holds letters and digits only. */
function matchPrefix(word: string): string {
  return `"${word}"*`;
}
