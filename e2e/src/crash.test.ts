import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { ApiClient } from './api-client.js';
import { kinora } from './kinora-command.js';
import { KinoraProcess, newDataDir, removeDataDir } from './kinora-process.js';

const password = 'velvet otter lantern 42';
const kills = 20;
const quiet = { TORRENT_DHT: 'off', TORRENT_TRACKERS: 'http://127.0.0.1:9/announce', LOG_LEVEL: 'silent' };
let dataDir: string;
let server: KinoraProcess;

beforeEach(async () => {
  dataDir = await newDataDir();
});
afterEach(async () => {
  await server.kill();
  await removeDataDir(dataDir);
});

it(`F15 kill -9 during writes, ${kills} times: every acknowledged write is there, and the database is sound`, async () => {
  await kinora(['user', 'add', 'ada-0', '--role', 'admin', '--data-dir', dataDir], {}, password);
  let acknowledged = 0;
  let sent = 0;
  for (let round = 0; round < kills; round++) {
    server = await KinoraProcess.start(quiet, dataDir);
    // What was sent and not acknowledged may have been written or not.
    const ada = await signInAsOneOf(acknowledged, sent);
    const killed = new AbortController();
    const writing = (async () => {
      while (!killed.signal.aborted) {
        sent = acknowledged + 1;
        const answer = await ada.patch('/api/me', { username: `ada-${sent}` }).catch(() => null);
        if (answer?.status === 200) acknowledged = sent;
        else if (answer) await delay(20);
      }
    })();
    await delay(Math.random() * 200);
    await server.kill();
    killed.abort();
    await writing;
  }
  expect(acknowledged).toBeGreaterThan(kills / 2);
  server = await KinoraProcess.start(quiet, dataDir);
  await signInAsOneOf(acknowledged, sent);
  await server.stop();
  const { stdout } = await kinora(['doctor', '--data-dir', dataDir], { PORT: '0' });
  expect(stdout).toMatch(/^ok +database /m);
  expect((await kinora(['audit', 'verify', '--data-dir', dataDir])).stdout).toContain('intact');

  async function signInAsOneOf(...numbers: number[]): Promise<ApiClient> {
    const { stdout: list } = await kinora(['user', 'list', '--data-dir', dataDir]);
    const found = Number(/^ada-(\d+) /.exec(list)?.[1]);
    expect(numbers).toContain(found);
    acknowledged = found;
    return ApiClient.signIn(server, `ada-${found}`, password);
  }
}, 180_000);
