import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { DEMO_CACHE, type DemoWorld, startDemoWorld } from '@kinora/demo/world';
import { SmallS3Server } from '../../backend/src/test-support/s3-server.js';
import { ApiClient, textAt } from './api-client.js';
import { KinoraProcess, newDataDir, removeDataDir } from './kinora-process.js';

const minute = 60_000;
const password = 'correct horse battery';

let world: DemoWorld | null;
let s3: SmallS3Server;
let folders: string[];
const servers: KinoraProcess[] = [];

beforeEach(async () => {
  folders = [await newDataDir(), await newDataDir()];
  s3 = await new SmallS3Server().start();
  world = await startDemoWorld({ cacheDir: DEMO_CACHE });
}, 5 * minute);

afterEach(async () => {
  for (const server of servers.splice(0)) await server.kill();
  await world?.stop();
  await s3.stop();
  for (const folder of folders) await removeDataDir(folder);
});

it(
  'what one server has fetched another that shares its bucket plays without the swarm',
  async () => {
    const film = world?.films.find(({ title }) => title === 'Big Buck Bunny');
    if (!world || !film) throw new Error('no film');
    const bytes = await readFile(film.filePath);
    const environment = { ...world.environment, ADMIN_USERNAME: 'ada', ADMIN_PASSWORD: password };
    const first = await startServer('s3', environment, folders[0] ?? '');
    expect((await play(first, film.torrent)).equals(bytes)).toBe(true);
    const stored = () => [...s3.objects].filter(([key]) => key.includes(film.infoHash));
    const storedBytes = () => stored().reduce((sum, [, object]) => sum + object.length, 0);
    while (storedBytes() < bytes.length) await new Promise((resolve) => setTimeout(resolve, 50));
    await first.stop();
    await world.stop();
    world = null;

    const alone = { ...environment, TORRENT_TRACKERS: 'http://127.0.0.1:9/announce' };
    const second = await startServer('tiered', alone, folders[1] ?? '');
    expect((await play(second, film.torrent)).equals(bytes)).toBe(true);
  },
  5 * minute,
);

async function startServer(
  store: 's3' | 'tiered',
  environment: Readonly<Record<string, string>>,
  dataDir: string,
): Promise<KinoraProcess> {
  const { endpoint, accessKeyId, secretAccessKey } = s3.settings;
  const server = await KinoraProcess.start(
    {
      ...environment,
      CHUNK_STORE: store,
      S3_ENDPOINT: endpoint.replace(/\/bucket$/, ''),
      S3_BUCKET: 'bucket',
      S3_ACCESS_KEY_ID: accessKeyId,
      S3_SECRET_ACCESS_KEY: secretAccessKey,
      LOG_LEVEL: 'trace',
    },
    dataDir,
  );
  servers.push(server);
  return server;
}

async function play(server: KinoraProcess, torrent: Uint8Array): Promise<Buffer> {
  const api = await ApiClient.signIn(server, 'ada', password);
  const answer = await api.postBytes('/api/playback', torrent, 'application/x-bittorrent');
  expect(answer.status).toBe(201);
  return api.bytes(textAt(answer.body, 'url'), 'bytes=0-');
}
