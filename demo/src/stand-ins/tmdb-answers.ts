import {
  anyCallRoute,
  type Fixtures,
  isObject,
  type JsonObject,
  matchRoute,
  numberOf,
  objects,
  textOf,
} from './fixtures.js';
import { fixtureAnswer } from './stand-in.js';
import {
  imagesFor,
  listRow,
  localized,
  type TitleKind,
  type TmdbLibrary,
  withoutAppended,
} from './tmdb-library.js';
import { findChanges, findList } from './tmdb-lists.js';
import { findPerson } from './tmdb-people.js';

const ROWS_A_PAGE = 20;
const HEADERS = { 'content-type': 'application/json;charset=utf-8', 'cache-control': 'public, max-age=600' };

export type Query = Readonly<Record<string, string>>;

/** What the TMDB stand-in says, as a function of what was asked. */
export class TmdbAnswers {
  readonly #fixtures: Fixtures;
  readonly #library: TmdbLibrary;

  constructor(fixtures: Fixtures, library: TmdbLibrary) {
    this.#fixtures = fixtures;
    this.#library = library;
  }

  /** The recorded configuration with the images at `baseUrl`. */
  configuration(baseUrl: string): Response {
    const recorded = this.#fixtures.object('3/configuration.json');
    const images = isObject(recorded['images']) ? recorded['images'] : {};
    const base = `${baseUrl}/t/p/`;
    return answer({ ...recorded, images: { ...images, base_url: base, secure_base_url: base } });
  }

  details(kind: TitleKind, id: string, query: Query): Response {
    const details = this.#library.find(kind, id);
    if (details === null) return this.notFound();
    const base = withoutAppended(localized(details, query['language'] ?? 'en'));
    for (const name of query['append_to_response']?.split(',') ?? []) {
      const block = this.#appended(kind, details, name, query);
      if (block !== null) base[name] = block;
    }
    return answer(base);
  }

  /** A block of details on its own address, where it has an `id`. */
  block(kind: TitleKind, id: string, name: string, query: Query): Response {
    const details = this.#library.find(kind, id);
    const block = details === null ? null : this.#appended(kind, details, name, query);
    return block === null ? this.notFound() : answer({ id: Number(id), ...block });
  }

  season(showId: string, season: string): Response {
    const known = this.#library.findSeason(showId, season);
    return known === null ? this.notFound() : answer(known);
  }

  episode(showId: string, season: string, episode: string): Response {
    const episodes = objects(this.#library.findSeason(showId, season)?.['episodes']);
    const known = episodes.find((row) => String(numberOf(row['episode_number'])) === episode);
    return known === undefined ? this.notFound() : answer(known);
  }

  /** Titles (and in `multi` people) whose name contains the words asked for. */
  search(kind: string, query: Query): Response {
    const words = (query['query'] ?? '').trim().toLowerCase();
    const year = query['primary_release_year'] ?? query['year'] ?? query['first_air_date_year'] ?? '';
    const rows = this.#typedRows(kind === 'multi' ? 'all' : kind, query);
    if (rows === null) return this.notFound();
    const found = rows.filter(
      (row) =>
        words !== '' &&
        ['title', 'name', 'original_title', 'original_name'].some((key) =>
          textOf(row[key]).toLowerCase().includes(words),
        ) &&
        (kind === 'multi' || dateOf(row).startsWith(year)),
    );
    return this.#page(kind === 'multi' ? found : found.map(withoutMediaType), query);
  }

  person(id: string, query: Query): Response {
    const person = findPerson(this.#library, id, query['language'] ?? 'en');
    if (person === null) return this.notFound();
    const { combined_credits: credits, ...facts } = person;
    const isWanted = query['append_to_response']?.split(',').includes('combined_credits') ?? false;
    return answer(isWanted ? { ...facts, combined_credits: credits ?? {} } : facts);
  }

  publicList(id: string, query: Query): Response {
    const list = findList(this.#library, id, Number(query['page'] ?? '1'), query['language'] ?? 'en');
    return list === null ? this.notFound() : answer(list);
  }

  changes(kind: TitleKind, query: Query): Response {
    const changes = findChanges(this.#fixtures, kind, query);
    if (changes !== null) return answer(changes);
    return new Response(this.#fixtures.text('errors/422-dates.json'), { status: 422, headers: HEADERS });
  }

  trending(kind: string, query: Query): Response {
    const rows = this.#typedRows(kind, query);
    return rows === null ? this.notFound() : this.#page(rows, query);
  }

  /** Popular, top rated and the lists by date. */
  list(kind: TitleKind, name: string, query: Query): Response {
    const rows = this.#library.rows(kind, query['language'] ?? 'en');
    if (name === 'top_rated') rows.sort((a, b) => numberOf(b['vote_average']) - numberOf(a['vote_average']));
    if (name === 'now_playing' || name === 'upcoming') {
      rows.sort((a, b) => dateOf(b).localeCompare(dateOf(a)));
      return this.#page(rows, query, { dates: { minimum: '2026-10-14', maximum: '2026-11-25' } });
    }
    return this.#page(rows, query);
  }

  discover(kind: TitleKind, query: Query): Response {
    const rows = this.#library.rows(kind, query['language'] ?? 'en').filter((row) => wanted(row, query));
    const [key = 'popularity', direction = 'desc'] = (query['sort_by'] ?? 'popularity.desc').split('.');
    const sign = direction === 'asc' ? 1 : -1;
    rows.sort((a, b) =>
      key.endsWith('date')
        ? sign * dateOf(a).localeCompare(dateOf(b))
        : sign * (numberOf(a[key]) - numberOf(b[key])),
    );
    return this.#page(rows, query);
  }

  /** Other titles that share a genre. */
  related(kind: TitleKind, id: string, query: Query): Response {
    const details = this.#library.find(kind, id);
    return details === null ? this.notFound() : this.#page(this.#relatedRows(kind, details, query), query);
  }

  /** By IMDb id; an unknown one is an answer with empty lists, not an error. */
  find(externalId: string): Response {
    const known = this.#library.findByImdbId(externalId);
    const of = (kind: TitleKind): JsonObject[] =>
      known?.kind === kind ? [{ ...listRow(kind, known.details), media_type: kind }] : [];
    const none = { person_results: [], tv_episode_results: [], tv_season_results: [] };
    return answer({ movie_results: of('movie'), tv_results: of('tv'), ...none });
  }

  /** English and Spanish are recorded; other languages get the English names. */
  genres(kind: string, language: string): Response {
    const code = language.startsWith('es') ? 'es' : 'en';
    const path = `/3/genre/${kind}/list`;
    const query = new URLSearchParams({ language: code });
    const route = matchRoute(this.#fixtures.routes, { method: 'GET', path, query });
    return route === null ? this.notFound() : fixtureAnswer(this.#fixtures, route);
  }

  notFound(): Response {
    return new Response(this.#fixtures.text('errors/404.json'), { status: 404, headers: HEADERS });
  }

  /** What a request without the right key gets. */
  unauthorized(): Response {
    const route = anyCallRoute(this.#fixtures.routes, 401);
    return route === null ? new Response(null, { status: 401 }) : fixtureAnswer(this.#fixtures, route);
  }

  /** Rows that say what they are; null for a kind that does not exist. */
  #typedRows(kind: string, query: Query): JsonObject[] | null {
    const language = query['language'] ?? 'en';
    const of = (one: TitleKind): JsonObject[] =>
      this.#library.rows(one, language).map((row) => ({ ...row, media_type: one }));
    if (kind === 'movie' || kind === 'tv') return of(kind);
    return kind === 'all' ? [...of('movie'), ...of('tv'), ...this.#library.people] : null;
  }

  #appended(kind: TitleKind, details: JsonObject, name: string, query: Query): JsonObject | null {
    if (name === 'recommendations' || name === 'similar') {
      return pageOf(this.#relatedRows(kind, details, query), 1);
    }
    const season = /^season\/(\d+)$/.exec(name)?.[1];
    if (season !== undefined) return this.#library.findSeason(String(numberOf(details['id'])), season);
    const block = details[name];
    if (!isObject(block)) return null;
    return name === 'images' ? imagesFor(block, query['language'], query['include_image_language']) : block;
  }

  #relatedRows(kind: TitleKind, details: JsonObject, query: Query): JsonObject[] {
    const genres = objects(details['genres']).map((genre) => genre['id']);
    return this.#library
      .rows(kind, query['language'] ?? 'en')
      .filter((row) => row['id'] !== details['id'])
      .filter((row) => Array.isArray(row['genre_ids']) && row['genre_ids'].some((id) => genres.includes(id)));
  }

  #page(rows: readonly JsonObject[], query: Query, more: JsonObject = {}): Response {
    const page = Number(query['page'] ?? '1');
    if (!Number.isInteger(page) || page < 1 || page > 500) {
      return new Response(this.#fixtures.text('errors/400-page.json'), { status: 400, headers: HEADERS });
    }
    return answer({ ...pageOf(rows, page), ...more });
  }
}

function answer(body: JsonObject): Response {
  return new Response(JSON.stringify(body), { headers: HEADERS });
}

/** A page past the end has no rows. */
function pageOf(rows: readonly JsonObject[], page: number): JsonObject {
  return {
    page,
    results: rows.slice((page - 1) * ROWS_A_PAGE, page * ROWS_A_PAGE),
    total_pages: Math.ceil(rows.length / ROWS_A_PAGE),
    total_results: rows.length,
  };
}

function dateOf(row: JsonObject): string {
  return textOf(row['release_date'] ?? row['first_air_date']);
}

function withoutMediaType(row: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(row).filter(([key]) => key !== 'media_type'));
}

/** The filters of discover: a comma in `with_genres` means and, a bar means or. */
function wanted(row: JsonObject, query: Query): boolean {
  const genres = Array.isArray(row['genre_ids']) ? row['genre_ids'].map(String) : [];
  const asked = query['with_genres'] ?? '';
  const hasGenre =
    asked === '' ||
    (asked.includes('|')
      ? asked.split('|').some((id) => genres.includes(id))
      : asked.split(',').every((id) => genres.includes(id)));
  const year = query['primary_release_year'] ?? query['first_air_date_year'] ?? query['year'] ?? '';
  const language = query['with_original_language'] ?? row['original_language'];
  const date = dateOf(row);
  return (
    hasGenre &&
    date.startsWith(year) &&
    row['original_language'] === language &&
    numberOf(row['vote_average']) >= Number(query['vote_average.gte'] ?? 0) &&
    numberOf(row['vote_average']) <= Number(query['vote_average.lte'] ?? 10) &&
    numberOf(row['vote_count']) >= Number(query['vote_count.gte'] ?? 0) &&
    date >= (query['primary_release_date.gte'] ?? query['first_air_date.gte'] ?? '') &&
    date <= (query['primary_release_date.lte'] ?? query['first_air_date.lte'] ?? '9999')
  );
}
