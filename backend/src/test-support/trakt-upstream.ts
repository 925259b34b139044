import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TraktConfig } from '../services/trakt/trakt.client.js';
import { startUpstream } from './upstream.js';

/** A line of Trakt's history as it sends it. */
export interface TraktRow {
  id: number;
  watched_at: string;
  action: string;
  type: string;
  [subject: string]: unknown;
}

interface Failure {
  status: number;
  path: RegExp;
  times: number;
  headers?: Record<string, string>;
  /** It did what was asked, and its answer is lost. */
  afterwards?: boolean;
}

interface Ids {
  trakt?: number | null;
  tmdb?: number | null;
  imdb?: string | null;
}

/** A row of the watchlist or a list. */
export interface RemoteTitle {
  type: 'movie' | 'show';
  movie?: { title: string; year: number; ids: Ids };
  show?: { title: string; year: number; ids: Ids };
}

/** A rating as Trakt sends it. */
export interface RemoteRating extends Omit<RemoteTitle, 'type'> {
  type: 'movie' | 'show' | 'season' | 'episode';
  episode?: { season: number; number: number; ids: Ids };
  rating: number;
  rated_at: string;
}

interface RemoteList {
  name: string;
  description: string | null;
  updated_at: string;
  item_count: number;
  ids: { trakt: number };
  items?: RemoteTitle[] | undefined;
}

const clientId = 'kinora-test-client';

/** As much of Trakt as Kinora uses, with its statuses, empty bodies, single-use refresh tokens and paging clamp. */
export async function startTrakt() {
  const trakt = {
    /** Latest first when it is asked for. */
    history: [] as TraktRow[],
    playback: [] as object[],
    watchlist: [] as RemoteTitle[],
    /** Of the user; `liked` are those of others. Without items they answer 404. */
    lists: [] as RemoteList[],
    liked: [] as RemoteList[],
    ratings: [] as RemoteRating[],
    /** It has never heard of these. */
    unknown: [] as Ids[],
    /** Of everybody, by path: `movies/trending` and its like. */
    rows: {} as Record<string, object[]>,
    /** Replaces the stamps of the watchlist, the lists and the ratings. */
    listStamp: 1,
    /** Replaces `watched_at` and `paused_at` of the last activities. */
    stamp: 1,
    /** How a device code is answered. */
    device: 200,
    /** Larger pages are cut to this, silently. */
    largestPage: 100,
    expiresIn: 604_800,
    clientIsDead: false,
    /** Whose account it is. */
    username: 'fixture-user',
    /** Its clock minus ours, milliseconds. */
    skewMs: 0,
    now: () => Date.now(),
    failures: [] as Failure[],
    calls: [] as string[],
    /** Hears of each call before it is answered. */
    onCall: (): unknown => undefined,
    bodies: [] as { path: string; body: Record<string, unknown> }[],
    refreshes: 0,
    revoked: [] as string[],
  };
  const accessTokens = new Set<string>();
  const refreshTokens = new Set<string>();
  let lastId = 10_200_000_000;

  const add = (subject: object, watchedAt: string, action = 'watch') => {
    lastId += 1;
    trakt.stamp += 1;
    const row: TraktRow = { id: lastId, watched_at: watchedAt, action, type: 'movie', ...subject };
    trakt.history.push(row);
    return row;
  };

  const upstream = await startUpstream((request, response) => {
    void readBody(request).then((body) => handle(request, response, body));
  });

  function handle(request: IncomingMessage, response: ServerResponse, body: Record<string, unknown>): void {
    const url = new URL(request.url ?? '/', 'http://trakt.test');
    const path = url.pathname;
    trakt.calls.push(`${request.method} ${path}${url.search}`);
    trakt.onCall();
    if (request.method === 'POST') trakt.bodies.push({ path, body });
    const failure = trakt.failures.find((one) => one.times > 0 && one.path.test(path));
    if (failure) {
      failure.times -= 1;
      if (failure.afterwards) answer(request, url, body);
      response.writeHead(failure.status, { 'content-type': 'text/html', ...failure.headers });
      response.end(failure.status >= 500 ? '<html>Bad gateway</html>' : '');
      return;
    }
    const { status, json, headers = {} } = answer(request, url, body);
    response.writeHead(
      status,
      json === undefined ? headers : { 'content-type': 'application/json', ...headers },
    );
    response.end(json === undefined ? '' : JSON.stringify(json));
  }

  function answer(request: IncomingMessage, url: URL, body: Record<string, unknown>): Answer {
    const path = url.pathname;
    if (path.startsWith('/oauth/')) return oauth(path, body);
    if (trakt.clientIsDead || request.headers['trakt-api-key'] !== clientId) return { status: 403 };
    const row = /^\/((?:movies|shows)\/(?:trending|popular))$/.exec(path)?.[1];
    if (row !== undefined) return pageOf(trakt.rows[row] ?? [], url, trakt.largestPage);
    const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!accessTokens.has(token)) return { status: 401 };
    switch (`${request.method} ${path}`) {
      case 'GET /users/me':
        return { status: 200, json: { username: trakt.username } };
      case 'GET /sync/last_activities': {
        const stamp = new Date(trakt.stamp * 1_000).toISOString();
        const section = { watched_at: stamp, paused_at: stamp };
        const at = new Date(trakt.listStamp * 1_000).toISOString();
        const rated = { rated_at: at };
        const json = {
          ...{
            all: stamp,
            movies: { ...section, ...rated },
            episodes: { ...section, ...rated },
            shows: rated,
          },
          ...{ watchlist: { updated_at: at }, lists: { updated_at: at, liked_at: at } },
        };
        return { status: 200, json };
      }
      case 'GET /sync/history': {
        const [from, until] = [url.searchParams.get('start_at'), url.searchParams.get('end_at')];
        const rows = trakt.history.filter(
          ({ watched_at: at }) => (from === null || at >= from) && (until === null || at <= until),
        );
        rows.sort((a, b) => (a.watched_at < b.watched_at ? 1 : -1));
        return pageOf(rows, url, trakt.largestPage);
      }
      case 'GET /sync/playback':
        return pageOf(trakt.playback, url, trakt.largestPage);
      case 'GET /sync/watchlist':
        return pageOf(trakt.watchlist, url, trakt.largestPage);
      case 'GET /sync/ratings':
        return pageOf(trakt.ratings, url, trakt.largestPage);
      case 'GET /users/me/lists':
        return pageOf(trakt.lists, url, trakt.largestPage);
      case 'GET /users/me/likes/lists':
        return pageOf(
          trakt.liked.map((list) => ({ liked_at: '2026-01-01T00:00:00.000Z', type: 'list', list })),
          url,
          trakt.largestPage,
        );
      case 'POST /sync/ratings':
        return changeRatings(body, true);
      case 'POST /sync/ratings/remove':
        return changeRatings(body, false);
      case 'POST /sync/watchlist':
        return changeWatchlist(body, true);
      case 'POST /sync/watchlist/remove':
        return changeWatchlist(body, false);
      case 'POST /sync/history':
        return addHistory(body);
      case 'POST /sync/history/remove': {
        const ids = body['ids'] as number[];
        trakt.history = trakt.history.filter(({ id }) => !ids.includes(id));
        trakt.stamp += 1;
        return { status: 200, json: { deleted: { movies: ids.length } } };
      }
      default:
        return path.startsWith('/scrobble/') ? scrobble(path, body) : listItems(path, url);
    }
  }

  function listItems(path: string, url: URL): Answer {
    const [, own, id] = /^(\/users\/me)?\/lists\/(\d+)\/items\/movie,show$/.exec(path) ?? [];
    const lists = own === undefined ? trakt.liked : trakt.lists;
    const list = lists.find(({ ids }) => String(ids.trakt) === id);
    return list?.items ? pageOf(list.items, url, trakt.largestPage) : { status: 404 };
  }

  /** What is there already is ignored, and so is what is not. */
  function changeWatchlist(body: Record<string, unknown>, isOn: boolean): Answer {
    for (const type of ['movie', 'show'] as const) {
      for (const { ids } of (body[`${type}s`] ?? []) as { ids: Ids }[]) {
        const others = trakt.watchlist.filter((row) => !isSame(row[type]?.ids, ids));
        const known = others.length < trakt.watchlist.length;
        if (!isOn) trakt.watchlist = others;
        else if (!known) trakt.watchlist.push({ type, [type]: { title: 'Added', year: 2000, ids } });
      }
    }
    trakt.listStamp += 1;
    return { status: isOn ? 201 : 200, json: { added: {}, deleted: {}, not_found: {} } };
  }

  /** A rating replaces the one before; what is not rated stays so. */
  function changeRatings(body: Record<string, unknown>, isSet: boolean): Answer {
    for (const type of ['movie', 'show'] as const) {
      for (const { ids, rating, rated_at, seasons } of (body[`${type}s`] ?? []) as RatingBody[]) {
        const [season] = seasons ?? [];
        const [one] = season?.episodes ?? [];
        const episode = season && one ? { season: season.number, number: one.number, ids: {} } : undefined;
        trakt.ratings = trakt.ratings.filter(
          (row) =>
            !isSame(row[type]?.ids, ids) ||
            row.episode?.season !== episode?.season ||
            row.episode?.number !== episode?.number,
        );
        if (!isSet) continue;
        const said = { rating: rating ?? one?.rating ?? 0, rated_at: rated_at ?? one?.rated_at ?? '' };
        const title = { [type]: { title: 'Rated', year: 2000, ids } };
        trakt.ratings.push({
          type: episode ? 'episode' : type,
          ...title,
          ...(episode && { episode }),
          ...said,
        });
      }
    }
    trakt.listStamp += 1;
    return { status: isSet ? 201 : 200, json: { added: {}, deleted: {}, not_found: {} } };
  }

  function oauth(path: string, body: Record<string, unknown>): Answer {
    if (trakt.clientIsDead) return { status: 401, json: { error: 'invalid_client' } };
    switch (path) {
      case '/oauth/device/code':
        return {
          status: 200,
          json: {
            device_code: 'device-code',
            user_code: '77776C8D',
            verification_url: 'https://trakt.tv/activate',
            ...{ expires_in: 600, interval: 5 },
          },
        };
      case '/oauth/device/token':
        return trakt.device === 200 ? { status: 200, json: tokens() } : { status: trakt.device };
      case '/oauth/token':
        trakt.refreshes += 1;
        if (!refreshTokens.delete(String(body['refresh_token'])))
          return { status: 400, json: { error: 'invalid_grant' } };
        return { status: 200, json: tokens() };
      case '/oauth/revoke':
        trakt.revoked.push(String(body['token']));
        return { status: 200, json: {} };
      default:
        return { status: 404 };
    }
  }

  function tokens() {
    const [access, refresh] = [randomUUID(), randomUUID()];
    accessTokens.add(access);
    refreshTokens.add(refresh);
    return {
      ...{ access_token: access, refresh_token: refresh, token_type: 'bearer', scope: 'public' },
      ...{ expires_in: trakt.expiresIn, created_at: Math.floor(trakt.now() / 1000) },
    };
  }

  function addHistory(body: Record<string, unknown>): Answer {
    const movies = body['movies'] as { watched_at: string; ids: Ids }[];
    const unknown = movies.filter(({ ids }) => trakt.unknown.some((other) => isSame(other, ids)));
    const known = movies.filter((movie) => !unknown.includes(movie));
    // It keeps whole seconds.
    for (const { watched_at: at, ids } of known)
      add({ movie: { title: 'Added', year: 2000, ids } }, `${at.slice(0, 19)}.000Z`);
    const notFound = { movies: unknown.map(({ ids }) => ({ ids })), shows: [], episodes: [] };
    return { status: 201, json: { added: { movies: known.length, episodes: 0 }, not_found: notFound } };
  }

  /** Over 80 per cent a stop is a play, and the same again right after is refused. */
  function scrobble(path: string, body: Record<string, unknown>): Answer {
    const progress = Number(body['progress']);
    const movie = body['movie'] as { ids: Ids };
    if (path !== '/scrobble/stop' || progress <= 80)
      return { status: 201, json: { id: 0, action: path.slice('/scrobble/'.length), progress, movie } };
    const at = new Date(trakt.now() + trakt.skewMs);
    const known = trakt.history.find(
      (row) =>
        row.action === 'scrobble' &&
        (row['movie'] as { ids: Ids }).ids.imdb === movie.ids.imdb &&
        Math.abs(Date.parse(row.watched_at) - at.getTime()) < 3_600_000,
    );
    if (known) return { status: 409, json: { watched_at: known.watched_at } };
    const { id } = add(
      { movie: { title: 'Scrobbled', year: 2000, ids: movie.ids } },
      at.toISOString(),
      'scrobble',
    );
    return { status: 201, json: { id, action: 'scrobble', progress, movie } };
  }

  return Object.assign(trakt, {
    add,
    /** All access tokens are refused from now on. */
    expireTokens: () => accessTokens.clear(),
    /** And so are the refresh tokens. */
    forgetUser: () => {
      accessTokens.clear();
      refreshTokens.clear();
    },
    fail: (failure: Failure) => trakt.failures.push(failure),
    config: {
      apiUrl: upstream.url,
      authUrl: upstream.url,
      clientId,
      clientSecret: 'secret',
    } satisfies TraktConfig,
    stop: () => upstream.stop(),
  });
}

export type TestTrakt = Awaited<ReturnType<typeof startTrakt>>;

function isSame(a: Ids | undefined, b: Ids): boolean {
  if (!a) return false;
  return (['trakt', 'tmdb', 'imdb'] as const).some(
    (name) => (a[name] ?? null) !== null && a[name] === b[name],
  );
}

interface RatingBody {
  ids: Ids;
  rating?: number;
  rated_at?: string;
  seasons?: { number: number; episodes: { number: number; rating?: number; rated_at?: string }[] }[];
}

interface Answer {
  status: number;
  json?: unknown;
  headers?: Record<string, string>;
}

function pageOf(rows: readonly unknown[], url: URL, largestPage: number): Answer {
  const page = Number(url.searchParams.get('page') ?? 1);
  const size = Math.min(largestPage, Number(url.searchParams.get('limit') ?? 100));
  return {
    status: 200,
    json: rows.slice((page - 1) * size, page * size),
    headers: {
      'x-pagination-page': String(page),
      'x-pagination-limit': String(size),
      'x-pagination-page-count': String(Math.ceil(rows.length / size)),
      'x-pagination-item-count': String(rows.length),
    },
  };
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}
