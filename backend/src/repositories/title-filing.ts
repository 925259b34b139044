import { type EntityManager, In } from 'typeorm';
import { queryRows } from '../database/dialect.js';
import { fold, slug } from '../entities/fold.js';
import { Genre } from '../entities/genre.entity.js';
import type { Movie } from '../entities/movie.entity.js';
import { TitleCard } from '../entities/title.entity.js';
import { TitleGenre } from '../entities/title-genre.entity.js';
import { Translation } from '../entities/translation.entity.js';
import type { TVShow } from '../entities/tv-show.entity.js';
import { chunks } from './chunks.js';
import { rankOf } from './title-rank.js';
import { titleWordsOf } from './title-words-of.js';

/** Votes that an average rating is held against: with fewer it says little. */
const trustedVotes = 25;
const middleRating = 6;
const longestWord = 32;

/** Brings the card index up to date with the titles. Part of the write that changed them. */
export async function fileTitles(manager: EntityManager, titles: readonly (Movie | TVShow)[]): Promise<void> {
  for (const some of chunks(titles)) await fileSome(manager, some);
}

/** Takes titles out of the index. */
export async function unfileTitles(manager: EntityManager, mediaIds: readonly string[]): Promise<void> {
  const cards = await manager.findBy(TitleCard, { mediaId: In([...mediaIds]) });
  for (const card of cards) {
    const { number } = card;
    await titleWordsOf(manager).drop(manager, card);
    await manager.delete(TitleGenre, { number });
    await manager.delete(TitleCard, { number });
  }
}

async function fileSome(manager: EntityManager, titles: readonly (Movie | TVShow)[]): Promise<void> {
  const ids = titles.map(({ id }) => id);
  const known = new Map(
    (await manager.findBy(TitleCard, { mediaId: In(ids) })).map((card) => [card.mediaId, card]),
  );
  const names = await namesInOtherLanguages(manager, ids);
  let next = await nextNumber(manager);
  for (const title of titles) {
    if (title.type === 'movie' && title.mergedIntoId !== null) continue;
    const old = known.get(title.id);
    const card = cardOf(title, old?.number ?? next++, names.get(title.id) ?? []);
    if (old === undefined) await manager.insert(TitleCard, card);
    else if (!isSame(old, card)) await manager.update(TitleCard, { number: card.number }, card);
    if (old?.words !== card.words || rankOf(old) !== rankOf(card)) await fileWords(manager, card, old);
    await fileGenres(manager, card, title.genres, old);
  }
}

function cardOf(title: Movie | TVShow, number: number, otherNames: readonly string[]): TitleCard {
  const { id, voteCount, rating, year, releaseDate, popularity } = title;
  const names = [title.title, title.originalTitle, ...otherNames, String(year ?? '')];
  const words = [...new Set(names.flatMap((name) => fold(name).split(' ')))].filter((word) => word !== '');
  return Object.assign(new TitleCard(), {
    number,
    mediaId: id,
    type: title.type,
    name: fold(title.title),
    // Each word has a space before it, so that what begins with some letters can be told from what holds them.
    words: ` ${words.join(' ')}`,
    popularity: round(Math.log10(1 + voteCount) + Math.log10(1 + Math.max(0, popularity ?? 0))),
    rating: weightedRating(rating, voteCount),
    releaseDate: releaseDate ?? (year === null ? '' : String(year)),
    year,
    language: title.originalLanguage,
    minimumAge: title.minimumAge,
    isArchived: Number(title.type === 'movie' && (title.archiveId !== null || title.openFilmId !== null)),
  });
}

function weightedRating(rating: number | null, votes: number): number {
  if (rating === null || votes === 0) return 0;
  return round((rating * votes + middleRating * trustedVotes) / (votes + trustedVotes));
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

function isSame(a: TitleCard, b: TitleCard): boolean {
  return Object.entries(b).every(([name, value]) => a[name as keyof TitleCard] === value);
}

async function namesInOtherLanguages(
  manager: EntityManager,
  ids: readonly string[],
): Promise<Map<string, string[]>> {
  const names = new Map<string, string[]>();
  for (const { mediaId, title } of await manager.findBy(Translation, { mediaId: In([...ids]) })) {
    names.set(mediaId, [...(names.get(mediaId) ?? []), title]);
  }
  return names;
}

async function nextNumber(manager: EntityManager): Promise<number> {
  const [last] = await manager.query<{ number: number }[]>(
    'SELECT number FROM titles ORDER BY number DESC LIMIT 1',
  );
  return (last?.number ?? 0) + 1;
}

async function fileWords(manager: EntityManager, card: TitleCard, old: TitleCard | undefined): Promise<void> {
  await titleWordsOf(manager).put(manager, card, old);
  if (old?.words !== card.words) await learnWords(manager, card);
}

/** Takes the words of a title into the dictionary that spellings are looked up in. */
export async function learnWords(manager: EntityManager, { words }: Pick<TitleCard, 'words'>): Promise<void> {
  for (const word of words.trim().split(' ')) {
    if (word.length < 3 || word.length > longestWord) continue;
    const known = await queryRows(manager, 'SELECT number FROM title_dictionary WHERE word = ?', [word]);
    if (known.length === 0) await titleWordsOf(manager).learn(manager, word);
  }
}

async function fileGenres(
  manager: EntityManager,
  card: TitleCard,
  names: readonly string[],
  old: TitleCard | undefined,
): Promise<void> {
  // A summary that lists no genres says nothing about them.
  if (names.length === 0) return;
  const genres = new Map(names.map((name) => [slug(name), name]));
  const stored = await manager.findBy(TitleGenre, { number: card.number });
  const sorts = ['popularity', 'rating', 'releaseDate', 'name'] as const;
  const isUpToDate =
    sorts.every((sort) => old?.[sort] === card[sort]) &&
    stored.length === genres.size &&
    stored.every(({ genreId }) => genres.has(genreId));
  if (isUpToDate) return;
  await manager.delete(TitleGenre, { number: card.number });
  const { number, type, popularity, rating, releaseDate, name: sortName } = card;
  for (const [genreId, name] of genres) {
    if (genreId === '') continue;
    const isKnown = await manager.existsBy(Genre, { id: genreId });
    if (!isKnown) await manager.insert(Genre, { id: genreId, name, tmdbMovieId: null, tmdbShowId: null });
    const sortedBy = { popularity, rating, releaseDate, name: sortName };
    await manager.insert(TitleGenre, { number, genreId, type, ...sortedBy });
  }
}
