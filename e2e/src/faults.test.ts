// What a machine can do to a server, done to the built one.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { KinoraProcess, newDataDir, removeDataDir } from './kinora-process.js';

const program = fileURLToPath(new URL('../../backend/bin/kinora.js', import.meta.url));
const quiet = { TORRENT_DHT: 'off', TORRENT_TRACKERS: 'http://127.0.0.1:9/announce', LOG_LEVEL: 'trace' };
const host = '127.0.0.1';
const mayLimit = spawnSync('prlimit', ['--nofile=128', 'true']).status === 0;

let dataDir: string;
let server: KinoraProcess | null = null;
let child: ChildProcess | null = null;

beforeEach(async () => {
  dataDir = await newDataDir();
});
afterEach(async () => {
  await server?.kill();
  server = null;
  if (child?.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit');
  child = null;
  await removeDataDir(dataDir);
});

const answers = async (url: string) =>
  fetch(`${url}/ready`, { signal: AbortSignal.timeout(5_000) }).then(
    async (response) => (await response.text()) !== '' && response.status === 200,
    () => false,
  );

(mayLimit ? it : it.skip)(
  'F34 with no file descriptor left it goes on, and is whole again when there are some',
  async () => {
    server = await KinoraProcess.start(quiet, dataDir);
    const { url, pid } = server;
    while (!(await answers(url)));
    // Afterwards: to load the program Node itself opens more files than that.
    spawnSync('prlimit', ['--pid', String(pid), '--nofile=128']);
    const port = Number(new URL(url).port);
    const earlier = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await ask(earlier, `${url}/health`)).toBe(200);
    const sockets: Socket[] = [];
    const isFull = () => readdirSync(`/proc/${pid}/fd`).length >= 128;
    while (!isFull()) {
      for (let count = 0; count < 50; count += 1)
        sockets.push(connect(port, host).on('error', () => undefined));
      await delay(50);
    }
    // Whoever comes now is not served, and does no harm; nor does one who came before and wants what lies in files.
    await answers(url);
    for (let count = 0; count < 5; count += 1) {
      for (const path of ['/favicon.svg', '/api/docs/assets/swagger-ui.css', '/api/setup', '/ready'])
        expect((await ask(earlier, url + path)) ?? 500).toBeGreaterThanOrEqual(200);
    }
    for (const socket of sockets) socket.destroy();
    while (!(await answers(url)));
    for (const path of ['/favicon.svg', '/api/docs/assets/swagger-ui.css', '/api/setup'])
      expect([path, (await fetch(url + path)).status]).toEqual([path, 200]);
    earlier.destroy();
    expect(server.output).not.toContain('"level":60');
    expect(plainLinesOf(server.output)).toEqual([]);
    expect(await server.stop()).toMatchObject({ code: 0 });
  },
  120_000,
);

it.each(['closed', 'full'] as const)(
  'F35 with its standard output %s it serves, and stops when it is asked to',
  async (how) => {
    const port = await freePort();
    const full = how === 'full' ? openSync('/dev/full', 'w') : null;
    const { PATH = '' } = process.env;
    child = spawn(process.execPath, [program, 'start'], {
      env: { PATH, HOST: host, PORT: String(port), DATA_DIR: dataDir, ...quiet },
      stdio: ['ignore', full ?? 'pipe', 'ignore'],
    });
    if (full !== null) closeSync(full);
    child.stdout?.once('data', () => child?.stdout?.destroy());
    const url = `http://${host}:${port}`;
    while (!(await answers(url))) expect(child.exitCode).toBeNull();
    // Each is a line that cannot be written.
    for (let count = 0; count < 20; count += 1) expect(await answers(url)).toBe(true);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(Number(/^kinora_log_lines_lost (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(20);
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  },
  120_000,
);

it('F19 F28 stopped for some seconds and continued, it serves, and has not taken its own pause for a fault of the engine', async () => {
  server = await KinoraProcess.start(quiet, dataDir);
  const { url, pid } = server;
  while (!(await answers(url)));
  const engine = childrenOf(pid);
  process.kill(pid, 'SIGSTOP');
  // Long enough for an engine that is as silent to be ended.
  await delay(3_000);
  process.kill(pid, 'SIGCONT');
  expect(await answers(url)).toBe(true);
  while (!server.output.includes('the process stood still')) await delay(50);
  expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/^kinora_engine_restarts_total 0$/m);
  expect(childrenOf(pid)).toEqual(engine);
  expect(await server.stop()).toMatchObject({ code: 0 });
}, 120_000);

it('F17 killed, it leaves no process behind, and its ports are free', async () => {
  const ports = { PORT: String(await freePort()), TORRENT_PORT: String(await freePort()) };
  server = await KinoraProcess.start({ ...quiet, ...ports }, dataDir);
  while (!(await answers(server.url)));
  const engine = childrenOf(server.pid);
  expect(engine).toHaveLength(1);
  await server.kill();
  while (engine.some((pid) => existsSync(`/proc/${pid}`))) await delay(20);
  server = await KinoraProcess.start({ ...quiet, ...ports }, dataDir);
  while (!(await answers(server.url)));
  expect(server.output).not.toContain('is taken');
  expect(await server.stop()).toMatchObject({ code: 0 });
}, 120_000);

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

/** The status of an answer, or null when there is none. */
function ask(agent: Agent, address: string): Promise<number | null> {
  return new Promise((resolve) => {
    const request = get(address, { agent, timeout: 5_000 }, (response) => {
      response.on('error', () => resolve(null)).on('end', () => resolve(response.statusCode ?? null));
      response.resume();
    });
    request.on('timeout', () => request.destroy()).on('error', () => resolve(null));
  });
}

/** What is in the output and is neither a line of the log nor the one that says where the server is. */
function plainLinesOf(output: string): string[] {
  return output.split('\n').filter((line) => line !== '' && !/^(\{.*\}$|Kinora is ready: )/.test(line));
}

async function freePort(): Promise<number> {
  const holder = createServer().listen(0, host);
  await once(holder, 'listening');
  const address = holder.address();
  holder.close();
  await once(holder, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
