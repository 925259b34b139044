import {
  type Fixtures,
  isObject,
  type Json,
  type JsonObject,
  numberOf,
  objects,
  textOf,
} from './fixtures.js';

export type TitleKind = 'movie' | 'tv';

const APPENDABLE = [
  ...['translations', 'images', 'credits', 'aggregate_credits', 'external_ids', 'videos', 'keywords'],
  ...['release_dates', 'content_ratings', 'recommendations', 'similar', 'watch/providers'],
];
const ROW_KEYS: Record<TitleKind, readonly string[]> = {
  movie: [
    ...[
      'adult',
      'backdrop_path',
      'genre_ids',
      'id',
      'original_language',
      'original_title',
      'overview',
      'popularity',
    ],
    ...['poster_path', 'release_date', 'title', 'video', 'vote_average', 'vote_count'],
  ],
  tv: [
    ...[
      'adult',
      'backdrop_path',
      'genre_ids',
      'id',
      'origin_country',
      'original_language',
      'original_name',
      'overview',
    ],
    ...['popularity', 'poster_path', 'first_air_date', 'name', 'vote_average', 'vote_count'],
  ],
};

/** The titles that the TMDB stand-in knows: the full details of the fixtures, and the list rows that follow from them. */
export class TmdbLibrary {
  readonly #fixtures: Fixtures;
  readonly #titles: Record<TitleKind, Map<string, JsonObject>>;
  readonly people: readonly JsonObject[];

  constructor(fixtures: Fixtures) {
    this.#fixtures = fixtures;
    this.#titles = { movie: this.#read('movie'), tv: this.#read('tv') };
    const trending = objects(fixtures.object('3/trending/all.day.json')['results']);
    this.people = trending.filter((row) => row['media_type'] === 'person');
  }

  /** Details with everything that can be appended, or null. */
  find(kind: TitleKind, id: string): JsonObject | null {
    return this.#titles[kind].get(id) ?? null;
  }

  /** Everything known of a kind, with the blocks that can be appended. */
  all(kind: TitleKind): JsonObject[] {
    return [...this.#titles[kind].values()];
  }

  /** A season of a series, or null. */
  findSeason(showId: string, season: string): JsonObject | null {
    if (!/^\d+$/.test(season)) return null;
    const path = `3/tv/${showId}/season-${season}.json`;
    return this.#titles.tv.has(showId) && this.#fixtures.has(path) ? this.#fixtures.object(path) : null;
  }

  /** All rows of a kind in `language`, most popular first. */
  rows(kind: TitleKind, language: string): JsonObject[] {
    return [...this.#titles[kind].values()]
      .map((details) => listRow(kind, localized(details, language)))
      .sort((a, b) => numberOf(b['popularity']) - numberOf(a['popularity']));
  }

  /** The kind and details of the title with this IMDb id, or null. */
  findByImdbId(imdbId: string): { kind: TitleKind; details: JsonObject } | null {
    for (const kind of ['movie', 'tv'] as const) {
      for (const details of this.#titles[kind].values()) {
        const external = details['external_ids'];
        const known = isObject(external) ? external['imdb_id'] : details['imdb_id'];
        if (known === imdbId) return { kind, details };
      }
    }
    return null;
  }

  #read(kind: TitleKind): Map<string, JsonObject> {
    const titles = new Map<string, JsonObject>();
    for (const file of this.#fixtures.list(`3/${kind}`)) {
      if (!/^\d+(\.sparse)?\.json$/.test(file)) continue;
      const details = this.#fixtures.object(`3/${kind}/${file}`);
      titles.set(String(numberOf(details['id'])), details);
    }
    return titles;
  }
}

/** A list row, the way TMDB shortens details. */
export function listRow(kind: TitleKind, details: JsonObject): JsonObject {
  const row: JsonObject = {};
  for (const key of ROW_KEYS[kind]) {
    row[key] =
      key === 'genre_ids'
        ? objects(details['genres']).map((genre) => numberOf(genre['id']))
        : (details[key] ?? null);
  }
  return row;
}

/** Details without the blocks that have to be asked for. */
export function withoutAppended(details: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(details).filter(([key]) => !APPENDABLE.includes(key)));
}

/**
 * Texts in `language` (`xx` or `xx-YY`). As with TMDB an untranslated overview or tagline is empty, not English, while a
 * title falls back to the original one.
 */
export function localized(details: JsonObject, language: string): JsonObject {
  const [code = 'en', country] = language.split('-');
  if (code === 'en') return details;
  const block = details['translations'];
  const known = isObject(block) ? objects(block['translations']) : [];
  const sameLanguage = known.filter((row) => row['iso_639_1'] === code);
  const translation = sameLanguage.find((row) => row['iso_3166_1'] === country) ?? sameLanguage[0];
  const data: Json = translation?.['data'] ?? {};
  const texts = isObject(data) ? data : {};
  const title = 'title' in details ? 'title' : 'name';
  return {
    ...details,
    [title]: textOf(texts[title]) === '' ? (details[title] ?? '') : textOf(texts[title]),
    overview: textOf(texts['overview']),
    tagline: textOf(texts['tagline']),
  };
}

/** The images block as TMDB filters it: only tagged images of the asked languages; `null` stands for untagged ones. */
export function imagesFor(
  block: JsonObject,
  language: string | undefined,
  include: string | undefined,
): JsonObject {
  const wanted = include?.split(',') ?? (language === undefined ? null : [language.slice(0, 2)]);
  if (wanted === null) return block;
  return Object.fromEntries(
    Object.entries(block).map(([family, images]) => [
      family,
      objects(images).filter((image) => wanted.includes(textOf(image['iso_639_1']) || 'null')),
    ]),
  );
}
