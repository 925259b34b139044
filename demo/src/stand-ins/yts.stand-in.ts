import type { Context } from 'hono';
import { Fixtures, type JsonObject, numberOf, objects, textOf } from './fixtures.js';
import { drawPicture } from './picture.js';
import { StandIn } from './stand-in.js';

/** A torrent that really exists in the demo world, in place of a row of the fixtures. */
export interface LiveRelease {
  imdbId: string;
  /** `720p`, `1080p`: the first row of that quality is replaced. */
  quality: string;
  /** 40 lower-case hex digits. */
  infoHash: string;
  torrentFile: Uint8Array;
  sizeBytes: number;
}

/** Base of the API below the stand-in's address; the server adds `/list_movies.json`. */
export const YTS_API_PATH = '/api/v2';

const FIXTURE_HOST = 'https://yts.example';
const LIVE_SWARM = { seeds: 100, peers: 24 };
/** The fixtures' hashes are invented: nobody has those files, and the counts should not promise otherwise. */
const DEAD_SWARM = { seeds: 3, peers: 1 };

/** A YTS-compatible API whose live rows point at real torrents; the other rows keep invented hashes, which no peer has. */
export function createYtsStandIn(releases: readonly LiveRelease[]): StandIn {
  const fixtures = new Fixtures('yts');
  const torrents = new Map(releases.map((release) => [release.infoHash.toUpperCase(), release.torrentFile]));
  let address = (): string => '';
  const films = fixtures
    .list('.')
    .filter((file) => /^list_movies\.tt\d+\.json$/.test(file))
    .flatMap((file) => moviesOf(fixtures.object(file)));
  const catalogue = (): JsonObject[] => films.map((film) => published(film, releases, address()));

  return new StandIn({
    name: 'yts',
    fixtures,
    addRoutes: (app, baseUrl) => {
      address = baseUrl;
      app.get(`${YTS_API_PATH}/list_movies.json`, (c) =>
        c.json(envelope(listMovies(catalogue(), c.req.query()))),
      );
      app.get(`${YTS_API_PATH}/movie_details.json`, (c) => movieDetails(c, fixtures, catalogue()));
      app.get('/torrent/download/:hash', (c) => {
        const torrent = torrents.get(c.req.param('hash').toUpperCase());
        if (torrent === undefined) return c.html(fixtures.text('errors/blocked.html'), 404);
        return c.body(Uint8Array.from(torrent), 200, { 'content-type': 'application/x-bittorrent' });
      });
      app.get('/assets/images/*', (c) => {
        const size = c.req.path.includes('background')
          ? { width: 780, height: 439 }
          : { width: 230, height: 345 };
        return c.body(Uint8Array.from(drawPicture(c.req.path, size)), 200, { 'content-type': 'image/png' });
      });
    },
    unknownPath: (c) => c.html(fixtures.text('errors/blocked.html'), 404),
  });
}

/** A row of the fixtures with live torrents where there are any, and addresses that lead here. */
function published(film: JsonObject, releases: readonly LiveRelease[], baseUrl: string): JsonObject {
  const rows = objects(film['torrents']);
  const live = new Map<JsonObject, LiveRelease>();
  for (const release of releases) {
    const row = rows.find((known) => known['quality'] === release.quality && !live.has(known));
    if (film['imdb_code'] === release.imdbId && row !== undefined) live.set(row, release);
  }
  const torrents = rows.map((row) => {
    const release = live.get(row);
    const hash = release?.infoHash.toUpperCase() ?? textOf(row['hash']);
    const counts =
      release === undefined
        ? {
            seeds: Math.min(numberOf(row['seeds']), DEAD_SWARM.seeds),
            peers: Math.min(numberOf(row['peers']), DEAD_SWARM.peers),
          }
        : { ...LIVE_SWARM, ...sizeOf(release.sizeBytes), audio_channels: '2.0' };
    return { ...row, ...counts, hash, url: `${baseUrl}/torrent/download/${hash}` };
  });
  const text = JSON.stringify({ ...film, torrents }).replaceAll(FIXTURE_HOST, baseUrl);
  return JSON.parse(text) as JsonObject;
}

/** Such services give a rounded text, and bytes computed back from it. */
function sizeOf(bytes: number): { size: string; size_bytes: number } {
  const rounded = (bytes / 1024 ** 2).toFixed(2);
  return { size: `${rounded} MB`, size_bytes: Math.floor(Number(rounded) * 1024 ** 2) };
}

function listMovies(films: readonly JsonObject[], query: Readonly<Record<string, string>>): JsonObject {
  const term = (query['query_term'] ?? '').toLowerCase();
  const genre = (query['genre'] ?? 'all').toLowerCase();
  const quality = query['quality'] ?? 'all';
  const found = films.filter(
    (film) =>
      (term === '' || film['imdb_code'] === term || textOf(film['title']).toLowerCase().includes(term)) &&
      (genre === 'all' ||
        (Array.isArray(film['genres']) &&
          film['genres'].some((name) => textOf(name).toLowerCase() === genre))) &&
      (quality === 'all' || objects(film['torrents']).some((row) => row['quality'] === quality)) &&
      numberOf(film['rating']) >= Number(query['minimum_rating'] ?? 0),
  );
  const sortBy =
    { title: 'title', year: 'year', rating: 'rating' }[query['sort_by'] ?? ''] ?? 'date_uploaded_unix';
  const sign = query['order_by'] === 'asc' ? 1 : -1;
  found.sort((a, b) =>
    sortBy === 'title'
      ? sign * textOf(a['title']).localeCompare(textOf(b['title']))
      : sign * (numberOf(a[sortBy]) - numberOf(b[sortBy])),
  );
  const limit = Math.min(50, Math.max(1, Number(query['limit'] ?? 20) || 20));
  const page = Math.max(1, Number(query['page'] ?? 1) || 1);
  const movies = found.slice((page - 1) * limit, page * limit);
  const data: JsonObject = { movie_count: found.length, limit, page_number: page };
  // The key is absent, not empty, when there is nothing to say.
  if (movies.length > 0) data['movies'] = movies;
  return data;
}

function movieDetails(c: Context, fixtures: Fixtures, films: readonly JsonObject[]): Response {
  const { imdb_id: imdbId, movie_id: movieId } = c.req.query();
  if (imdbId === undefined && movieId === undefined)
    return c.json(fixtures.object('movie_details.error.json'));
  const film = films.find(
    (known) => known['imdb_code'] === imdbId || String(numberOf(known['id'])) === movieId,
  );
  if (film === undefined) return c.json(fixtures.object('movie_details.none.json'));
  const hidden = ['summary', 'synopsis', 'state'];
  const rest = Object.fromEntries(Object.entries(film).filter(([key]) => !hidden.includes(key)));
  return c.json(envelope({ movie: { ...rest, like_count: 12, description_intro: film['summary'] ?? '' } }));
}

function envelope(data: JsonObject): JsonObject {
  const meta = {
    server_time: Math.floor(Date.now() / 1000),
    server_timezone: 'CET',
    api_version: 2,
    execution_time: '0 ms',
  };
  return { status: 'ok', status_message: 'Query was successful', data, '@meta': meta };
}

function moviesOf(answer: JsonObject): JsonObject[] {
  const data = answer['data'];
  return typeof data === 'object' && data !== null && !Array.isArray(data) ? objects(data['movies']) : [];
}
