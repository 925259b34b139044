import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { DEMO_CACHE, type DemoWorld, startDemoWorld } from '@kinora/demo/world';
import { SmallS3Server } from '../../backend/src/test-support/s3-server.js';
import { hasSwift, startSwift } from '../../backend/src/test-support/swift-server.js';
import { ApiClient, textAt } from './api-client.js';
import { KinoraProcess, newDataDir, removeDataDir } from './kinora-process.js';

const minute = 60_000;
const password = 'correct horse battery';

let world: DemoWorld | null;
let store: Pick<SmallS3Server, 'settings' | 'stop' | 'storedBytes'>;
let folders: string[];
const servers: KinoraProcess[] = [];

beforeEach(async () => {
  folders = [await newDataDir(), await newDataDir()];
  // A genuine object store where there is one.
  store = (hasSwift ? await startSwift() : null) ?? (await new SmallS3Server().start());
  world = await startDemoWorld({ cacheDir: DEMO_CACHE });
}, 5 * minute);

afterEach(async () => {
  for (const server of servers.splice(0)) await server.kill();
  await world?.stop();
  await store.stop();
  for (const folder of folders) await removeDataDir(folder);
});

it(
  'two servers that share a bucket play without the swarm what either of them has fetched',
  async () => {
    const [film, other] = world?.films ?? [];
    if (!world || !film || !other) throw new Error('too few films');
    const environment = { ...world.environment, ADMIN_USERNAME: 'ada', ADMIN_PASSWORD: password };
    const [one, two] = await Promise.all([
      startServer('s3', environment, folders[0] ?? ''),
      startServer('tiered', environment, folders[1] ?? ''),
    ]);
    const bytes = [await readFile(film.filePath), await readFile(other.filePath)] as const;
    const first = await Promise.all([play(one, film.torrent), play(two, other.torrent)]);
    expect(first.map((played, at) => bytes[at]?.equals(played))).toEqual([true, true]);
    for (const [at, { infoHash }] of [film, other].entries())
      while ((await store.storedBytes(infoHash)) < (bytes[at]?.length ?? 0))
        await new Promise((resolve) => setTimeout(resolve, 100));

    // No tracker and no seeder any more.
    await world.stop();
    world = null;
    const second = await Promise.all([play(one, other.torrent), play(two, film.torrent)]);
    expect(second.map((played, at) => bytes[1 - at]?.equals(played))).toEqual([true, true]);
  },
  // A quarter of a gigabyte goes to the object store and comes back.
  8 * minute,
);

async function startServer(
  kind: 's3' | 'tiered',
  environment: Readonly<Record<string, string>>,
  dataDir: string,
): Promise<KinoraProcess> {
  const { endpoint, accessKeyId, secretAccessKey, prefix, region } = store.settings;
  const { origin, pathname } = new URL(endpoint);
  const server = await KinoraProcess.start(
    {
      ...environment,
      CHUNK_STORE: kind,
      S3_ENDPOINT: origin,
      S3_BUCKET: pathname.slice(1),
      S3_REGION: region,
      S3_PREFIX: prefix,
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
