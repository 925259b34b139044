import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from './fixtures.js';
import type { StandIn } from './stand-in.js';
import { createTmdbStandIn, TMDB_TOKEN } from './tmdb.stand-in.js';

interface Page {
  page: number;
  results: { id: number; title?: string; name?: string; media_type?: string }[];
  total_pages: number;
  total_results: number;
}

describe('the TMDB stand-in', () => {
  let tmdb: StandIn;

  beforeAll(async () => {
    tmdb = createTmdbStandIn();
    await tmdb.start();
  });
  afterAll(async () => tmdb.stop());

  const get = async (
    path: string,
    headers: Record<string, string> = { authorization: `Bearer ${TMDB_TOKEN}` },
  ): Promise<Response> => fetch(`${tmdb.baseUrl}${path}`, { headers });
  const object = async (path: string): Promise<JsonObject> => (await (await get(path)).json()) as JsonObject;
  const page = async (path: string): Promise<Page> => (await (await get(path)).json()) as Page;
  const titles = async (path: string): Promise<(string | undefined)[]> =>
    (await page(path)).results.map((row) => row.title ?? row.name);

  it('wants a key, as a bearer token or as api_key', async () => {
    const refused = await get('/3/movie/10378', {});
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ status_code: 7, success: false });
    expect((await get('/3/movie/10378', { authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await get(`/3/movie/10378?api_key=${TMDB_TOKEN}`, {})).status).toBe(200);
  });

  it('answers details with exactly the blocks that are asked for', async () => {
    const plain = await object('/3/movie/10378?language=en-US');
    expect(plain).toMatchObject({ id: 10378, imdb_id: 'tt1254207', title: 'Big Buck Bunny' });
    expect(plain).not.toHaveProperty('credits');
    const full = await object('/3/movie/10378?append_to_response=videos,credits,recommendations,nonsense');
    expect(full).toHaveProperty('videos.results');
    expect(full).toHaveProperty('credits.crew');
    expect(full).toHaveProperty('recommendations.results');
    expect(full).not.toHaveProperty('nonsense');
  });

  it('translates as TMDB does: known texts, else empty ones, and a title that falls back', async () => {
    const italian = await object('/3/movie/10378?language=it-IT');
    expect(italian['overview']).toMatch(/^Un grosso coniglio/);
    expect(italian['title']).toBe('Big Buck Bunny');
    expect((await object('/3/movie/10378?language=ja'))['overview']).toBe('');
  });

  it('filters images by language', async () => {
    const strict = await object('/3/movie/10378?append_to_response=images&language=en');
    const wide = await object(
      '/3/movie/10378?append_to_response=images&language=en&include_image_language=en,null',
    );
    expect(strict).toHaveProperty('images.backdrops.length', 1);
    expect(wide).toHaveProperty('images.backdrops.length', 3);
  });

  it('knows nothing of unknown ids', async () => {
    for (const path of [
      '/3/movie/424242',
      '/3/tv/1',
      '/3/nonsense',
      '/3/tv/990001/season/9',
      '/3/movie/10378/nonsense',
    ]) {
      const response = await get(path);
      expect([path, response.status]).toEqual([path, 404]);
      expect(await response.json()).toMatchObject({ success: false, status_code: 34 });
    }
  });

  it('finds films by any part of their title, in any case', async () => {
    expect(await titles('/3/search/movie?query=BUCK')).toEqual(['Big Buck Bunny']);
    expect(await page('/3/search/movie?query=zzzz')).toEqual({
      page: 1,
      results: [],
      total_pages: 0,
      total_results: 0,
    });
    expect(await titles('/3/search/movie?query=bunny&primary_release_year=1999')).toEqual([]);
    expect((await page('/3/search/movie?query=sintel')).results[0]).not.toHaveProperty('media_type');
  });

  it('tells films, series and people apart in a search for everything', async () => {
    const { results } = await page('/3/search/multi?query=en');
    expect(new Set(results.map((row) => row.media_type))).toEqual(new Set(['movie', 'tv']));
    expect((await page('/3/search/multi?query=keaton')).results[0]).toMatchObject({ media_type: 'person' });
  });

  it.each([
    '/3/movie/popular',
    '/3/movie/top_rated',
    '/3/movie/now_playing',
    '/3/trending/movie/week',
    '/3/trending/all/day',
    '/3/discover/movie?sort_by=vote_average.desc',
  ])('answers %s with a page of rows', async (path) => {
    const { results, total_results: total } = await page(path);
    expect(results.length).toBeGreaterThan(5);
    expect(total).toBe(results.length);
    expect(await page(`${path}${path.includes('?') ? '&' : '?'}page=2`)).toMatchObject({
      page: 2,
      results: [],
    });
  });

  it('discovers by genre and refuses pages over 500', async () => {
    expect(await titles('/3/discover/movie?with_genres=27,53')).toEqual(['Night of the Living Dead']);
    expect((await titles('/3/discover/movie?with_genres=27|16')).length).toBeGreaterThan(2);
    expect((await get('/3/discover/movie?page=501')).status).toBe(400);
  });

  it('answers series, seasons, genres and external ids', async () => {
    expect(await object('/3/tv/990001?append_to_response=season/1')).toHaveProperty(
      'season/1.season_number',
      1,
    );
    expect(await object('/3/tv/990001/season/2')).toHaveProperty('season_number', 2);
    expect(await object('/3/tv/990001/season/1/episode/2')).toHaveProperty('episode_number', 2);
    expect(await object('/3/genre/movie/list?language=en-US')).toHaveProperty('genres.0.name');
    expect(await object('/3/find/tt1727587?external_source=imdb_id')).toHaveProperty(
      'movie_results.0.id',
      45745,
    );
    expect(await object('/3/find/tt0000000?external_source=imdb_id')).toMatchObject({
      movie_results: [],
      tv_results: [],
    });
  });

  it('serves images at the address of its configuration, in the shape of their kind, without a key', async () => {
    const { images } = (await object('/3/configuration')) as { images: { secure_base_url: string } };
    expect(images.secure_base_url).toBe(`${tmdb.baseUrl}/t/p/`);
    const film = await object('/3/movie/10378');
    const size = async (asked: string, path: unknown): Promise<number[]> => {
      const response = await fetch(`${images.secure_base_url}${asked}${String(path)}`);
      expect(response.headers.get('content-type')).toBe('image/png');
      const png = Buffer.from(await response.arrayBuffer());
      return [png.readUInt32BE(16), png.readUInt32BE(20)];
    };
    expect(await size('w342', film['poster_path'])).toEqual([342, 513]);
    expect(await size('w780', film['backdrop_path'])).toEqual([780, 439]);
    expect(await size('original', '/unknown.jpg')).toEqual([780, 1170]);
  });

  it('knows everybody who is in one of its titles, with what they did', async () => {
    const film = await object('/3/movie/4808?append_to_response=credits');
    const { cast } = film['credits'] as { cast: { id: number; name: string; character: string }[] };
    for (const { id, name, character } of cast) {
      const person = await object(`/3/person/${id}?append_to_response=combined_credits`);
      expect(person).toMatchObject({ id, name });
      const credits = person['combined_credits'] as { cast: JsonObject[] };
      expect(credits.cast).toContainEqual(
        expect.objectContaining({ id: 4808, media_type: 'movie', character }),
      );
    }
    expect(await object(`/3/person/${cast[0]?.id ?? 0}`)).not.toHaveProperty('combined_credits');
    expect((await get('/3/person/1')).status).toBe(404);
  });

  it('has public lists', async () => {
    const list = await object('/3/list/2?page=1');
    expect(list).toMatchObject({ name: 'Before 1970', total_pages: 1 });
    expect((list['items'] as { title: string }[]).map(({ title }) => title)).toContain('Charade');
    expect((await object('/3/list/2?page=2'))['items']).toEqual([]);
    expect((await get('/3/list/99')).status).toBe(404);
  });

  it('tells what changed, page by page, and refuses more than fourteen days', async () => {
    const first = await page('/3/movie/changes?start_date=2026-11-10&end_date=2026-11-22&page=1');
    expect(first.results.map(({ id }) => id)).toContain(10378);
    expect(first.total_pages).toBe(2);
    expect((await page('/3/movie/changes?page=2')).page).toBe(2);
    expect((await page('/3/tv/changes')).results.length).toBeGreaterThan(0);
    expect((await get('/3/movie/changes?start_date=2026-11-01&end_date=2026-11-22')).status).toBe(422);
  });
});
