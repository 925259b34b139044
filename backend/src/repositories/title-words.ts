import type { EntityManager } from 'typeorm';
import type { TitleCard } from '../entities/title.entity.js';

/** What of a card its words are kept by. */
export type Filed = Pick<TitleCard, 'number' | 'popularity'>;

/**
 * The index of the words in the names of titles, and the dictionary of them all: what each database has of its own for
 * that. Words are folded: lower-case letters and digits, nothing else.
 */
export interface TitleWords {
  /** Numbers of titles that have for each group a word which begins with one of the group's, popular titles first. */
  match(
    reader: EntityManager,
    groups: readonly (readonly string[])[],
    window: { skip: number; take: number },
  ): Promise<number[]>;
  /** Words of the dictionary that have most in common with this one, those with most first. */
  similar(reader: EntityManager, word: string, limit: number): Promise<string[]>;
  /** Keeps the words of a title; `old` is how it was filed before. */
  put(manager: EntityManager, card: Filed & Pick<TitleCard, 'words'>, old: Filed | undefined): Promise<void>;
  drop(manager: EntityManager, old: Filed): Promise<void>;
  /** Takes in a word that is not in the dictionary. */
  learn(manager: EntityManager, word: string): Promise<void>;
}
