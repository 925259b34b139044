import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  type MetadataProvider,
  type PersonDetails,
  type ProviderPage,
  type SeasonDetails,
  type ShowDetails,
  type ShowSummary,
  UnknowingMetadataProvider,
} from '../services/media/metadata-provider.port.js';
import { type KinoraApi, openKinoraApi } from '../test-support/kinora-api.js';

const maker = { tmdbId: 51, name: 'A Maker', profilePath: null, knownFor: 'Acting' };
const forAll = aSeries(1, 'Paper Boats', 'TV-Y');
const grown = aSeries(2, 'Night Harbour', 'TV-MA');
const unrated = aSeries(3, 'Nobody Rated This', null);

let kinora: KinoraApi;
let root: string;
let kim: string;
/** By title, as somebody without a limit sees them. */
let ids: Map<string, string>;

beforeEach(async () => {
  kinora = await openKinoraApi({ provider: new RatedSeries() });
  root = (await kinora.signIn('root', 'correct horse', 'admin')).token;
  const account = { username: 'kim', password: 'correct horse', role: 'child', ageLimit: 10 };
  await kinora.request('POST', '/api/users', { token: root, body: account });
  const body = { username: 'kim', password: 'correct horse' };
  const login = await kinora.request('POST', '/api/auth/login', { body });
  kim = ((await login.json()) as { accessToken: string }).accessToken;
  const { rows } = (await (await get('/api/home', root)).json()) as {
    rows: { items: { id: string; title: string }[] }[];
  };
  ids = new Map(rows.flatMap(({ items }) => items).map(({ id, title }) => [title, id]));
  // Their pages are read: who plays in them, and for whom they are.
  for (const id of ids.values()) await get(`/api/shows/${id}`, root);
});

afterEach(() => kinora.dispose());

const get = (path: string, token = kim) => kinora.request('GET', path, { token });

test('a series that is not for a child is as if it were not there, on every route that names it', async () => {
  expect(ids.size).toBe(3);
  for (const [title, id] of ids) {
    const known = title === 'Paper Boats';
    const tries: [string, string, object?][] = [
      ['GET', `/api/shows/${id}`],
      ['GET', `/api/shows/${id}/similar`],
      ['GET', `/api/shows/${id}/seasons/1`],
      ['GET', `/api/shows/${id}/seasons/1/episodes/1/sources`],
      ['GET', `/api/progress/${id}`],
      ['PUT', `/api/ratings/${id}`, { rating: 5 }],
      ['PUT', `/api/ratings/${id}`, { rating: 5, season: 1, episode: 1 }],
      ['PUT', `/api/progress/${id}`, { positionSeconds: 90, durationSeconds: 600, season: 1, episode: 1 }],
      ['POST', '/api/history/marks', { mediaId: id, season: 1, watched: true }],
    ];
    for (const [method, path, body] of tries) {
      const answer = await kinora.request(method, path, { token: kim, body });
      expect([title, method, path, answer.status < 400]).toEqual([title, method, path, known]);
      if (!known) {
        expect(answer.status).toBe(404);
        expect(await answer.text()).not.toContain(title);
      }
    }
    const play = { mediaId: id, season: 1, episode: 1 };
    const answer = await kinora.request('POST', '/api/playback', { token: kim, body: play });
    // Nobody has a release of it; that it is there at all is told only where it may be.
    expect([title, ((await answer.json()) as { code: string }).code]).toEqual([
      title,
      known ? 'no-sources' : 'not-found',
    ]);
  }
});

test('home, search, discovery, what is similar and the page of a person hold only what is for a child', async () => {
  const [first] = [...ids.values()];
  const person = (await (await get(`/api/shows/${first}`, root)).json()) as {
    credits: { cast: { personId: string }[] };
  };
  const maker = person.credits.cast[0]?.personId ?? '';
  const everything = await (await get(`/api/people/${maker}`, root)).text();
  expect(everything).toContain('Night Harbour');
  for (const path of ['/api/home', '/api/search?q=a', '/api/discover?type=show', `/api/people/${maker}`]) {
    const answer = await get(path);
    const text = await answer.text();
    expect([path, answer.status]).toEqual([path, 200]);
    expect(text).toContain('Paper Boats');
    for (const hidden of ['Night Harbour', 'Nobody Rated This']) expect(text).not.toContain(hidden);
  }
  const similar = await (await get(`/api/shows/${ids.get('Paper Boats')}/similar`)).text();
  expect(similar).not.toContain('Night Harbour');
});

test('what somebody watched before the limit came is not told any more', async () => {
  const account = { username: 'lee', password: 'correct horse', role: 'child', ageLimit: 18 };
  const made = await kinora.request('POST', '/api/users', { token: root, body: account });
  const { id } = (await made.json()) as { id: string };
  const body = { username: 'lee', password: 'correct horse' };
  const login = await kinora.request('POST', '/api/auth/login', { body });
  const { accessToken: lee } = (await login.json()) as { accessToken: string };
  const mediaId = ids.get('Night Harbour') ?? '';
  const place = { positionSeconds: 590, durationSeconds: 600, state: 'finished', season: 1, episode: 1 };
  expect((await kinora.request('PUT', `/api/progress/${mediaId}`, { token: lee, body: place })).status).toBe(
    200,
  );
  expect(await (await get('/api/history', lee)).text()).toContain('Night Harbour');
  await kinora.request('PATCH', `/api/users/${id}`, { token: root, body: { ageLimit: 10 } });
  const again = await kinora.request('POST', '/api/auth/login', { body });
  const { accessToken: limited } = (await again.json()) as { accessToken: string };
  for (const path of ['/api/history', '/api/continue-watching'])
    expect(await (await get(path, limited)).text()).not.toContain('Night Harbour');
});

/** A catalogue of three series; as with TMDB, lists do not tell for whom they are. */
class RatedSeries extends UnknowingMetadataProvider {
  readonly catalogue = 'tmdb';
  readonly rows = [{ id: 'series', title: 'Series' }];

  listRow(): Promise<ShowSummary[]> {
    return Promise.resolve(all.map(summaryOf));
  }

  search({ page }: { page: number }): Promise<ProviderPage> {
    return Promise.resolve({ items: all.map(summaryOf), page, pageSize: 20, total: all.length });
  }

  findMovie(): Promise<null> {
    return Promise.resolve(null);
  }

  override findShow({ tmdbId }: { tmdbId: number | null }): Promise<ShowDetails | null> {
    return Promise.resolve(all.find((show) => show.tmdbId === tmdbId) ?? null);
  }

  override findSeason(showTmdbId: number, number: number): Promise<SeasonDetails | null> {
    const season = all.find((show) => show.tmdbId === showTmdbId)?.seasons[0];
    if (season?.number !== number) return Promise.resolve(null);
    const episode = { number: 1, tmdbId: null, title: 'One', overview: '', airDate: '2020-01-01' };
    const facts = { runtimeSeconds: 600, stillPath: null, rating: null, kind: null };
    return Promise.resolve({ ...season, episodes: [{ ...episode, ...facts }] });
  }

  override findPerson(): Promise<PersonDetails | null> {
    const facts = { biography: '', birthday: null, deathday: null, birthplace: null };
    const work = all.map((show) => ({ kind: 'cast' as const, role: 'Themselves', title: summaryOf(show) }));
    return Promise.resolve({ ...maker, ...facts, work });
  }

  override listSimilar(..._: Parameters<MetadataProvider['listSimilar']>): Promise<ShowSummary[]> {
    return Promise.resolve(all.map(summaryOf));
  }

  override discover(): Promise<ProviderPage> {
    return Promise.resolve({ items: all.map(summaryOf), page: 1, pageSize: 20, total: all.length });
  }
}

const all = [forAll, grown, unrated];

function summaryOf(show: ShowDetails): ShowSummary {
  const { type, tmdbId, imdbId, title, originalTitle, originalLanguage, year, releaseDate } = show;
  const { overview, posterPath, backdropPath, rating, voteCount } = show;
  const names = { type, tmdbId, imdbId, title, originalTitle, originalLanguage, year, releaseDate };
  return { ...names, overview, posterPath, backdropPath, rating, voteCount };
}

function aSeries(tmdbId: number, title: string, certification: string | null): ShowDetails {
  return {
    ...{
      type: 'show',
      tmdbId,
      imdbId: null,
      tvdbId: null,
      title,
      originalTitle: title,
      originalLanguage: 'en',
    },
    ...{ year: 2020, releaseDate: '2020-01-01', overview: '', posterPath: null, backdropPath: null },
    ...{ rating: null, voteCount: 0, tagline: '', runtimeSeconds: null, certification, genres: [] },
    ...{ cast: [], credits: [{ kind: 'cast', role: 'Themselves', person: maker }], videos: [] },
    ...{ lastAirDate: '2020-01-01', status: 'Ended', creators: [], networks: [], seasonCount: 1 },
    ...{ episodeCount: 1, lastEpisode: null, nextEpisode: null },
    seasons: [
      {
        number: 1,
        tmdbId: null,
        title: 'Season 1',
        overview: '',
        airDate: null,
        posterPath: null,
        episodeCount: 1,
      },
    ],
  };
}
