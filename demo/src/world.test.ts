import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createControlApp } from './control.js';
import { type DemoWorld, startDemoWorld } from './world.js';

interface YtsAnswer {
  data: { movies?: { torrents: { hash: string; url: string; quality: string }[] }[] };
}

describe('the demo world', () => {
  let cacheDir: string;
  let world: DemoWorld;

  beforeAll(async () => {
    cacheDir = await mkdtemp(join(tmpdir(), 'kinora-world-'));
    world = await startDemoWorld({ cacheDir, film: { durationSeconds: 3, preset: 'ultrafast' } });
  });
  afterAll(async () => {
    await world.stop();
    await rm(cacheDir, { recursive: true, force: true });
  });

  const control = async (body: unknown): Promise<Response> =>
    createControlApp(world).request('/__control', { method: 'POST', body: JSON.stringify(body) });
  const rowsOf = async (imdbId: string): Promise<{ hash: string; url: string; quality: string }[]> => {
    const response = await fetch(
      `${world.environment['YTS_API_URL'] ?? ''}/list_movies.json?query_term=${imdbId}`,
    );
    return ((await response.json()) as YtsAnswer).data.movies?.[0]?.torrents ?? [];
  };

  it('tells the server everything it needs, all of it on loopback', () => {
    const { environment } = world;
    for (const [name, value] of Object.entries(environment)) {
      if (/_URL$|_TRACKERS$/.test(name)) expect([name, new URL(value).hostname]).toEqual([name, '127.0.0.1']);
    }
    expect(environment).toMatchObject({ TORRENT_ALLOW_PRIVATE_PEERS: 'on', TORRENT_DHT: 'off' });
    expect(environment['YTS_API_URL']).toMatch(/\/api\/v2$/);
  });

  it('lists each film under its quality with a torrent of that hash', async () => {
    expect(new Set(world.films.map((film) => film.infoHash)).size).toBe(4);
    expect(new Set(world.films.map((film) => film.variant))).toEqual(new Set(['index-first', 'index-last']));
    for (const film of world.films) {
      const row = (await rowsOf(film.imdbId)).find((known) => known.hash === film.infoHash.toUpperCase());
      expect(row?.quality).toBe(film.quality);
      const torrent = Buffer.from(await (await fetch(row?.url ?? '')).arrayBuffer());
      expect(torrent.equals(film.torrent)).toBe(true);
    }
  });

  it('has a film that nobody seeds', async () => {
    const known = new Set(world.films.map((film) => film.infoHash.toUpperCase()));
    const rows = await rowsOf('tt0807840');
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter((row) => known.has(row.hash))).toEqual([]);
  });

  it('has a seeder for every torrent, and a second one of other software for the first', () => {
    expect(world.films.map((film) => world.tracker.peers(film.infoHash).seeders)).toEqual([2, 1, 1, 1]);
    expect(world.swarm.seeders.map((seeder) => seeder.software)).toEqual(['libtorrent', 'webtorrent']);
  });

  it('makes a provider fail and heal over the control endpoint', async () => {
    const configuration = async (): Promise<number> => {
      const headers = { authorization: `Bearer ${world.environment['TMDB_API_TOKEN'] ?? ''}` };
      return (await fetch(`${world.environment['TMDB_API_URL'] ?? ''}/3/configuration`, { headers })).status;
    };
    expect((await control({ provider: 'tmdb', fail: { status: 502, path: '^/3/conf' } })).status).toBe(200);
    expect(await configuration()).toBe(502);
    await control({ provider: 'tmdb', heal: true });
    expect(await configuration()).toBe(200);
  });

  it.each([
    [{ provider: 'nobody', fail: { status: 500 } }],
    [{ provider: 'tmdb', fail: {} }],
    [{ provider: 'tmdb', fail: { status: 'x' } }],
    [{ provider: 'tmdb', fail: { body: 'odd' } }],
    [{ provider: 'tmdb', fail: { status: 500, path: '(' } }],
    [{ uploadBytesPerSecond: -1 }],
    [{}],
    [7],
  ])('refuses the order %j', async (order) => {
    const response = await control(order);
    expect(response.status).toBe(400);
    expect(await response.json()).toHaveProperty('error');
  });

  it('stops and starts the seeders', async () => {
    await control({ seeders: 'stop' });
    expect(world.tracker.peers(world.films[1]?.infoHash ?? '').seeders).toBe(0);
    await control({ seeders: 'start' });
    expect(world.tracker.peers(world.films[1]?.infoHash ?? '').seeders).toBe(1);
  });
});
