import type { Context } from 'hono';
import { type Fixtures, isObject, type Json, type JsonObject, objects } from './fixtures.js';

/** The watchlist and the ratings of the one account at the Trakt stand-in, kept while it runs. */
export class TraktMarks {
  #watchlist: JsonObject[];
  #ratings: JsonObject[] = [];
  #changedAt: string | null = null;

  constructor(fixtures: Fixtures) {
    this.#watchlist = objects(JSON.parse(fixtures.text('sync/watchlist.json')) as Json);
  }

  /** When something changed last; null while nothing has. */
  get changedAt(): string | null {
    return this.#changedAt;
  }

  watchlist(c: Context): Response {
    return wholePage(c, this.#watchlist);
  }

  ratings(c: Context): Response {
    return wholePage(c, this.#ratings);
  }

  /** What is there already is ignored, and so is what is not. */
  changeWatchlist(c: Context, body: JsonObject, isOn: boolean): Response {
    for (const { type, title } of titlesIn(body)) {
      const others = this.#watchlist.filter((row) => !isSame(row[type], title));
      const isKnown = others.length < this.#watchlist.length;
      if (!isOn) this.#watchlist = others;
      else if (!isKnown)
        this.#watchlist.push({
          type,
          listed_at: new Date().toISOString(),
          [type]: { ids: title['ids'] ?? {} },
        });
    }
    return this.#changed(c, isOn);
  }

  /** A rating replaces the one before; without `seasons` it is of the film or the whole show. */
  changeRatings(c: Context, body: JsonObject, isSet: boolean): Response {
    for (const { type, title } of titlesIn(body)) {
      const [season] = objects(title['seasons']);
      const [one] = objects(season?.['episodes']);
      const episode = season && one ? { season: season['number'] ?? 0, number: one['number'] ?? 0 } : null;
      this.#ratings = this.#ratings.filter(
        (row) =>
          !isSame(row[type], title) || JSON.stringify(row['episode'] ?? null) !== JSON.stringify(episode),
      );
      if (!isSet) continue;
      const said = one ?? title;
      this.#ratings.push({
        ...{ type: episode ? 'episode' : type, [type]: { ids: title['ids'] ?? {} } },
        ...(episode && { episode }),
        ...{ rating: said['rating'] ?? 1, rated_at: said['rated_at'] ?? new Date().toISOString() },
      });
    }
    return this.#changed(c, isSet);
  }

  #changed(c: Context, isAddition: boolean): Response {
    this.#changedAt = new Date().toISOString();
    return c.json({ added: {}, deleted: {}, existing: {}, not_found: {} }, isAddition ? 201 : 200);
  }
}

function titlesIn(body: JsonObject): { type: 'movie' | 'show'; title: JsonObject }[] {
  return (['movie', 'show'] as const).flatMap((type) =>
    objects(body[`${type}s`]).map((title) => ({ type, title })),
  );
}

/** Whether both have an id in common. */
function isSame(known: Json | undefined, asked: JsonObject): boolean {
  const [a, b] = [isObject(known) ? known['ids'] : null, asked['ids']];
  if (!isObject(a) || !isObject(b)) return false;
  return ['trakt', 'tmdb', 'imdb'].some((name) => (a[name] ?? null) !== null && a[name] === b[name]);
}

/** As many as there are: one account of the demo holds few. */
function wholePage(c: Context, rows: readonly JsonObject[]): Response {
  const headers = { 'x-pagination-page': '1', 'x-pagination-limit': '250', 'x-pagination-page-count': '1' };
  return c.json([...rows], 200, { ...headers, 'x-pagination-item-count': String(rows.length) });
}
