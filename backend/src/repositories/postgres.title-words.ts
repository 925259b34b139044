import type { EntityManager } from 'typeorm';
import { threesOf } from './threes.js';
import { rankOf } from './title-rank.js';
import type { TitleWords } from './title-words.js';

type Arguments<K extends keyof TitleWords> = Parameters<TitleWords[K]>;

/** A lexeme has at most 2,046 bytes, and nobody types that much of a word. */
const longestLexeme = 200;

/** By a `tsvector` of the words as they are, without any language's stemming, and by counting trigrams in common. */
export class PostgresTitleWords implements TitleWords {
  async match(...[reader, groups, { skip, take }]: Arguments<'match'>): Promise<number[]> {
    const query = groups.map((words) => `(${words.map(matchPrefix).join(' | ')})`).join(' & ');
    const hits = await reader.query<{ number: number }[]>(
      'SELECT number FROM title_words WHERE words @@ $1::tsquery ORDER BY rank LIMIT $2 OFFSET $3',
      [query, take, skip],
    );
    return hits.map(({ number }) => number);
  }

  async similar(...[reader, word, limit]: Arguments<'similar'>): Promise<string[]> {
    const rows = await reader.query<{ word: string }[]>(
      `SELECT d.word FROM
        (SELECT number, COUNT(*) AS shared FROM title_spellings WHERE three = ANY($1) GROUP BY number) s
        JOIN title_dictionary d ON d.number = s.number
        ORDER BY s.shared DESC, ABS(LENGTH(d.word) - $2), d.word LIMIT $3`,
      [threesOf(word), word.length, limit],
    );
    return rows.map((row) => row.word);
  }

  async put(...[manager, card]: Arguments<'put'>): Promise<void> {
    const words = card.words
      .split(' ')
      .flatMap((word) => (word === '' ? [] : [word.slice(0, longestLexeme)]));
    await manager.query(
      `INSERT INTO title_words (number, rank, words) VALUES ($1, $2, array_to_tsvector($3::text[]))
        ON CONFLICT (number) DO UPDATE SET rank = EXCLUDED.rank, words = EXCLUDED.words`,
      [card.number, rankOf(card), words],
    );
  }

  async drop(...[manager, { number }]: Arguments<'drop'>): Promise<void> {
    await manager.query('DELETE FROM title_words WHERE number = $1', [number]);
  }

  async learn(manager: EntityManager, word: string): Promise<void> {
    const [row] = await manager.query<{ number: number }[]>(
      'INSERT INTO title_dictionary (word) VALUES ($1) RETURNING number',
      [word],
    );
    await manager.query(
      'INSERT INTO title_spellings (three, number) SELECT three, $2 FROM unnest($1::text[]) AS three',
      [threesOf(word), row?.number],
    );
  }
}

/** A lexeme of a `tsquery` by its beginning; the word holds letters and digits only. */
function matchPrefix(word: string): string {
  return `'${word.slice(0, longestLexeme)}':*`;
}
