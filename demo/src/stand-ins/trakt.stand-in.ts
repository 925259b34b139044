import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { Fixtures, isObject, type Json, type JsonObject, numberOf, objects, textOf } from './fixtures.js';
import { StandIn, type StandInControl } from './stand-in.js';
import { TraktMarks } from './trakt-marks.js';

export const TRAKT_CLIENT = { id: 'kinora-demo-client', secret: 'kinora-demo-secret' } as const;

/** How the person at the other end treats a device code. `approve-on-second-poll` at first. */
export type DeviceDecision = 'approve-on-second-poll' | 'pending' | 'approved' | 'denied' | 'expired';

export interface TraktControl extends StandInControl {
  decideDevice(decision: DeviceDecision): void;
  /** As if another player had told of them. */
  addPlays(plays: readonly RemotePlay[]): void;
}

/** A film watched elsewhere. */
export interface RemotePlay {
  title: string;
  tmdbId: number;
  /** ISO 8601. */
  watchedAt: string;
}

const OWN_PATHS = /^\/(sync|scrobble|users\/(me|settings))/;

/** Trakt v2, the API and the OAuth host in one: device link, tokens that rotate, lists, history, scrobbles. */
export class TraktStandIn extends StandIn implements TraktControl {
  readonly #oauth: TraktOauth;
  readonly #history: TraktHistory;

  constructor(
    fixtures = new Fixtures('trakt'),
    oauth = new TraktOauth(fixtures),
    history = new TraktHistory(fixtures),
    marks = new TraktMarks(fixtures),
  ) {
    super({
      name: 'trakt',
      fixtures,
      refuse: (c) => {
        if (c.req.path.startsWith('/oauth/')) return null;
        if (c.req.header('trakt-api-key') !== TRAKT_CLIENT.id) return c.body(null, 403);
        const token = c.req.header('authorization')?.replace(/^Bearer /, '');
        if (!OWN_PATHS.test(c.req.path) || oauth.knows(token)) return null;
        return c.body(null, 401, { 'www-authenticate': 'Bearer realm="Trakt"' });
      },
      addRoutes: (app) => {
        app.post('/oauth/device/code', async (c) => oauth.deviceCode(c, await bodyOf(c)));
        app.post('/oauth/device/token', async (c) => oauth.deviceToken(c, await bodyOf(c)));
        app.post('/oauth/token', async (c) => oauth.refresh(c, await bodyOf(c)));
        app.get('/sync/history', (c) => history.page(c));
        app.post('/sync/history', async (c) => history.add(c, await bodyOf(c)));
        app.post('/sync/history/remove', async (c) => history.remove(c, await bodyOf(c)));
        app.get('/sync/last_activities', (c) => history.activities(c, marks.changedAt));
        app.get('/sync/watchlist', (c) => marks.watchlist(c));
        app.post('/sync/watchlist', async (c) => marks.changeWatchlist(c, await bodyOf(c), true));
        app.post('/sync/watchlist/remove', async (c) => marks.changeWatchlist(c, await bodyOf(c), false));
        app.get('/sync/ratings', (c) => marks.ratings(c));
        app.post('/sync/ratings', async (c) => marks.changeRatings(c, await bodyOf(c), true));
        app.post('/sync/ratings/remove', async (c) => marks.changeRatings(c, await bodyOf(c), false));
        app.post('/scrobble/:action', async (c) => history.scrobble(c, await bodyOf(c)));
      },
      unknownPath: (c) => c.body(null, 404),
    });
    this.#oauth = oauth;
    this.#history = history;
  }

  addPlays(plays: readonly RemotePlay[]): void {
    this.#history.addPlays(plays);
  }

  decideDevice(decision: DeviceDecision): void {
    this.#oauth.decision = decision;
  }
}

/** What was watched, kept while the stand-in runs: read in pages that are clamped without a word, added to, removed from. */
class TraktHistory {
  static readonly largestPage = 250;
  /** The same title stopped again within this is the same play. */
  static readonly sameScrobbleMs = 60 * 60_000;
  readonly #fixtures: Fixtures;
  #rows: JsonObject[];
  #lastId = 10_300_000_000;
  #changedAt = '2026-01-01T20:15:00.000Z';
  /** Plays scrobbled, by what was played; when, milliseconds since 1970. */
  readonly #scrobbled = new Map<string, number>();

  constructor(fixtures: Fixtures) {
    this.#fixtures = fixtures;
    const recorded: Json = JSON.parse(fixtures.text('sync/history.json')) as Json;
    this.#rows = objects(recorded);
  }

  page(c: Context): Response {
    const [from, until] = [c.req.query('start_at'), c.req.query('end_at')];
    const rows = this.#rows
      .filter((row) => {
        const at = textOf(row['watched_at']);
        return (from === undefined || at >= from) && (until === undefined || at <= until);
      })
      .sort((a, b) => (textOf(a['watched_at']) < textOf(b['watched_at']) ? 1 : -1));
    const page = Number(c.req.query('page') ?? 1);
    const size = Math.min(TraktHistory.largestPage, Number(c.req.query('limit') ?? 100));
    return c.json(rows.slice((page - 1) * size, page * size), 200, {
      'x-pagination-page': String(page),
      'x-pagination-limit': String(size),
      'x-pagination-page-count': String(Math.ceil(rows.length / size)),
      'x-pagination-item-count': String(rows.length),
    });
  }

  /** Not idempotent, like Trakt itself: what is sent twice is there twice. */
  add(c: Context, body: JsonObject): Response {
    const movies = objects(body['movies']);
    for (const { ids, watched_at } of movies)
      this.#keep({ type: 'movie', movie: { ids: ids ?? {} } }, watched_at);
    let episodes = 0;
    for (const show of objects(body['shows'])) {
      for (const season of objects(show['seasons'])) {
        for (const episode of objects(season['episodes'])) {
          const place = { season: season['number'] ?? 0, number: episode['number'] ?? 0, ids: {} };
          this.#keep(
            { type: 'episode', episode: place, show: { ids: show['ids'] ?? {} } },
            episode['watched_at'],
          );
          episodes += 1;
        }
      }
    }
    return c.json({ added: { movies: movies.length, episodes }, updated: {}, not_found: {} }, 201);
  }

  remove(c: Context, body: JsonObject): Response {
    const ids = Array.isArray(body['ids']) ? body['ids'] : [];
    this.#rows = this.#rows.filter(({ id }) => !ids.includes(id ?? null));
    this.#changedAt = new Date().toISOString();
    return c.json({ deleted: { movies: ids.length, episodes: 0 }, not_found: {} });
  }

  /** Over 80 per cent a stop is a play, from 1 per cent a pause, below it is refused; the same play again is known. */
  scrobble(c: Context, body: JsonObject): Response {
    const action = c.req.param('action') ?? '';
    const progress = numberOf(body['progress']);
    if (!['start', 'pause', 'stop'].includes(action)) return c.body(null, 404);
    if (action === 'stop' && progress < 1) return c.body(null, 422);
    const outcome = action === 'stop' ? (progress > 80 ? 'scrobble' : 'pause') : action;
    const item: JsonObject = {};
    for (const key of ['movie', 'show', 'episode']) {
      const part = body[key];
      if (isObject(part)) item[key] = part;
    }
    if (outcome !== 'scrobble') return c.json({ id: 0, action: outcome, progress, ...item }, 201);
    const now = Date.now();
    const name = JSON.stringify(item);
    const before = this.#scrobbled.get(name) ?? 0;
    if (now - before < TraktHistory.sameScrobbleMs) {
      const expires = new Date(before + TraktHistory.sameScrobbleMs).toISOString();
      return c.json({ watched_at: new Date(before).toISOString(), expires_at: expires }, 409);
    }
    this.#scrobbled.set(name, now);
    this.#keep({ type: 'movie' in item ? 'movie' : 'episode', ...item }, undefined, 'scrobble');
    return c.json({ id: this.#lastId, action: outcome, progress, ...item }, 201);
  }

  addPlays(plays: readonly RemotePlay[]): void {
    for (const { title, tmdbId, watchedAt } of plays) {
      const movie = { title, year: null, ids: { trakt: 600_000_000 + tmdbId, tmdb: tmdbId } };
      this.#keep({ type: 'movie', movie }, watchedAt);
    }
  }

  /** @param markedAt when the watchlist or a rating changed last */
  activities(c: Context, markedAt: string | null): Response {
    const recorded = this.#fixtures.object('sync/last_activities.json');
    const moved = (section: Json | undefined): JsonObject =>
      isObject(section)
        ? { ...section, watched_at: this.#changedAt, ...(markedAt !== null && { rated_at: markedAt }) }
        : {};
    return c.json({
      ...recorded,
      movies: moved(recorded['movies']),
      episodes: moved(recorded['episodes']),
      ...(markedAt !== null && { watchlist: { updated_at: markedAt } }),
    });
  }

  #keep(subject: JsonObject, watchedAt: Json | undefined, action = 'watch'): void {
    this.#lastId += 1;
    this.#changedAt = new Date().toISOString();
    const moment = textOf(watchedAt) || this.#changedAt;
    this.#rows.push({ id: this.#lastId, watched_at: moment, action, ...subject });
  }
}

class TraktOauth {
  decision: DeviceDecision = 'approve-on-second-poll';
  readonly #fixtures: Fixtures;
  /** Device codes given out, with how often each was asked for; -1 = exchanged. */
  readonly #codes = new Map<string, number>();
  readonly #accessTokens = new Set<string>();
  readonly #refreshTokens = new Set<string>();

  constructor(fixtures: Fixtures) {
    this.#fixtures = fixtures;
  }

  knows(accessToken: string | undefined): boolean {
    return accessToken !== undefined && this.#accessTokens.has(accessToken);
  }

  deviceCode(c: Context, body: JsonObject): Response {
    if (body['client_id'] !== TRAKT_CLIENT.id) return c.body(null, 403);
    const code = randomUUID().replaceAll('-', '');
    this.#codes.set(code, 0);
    const shown = { device_code: code, user_code: code.slice(0, 8).toUpperCase(), interval: 1 };
    return c.json({ ...this.#fixtures.object('oauth/device-code.json'), ...shown });
  }

  /** The states of RFC 8628 as Trakt spells them: by status, with an empty body. */
  deviceToken(c: Context, body: JsonObject): Response {
    const code = textOf(body['code']);
    const polls = this.#codes.get(code);
    if (polls === undefined) return c.body(null, 404);
    if (polls < 0) return c.body(null, 409);
    this.#codes.set(code, polls + 1);
    if (this.decision === 'denied') return c.body(null, 418);
    if (this.decision === 'expired') return c.body(null, 410);
    if (this.decision === 'pending' || (this.decision === 'approve-on-second-poll' && polls === 0))
      return c.body(null, 400);
    this.#codes.set(code, -1);
    return c.json(this.#tokens());
  }

  /** A refresh token works once. */
  refresh(c: Context, body: JsonObject): Response {
    if (!this.#refreshTokens.delete(textOf(body['refresh_token']))) {
      return c.json(this.#fixtures.object('oauth/token-refresh.400.json'), 400);
    }
    return c.json(this.#tokens());
  }

  #tokens(): JsonObject {
    const [access, refresh] = [randomUUID(), randomUUID()];
    this.#accessTokens.add(access);
    this.#refreshTokens.add(refresh);
    const created = Math.floor(Date.now() / 1000);
    const recorded = this.#fixtures.object('oauth/device-token.json');
    return { ...recorded, access_token: access, refresh_token: refresh, created_at: created };
  }
}

async function bodyOf(c: Context): Promise<JsonObject> {
  try {
    return await c.req.json<JsonObject>();
  } catch {
    return {};
  }
}
