import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { KinoraProcess, newDataDir, removeDataDir } from './kinora-process.js';

let folders: string[];
let redis: ChildProcess;
let port: number;
const servers: KinoraProcess[] = [];

beforeEach(async () => {
  folders = [await newDataDir(), await newDataDir(), await newDataDir()];
  port = await freePort();
  redis = await startRedis();
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.kill();
  await endRedis();
  for (const folder of folders) await removeDataDir(folder);
});

it('two servers with the same keys share a limit, and go on without Redis', async () => {
  const first = await startServer(folders[1] ?? '');
  // The same keys make two servers one installation.
  await cp(path.join(folders[1] ?? '', 'secrets'), path.join(folders[2] ?? '', 'secrets'), {
    recursive: true,
  });
  const second = await startServer(folders[2] ?? '');
  // Sign-in is counted per address, ten in a minute.
  const statuses = [];
  for (let i = 0; i < 6; i += 1) statuses.push(await signIn(first), await signIn(second));
  expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 400));
  expect(statuses.slice(10)).toEqual([429, 429]);

  await endRedis();
  for (const server of [first, second]) {
    const told = async () => (await fetch(`${server.url}/ready`)).text();
    while (!(await told()).includes('"cache":false'));
    expect((await fetch(`${server.url}/ready`)).status).toBe(200);
    // Each has let five through, and lets as many more.
    const alone = [];
    for (let i = 0; i < 6; i += 1) alone.push(await signIn(server));
    expect(alone).toEqual([400, 400, 400, 400, 400, 429]);
  }
});

async function startServer(dataDir: string): Promise<KinoraProcess> {
  const server = await KinoraProcess.start(
    {
      CACHE_URL: `redis://127.0.0.1:${port}`,
      TORRENT_DHT: 'off',
      TORRENT_TRACKERS: 'http://127.0.0.1:9/announce',
      LOG_LEVEL: 'trace',
    },
    dataDir,
  );
  servers.push(server);
  return server;
}

/** Without a name or a password: it is counted all the same, and costs no hashing, which takes longer than the quota's return. */
async function signIn(server: KinoraProcess): Promise<number> {
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(`${server.url}/api/auth/login`, { method: 'POST', headers, body: '{}' });
  await answer.arrayBuffer();
  return answer.status;
}

async function startRedis(): Promise<ChildProcess> {
  const where = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folders[0] ?? ''];
  const child = spawn('redis-server', ['--save', '', ...where], { stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  while (!output.includes('Ready to accept connections')) await once(child.stdout, 'data');
  return child;
}

async function endRedis(): Promise<void> {
  if (redis.exitCode !== null || redis.signalCode !== null) return;
  const closed = once(redis, 'close');
  redis.kill('SIGKILL');
  await closed;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
