import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StandIn } from './stand-in.js';
import { createYtsStandIn, YTS_API_PATH } from './yts.stand-in.js';

interface Row {
  hash: string;
  quality: string;
  seeds: number;
  size_bytes: number;
  url: string;
  video_codec: string;
}
interface Answer {
  status: string;
  data: { movie_count: number; movies?: { imdb_code: string; title: string; torrents: Row[] }[] };
}

const LIVE = 'abcdef0123456789abcdef0123456789abcdef01';

describe('the YTS-compatible stand-in', () => {
  let yts: StandIn;

  beforeAll(async () => {
    yts = createYtsStandIn([
      {
        imdbId: 'tt1727587',
        quality: '1080p',
        infoHash: LIVE,
        torrentFile: Buffer.from('d4:infode'),
        sizeBytes: 128_654_364,
      },
    ]);
    await yts.start();
  });
  afterAll(async () => yts.stop());

  const list = async (query: string): Promise<Answer> =>
    (await (await fetch(`${yts.baseUrl}${YTS_API_PATH}/list_movies.json?${query}`)).json()) as Answer;

  it('looks a film up by its IMDb code, the real torrent in place of an invented one', async () => {
    const { data, status } = await list('query_term=tt1727587');
    const torrents = data.movies?.[0]?.torrents ?? [];
    expect([status, data.movie_count]).toEqual(['ok', 1]);
    const live = torrents.filter((row) => row.hash === LIVE.toUpperCase());
    expect(live).toMatchObject([{ quality: '1080p', video_codec: 'x264', seeds: 100 }]);
    expect(Math.abs((live[0]?.size_bytes ?? 0) - 128_654_364)).toBeLessThan(6_000);
  });

  it('promises few seeds for the hashes that nobody has', async () => {
    const { data } = await list('limit=50');
    const dead = (data.movies ?? [])
      .flatMap((movie) => movie.torrents)
      .filter((row) => row.hash !== LIVE.toUpperCase());
    expect(dead.length).toBeGreaterThan(20);
    expect(Math.max(...dead.map((row) => row.seeds))).toBeLessThanOrEqual(3);
  });

  it('leaves the key out when nothing is found and past the last page', async () => {
    expect((await list('query_term=tt9999999')).data).not.toHaveProperty('movies');
    expect((await list('page=9')).data).toMatchObject({ movie_count: 10 });
    expect((await list('page=9')).data).not.toHaveProperty('movies');
  });

  it('serves the torrent file at the address of its row, and a page for the others', async () => {
    const { data } = await list('query_term=sintel');
    const rows = data.movies?.[0]?.torrents ?? [];
    const answers = await Promise.all(rows.map(async (row) => ({ row, response: await fetch(row.url) })));
    const good = answers.filter(
      ({ response }) => response.headers.get('content-type') === 'application/x-bittorrent',
    );
    expect(good.map(({ row }) => row.hash)).toEqual([LIVE.toUpperCase()]);
    expect(await good[0]?.response.text()).toBe('d4:infode');
    expect(answers.filter(({ response }) => response.status === 404)).toHaveLength(rows.length - 1);
  });

  it('names itself in every address', async () => {
    expect(JSON.stringify(await list('limit=50'))).not.toContain('yts.example');
  });

  it('answers details, an unknown film, and a call without an id', async () => {
    const details = async (query: string): Promise<unknown> =>
      (await fetch(`${yts.baseUrl}${YTS_API_PATH}/movie_details.json?${query}`)).json();
    expect(await details('imdb_id=tt1727587')).toHaveProperty('data.movie.title', 'Sintel');
    expect(await details('imdb_id=tt0')).toHaveProperty('data.movie.id', 0);
    expect(await details('')).toHaveProperty('status', 'error');
  });
});
