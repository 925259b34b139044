// A swarm and viewers that misbehave, before the built server: what it holds, and what it tells.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEMO_CACHE, type DemoFilm, type DemoWorld, startDemoWorld } from '@kinora/demo/world';
import { ApiClient, textAt } from './api-client.js';
import { KinoraProcess, newDataDir, removeDataDir } from './kinora-process.js';
import { FilmReader } from './vpn/film-reader.js';

const minute = 60_000;
const MiB = 1024 * 1024;
const account = { ADMIN_USERNAME: 'ada', ADMIN_PASSWORD: 'correct horse battery' };

describe('a server whose viewers and swarm misbehave', () => {
  let world: DemoWorld;
  let dataDir: string;
  let kinora: KinoraProcess;
  let api: ApiClient;

  beforeAll(async () => {
    world = await startDemoWorld({ cacheDir: DEMO_CACHE });
    dataDir = await newDataDir();
    kinora = await KinoraProcess.start({ ...world.environment, ...account, LOG_LEVEL: 'warn' }, dataDir);
    api = await ApiClient.signIn(kinora, account.ADMIN_USERNAME, account.ADMIN_PASSWORD);
  }, 5 * minute);

  afterAll(async () => {
    await kinora.kill();
    await world.stop();
    await removeDataDir(dataDir);
  });

  const filmNamed = (title: string): DemoFilm => {
    const film = world.films.find((other) => other.title === title);
    if (!film) throw new Error(`no ${title}`);
    return film;
  };
  const streams = async () =>
    Number(/^kinora_streams_open (\d+)$/m.exec(await (await fetch(`${kinora.url}/metrics`)).text())?.[1]);
  const processes = () => [kinora.pid, ...childrenOf(kinora.pid)];
  const handles = () => processes().reduce((sum, pid) => sum + readdirSync(`/proc/${pid}/fd`).length, 0);
  const resident = () => processes().reduce((sum, pid) => sum + residentOf(pid), 0);

  it(
    'F26 two hundred seeks leave no reader and no handle behind',
    async () => {
      const film = filmNamed('Big Buck Bunny');
      const { body } = await api.post('/api/playback', { magnet: film.magnet });
      const url = kinora.url + textAt(body, 'url');
      await api.bytes(textAt(body, 'url'), 'bytes=0-999999');
      const before = handles();
      for (let seek = 0; seek < 200; seek += 1) {
        const leaving = new AbortController();
        // Places of no order, the same ones each time.
        const at = (seek * 7_919_317) % (film.sizeBytes - MiB);
        const answer = await fetch(url, { headers: { Range: `bytes=${at}-` }, signal: leaving.signal });
        expect(answer.status).toBe(206);
        if (seek % 3 !== 0) await answer.body?.getReader().read();
        leaving.abort();
      }
      while ((await streams()) > 0) await delay(50);
      // Connections to peers come and go besides.
      while (handles() > before + 15) await delay(100);
      await api.delete(`/api/playback/${textAt(body, 'id')}`);
    },
    2 * minute,
  );

  it(
    'F25 a hundred readers that stop reading hold no more than their share of memory',
    async () => {
      const film = filmNamed('Sintel');
      const { body } = await api.post('/api/playback', { magnet: film.magnet });
      const path = textAt(body, 'url');
      // All of it lies on disk: what is measured is the readers.
      expect((await api.bytes(path)).length).toBe(film.sizeBytes);
      const before = resident();
      const { hostname, port, host } = new URL(kinora.url);
      const sockets: Socket[] = [];
      await Promise.all(
        Array.from({ length: 100 }, async (_, n) => {
          const socket = connect(Number(port), hostname).on('error', () => undefined);
          sockets.push(socket);
          socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nRange: bytes=${n * MiB}-\r\n\r\n`);
          await new Promise<void>((resolve) => socket.once('data', () => resolve()));
          socket.pause();
        }),
      );
      expect(await streams()).toBe(100);
      // Longer than it takes to fill what there is to fill.
      await delay(2_000);
      // 75 to 110 MB were measured, 150 MB are the goal; without a bound it were four times as much.
      expect(resident() - before).toBeLessThan(200e6);
      for (const socket of sockets) socket.destroy();
      while ((await streams()) > 0) await delay(50);
      await api.delete(`/api/playback/${textAt(body, 'id')}`);
    },
    2 * minute,
  );

  it(
    'F21 when the only seeder goes at 40 % the state says so and names another source; it comes back, and the film goes on',
    async () => {
      const { body: found } = await api.get('/api/search?q=tears%20of%20steel');
      world.swarm.setUploadRate(16_000_000);
      const started = await api.post('/api/playback', { mediaId: textAt(found, 'items', 0, 'id') });
      const infoHash = textAt(started.body, 'source', 'infoHash');
      const film = world.films.find((other) => other.infoHash === infoHash);
      if (!film) throw new Error('no film');
      const reader = new FilmReader(kinora.url + textAt(started.body, 'url'));
      while (reader.received < 0.4 * film.sizeBytes) await delay(20);
      await world.swarm.stop();
      const goneAt = performance.now();
      const state = async () =>
        (await api.get(`/api/playback/${textAt(started.body, 'id')}?waiting=true`)).body as {
          verdict: { cause: string } | null;
          alternatives: string[];
          swarm: { seeders: number } | null;
        };
      let told = await state();
      while (told.verdict?.cause !== 'swarm' || told.alternatives.length === 0) {
        await delay(250);
        told = await state();
      }
      // Twenty seconds to the word, thirty to the other source, on a quiet machine.
      expect(performance.now() - goneAt).toBeLessThan(60_000);
      expect(reader.hasEnded).toBe(false);
      expect(reader.received).toBeLessThan(film.sizeBytes);

      world.swarm.setUploadRate(null);
      await world.swarm.start();
      while (!reader.hasEnded) await delay(100);
      expect(reader.bytes.equals(await readFile(film.filePath))).toBe(true);
    },
    4 * minute,
  );

  it(
    'F17 killed while it streams, it goes on at the same byte after the next start',
    async () => {
      const film = filmNamed('Big Buck Bunny');
      const bytes = await readFile(film.filePath);
      const { body } = await api.post('/api/playback', { magnet: film.magnet });
      const reader = new FilmReader(kinora.url + textAt(body, 'url'));
      while (reader.received < 10 * MiB) await delay(10);
      const engine = childrenOf(kinora.pid);
      await kinora.kill();
      while (!reader.hasEnded) await delay(10);
      const { received } = reader;
      kinora = await KinoraProcess.start({ ...world.environment, ...account, LOG_LEVEL: 'warn' }, dataDir);
      while (engine.some((pid) => existsSync(`/proc/${pid}`))) await delay(20);
      api = api.at(kinora);
      const again = await api.post('/api/playback', { magnet: film.magnet });
      const rest = await api.bytes(textAt(again.body, 'url'), `bytes=${received}-`);
      expect(Buffer.concat([reader.bytes, rest]).equals(bytes)).toBe(true);
    },
    2 * minute,
  );

  it('T22 a torrent without a film is refused at once, and nothing is left waiting', async () => {
    const info = 'd6:lengthi40000e4:name12:film.mp4.exe12:piece lengthi16384e6:pieces60:';
    const torrent = Buffer.concat([Buffer.from(`d4:info${info}`), Buffer.alloc(60), Buffer.from('ee')]);
    const began = performance.now();
    const answer = await api.postBytes('/api/playback', torrent, 'application/x-bittorrent');
    expect(answer).toMatchObject({ status: 422, body: { code: 'torrent-unplayable' } });
    // A second on a quiet machine.
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(kinora.output).not.toMatch(/unhandled/i);
  });
});

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

function residentOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4_096;
}
