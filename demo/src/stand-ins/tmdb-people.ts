import { isObject, type JsonObject, numberOf, objects, textOf } from './fixtures.js';
import { listRow, localized, type TitleKind, type TmdbLibrary } from './tmdb-library.js';

const PARTS = { cast: ['character', 'order'], crew: ['job', 'department'] } as const;

/** Somebody as TMDB tells of them, with what they did in the titles of the library; null for nobody. */
export function findPerson(library: TmdbLibrary, id: string, language: string): JsonObject | null {
  const work: Record<keyof typeof PARTS, JsonObject[]> = { cast: [], crew: [] };
  let known: JsonObject | null = null;
  for (const kind of ['movie', 'tv'] as const) {
    for (const details of library.all(kind)) {
      for (const part of ['cast', 'crew'] as const) {
        for (const credit of creditsOf(details, part)) {
          if (String(numberOf(credit['id'])) !== id) continue;
          known ??= credit;
          work[part].push(workRow(kind, localized(details, language), credit, PARTS[part]));
        }
      }
    }
  }
  known ??= library.people.find((person) => String(numberOf(person['id'])) === id) ?? null;
  if (known === null) return null;
  const name = textOf(known['name']);
  const titles = work.cast.length + work.crew.length;
  const biography = `${name} is part of ${titles === 1 ? 'one title' : `${titles} titles`} of this demonstration. The real TMDB tells of a life here.`;
  return {
    ...{ adult: false, also_known_as: [], biography, birthday: null, deathday: null, gender: 0 },
    ...{ homepage: null, id: Number(id), imdb_id: null, name, place_of_birth: null },
    known_for_department: known['known_for_department'] ?? 'Acting',
    popularity: known['popularity'] ?? 0,
    profile_path: known['profile_path'] ?? null,
    combined_credits: { cast: work.cast, crew: work.crew },
  };
}

function creditsOf(details: JsonObject, part: keyof typeof PARTS): JsonObject[] {
  return ['credits', 'aggregate_credits'].flatMap((name) => {
    const block = details[name];
    return isObject(block) ? objects(block[part]) : [];
  });
}

function workRow(
  kind: TitleKind,
  details: JsonObject,
  credit: JsonObject,
  parts: readonly string[],
): JsonObject {
  const row: JsonObject = { ...listRow(kind, details), media_type: kind };
  // In a series somebody has several roles, each with its episodes.
  const [role] = [...objects(credit['roles']), ...objects(credit['jobs'])];
  for (const name of [...parts, 'credit_id']) row[name] = credit[name] ?? role?.[name] ?? null;
  return row;
}
