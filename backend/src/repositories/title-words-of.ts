import type { EntityManager } from 'typeorm';
import { dialectOf } from '../database/dialect.js';
import { PostgresTitleWords } from './postgres.title-words.js';
import { SqliteTitleWords } from './sqlite.title-words.js';
import type { TitleWords } from './title-words.js';

const known = { sqlite: new SqliteTitleWords(), postgres: new PostgresTitleWords() };

export function titleWordsOf(manager: EntityManager): TitleWords {
  return known[dialectOf(manager)];
}
