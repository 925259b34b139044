import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { ApiClient, textAt } from './api-client.js';
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
  let changes = 0;
  let sent = 0;
  // The sign-in outlives the server, as it does for a browser.
  let ada: ApiClient | undefined;
  for (let round = 0; round < kills; round++) {
    server = await KinoraProcess.start(quiet, dataDir);
    ada = ada?.at(server) ?? (await ApiClient.signIn(server, 'ada-0', password));
    await seeWhatIsThere(ada);
    const writer = ada;
    const killed = new AbortController();
    const writing = (async () => {
      while (!killed.signal.aborted) {
        sent = acknowledged + 1;
        const answer = await writer.patch('/api/me', { username: `ada-${sent}` }).catch(() => null);
        if (answer?.status === 200) {
          acknowledged = sent;
          changes += 1;
        } else if (answer) await delay(20);
      }
    })();
    // At least every second time something was acknowledged, however slow the machine.
    const before = acknowledged;
    const deadline = Date.now() + 10_000;
    while (round % 2 === 0 && acknowledged === before && Date.now() < deadline) await delay(2);
    await delay(Math.random() * 200);
    await server.kill();
    killed.abort();
    await writing;
  }
  expect(acknowledged).toBeGreaterThanOrEqual(kills / 2);
  server = await KinoraProcess.start(quiet, dataDir);
  await seeWhatIsThere((ada ?? fail()).at(server));
  // Each change that was acknowledged is also in the audit log.
  const { body } = await (ada ?? fail()).at(server).get('/api/admin/audit?action=account.changed&pageSize=1');
  expect((body as { total: number }).total).toBeGreaterThanOrEqual(changes);
  await server.stop();
  const { stdout } = await kinora(['doctor', '--data-dir', dataDir], { PORT: '0' });
  expect(stdout).toMatch(/^ok +database /m);
  expect((await kinora(['audit', 'verify', '--data-dir', dataDir])).stdout).toContain('intact');

  /** What was sent and not acknowledged may have been written or not. */
  async function seeWhatIsThere(client: ApiClient): Promise<void> {
    const { body } = await client.get('/api/me');
    const found = Number(/^ada-(\d+)$/.exec(textAt(body, 'username'))?.[1]);
    expect([acknowledged, sent]).toContain(found);
    acknowledged = found;
  }
}, 300_000);

function fail(): never {
  throw new Error('nobody is signed in');
}
