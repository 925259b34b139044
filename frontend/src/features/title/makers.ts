import type { Movie, Show } from '../../api/types.js';

/** Who made a title, in one part of the work. */
export interface Maker {
  words: string;
  /** Without an id there is no page about them. */
  people: { name: string; personId: string | null }[];
}

const PEOPLE_SHOWN = 6;
const writing = new Set(['Writer', 'Screenplay', 'Story', 'Author', 'Teleplay']);

/** Directors or creators, then writers; what nobody is known for is left out. */
export function makersOf(media: Movie | Show): Maker[] {
  const { crew } = media.credits;
  const ids = new Map(
    [...media.credits.cast, ...crew].map(({ name, personId }) => [name, personId] as const),
  );
  const named = (names: readonly string[]) =>
    [...new Set(names)].slice(0, PEOPLE_SHOWN).map((name) => ({ name, personId: ids.get(name) ?? null }));
  const first = media.type === 'movie' ? named(media.directors) : named(media.creators);
  const writers = named(crew.filter(({ role }) => writing.has(role)).map(({ name }) => name));
  return [
    { words: titled(media.type === 'movie' ? 'Director' : 'Creator', first.length), people: first },
    { words: titled('Writer', writers.length), people: writers },
  ].filter(({ people }) => people.length > 0);
}

function titled(one: string, count: number): string {
  return count === 1 ? one : `${one}s`;
}
