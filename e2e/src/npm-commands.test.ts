import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newDataDir, removeDataDir } from './kinora-process.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const minute = 60_000;
/** Marks every process that one test has started, however deep. */
const mark = 'KINORA_TEST_RUN';

let dataDir: string;
let run: string;

beforeEach(async () => {
  dataDir = await newDataDir();
  run = randomUUID();
});

afterEach(async () => {
  for (const pid of processesOfRun()) process.kill(pid, 'SIGKILL');
  await removeDataDir(dataDir);
});

describe('F17 an npm command whose npm is stopped by SIGTERM', () => {
  it.each([
    ['start', /Kinora is ready/],
    ['demo', /demo is ready/],
  ] as const)(
    'npm run %s: leaves nothing running',
    async (script, ready) => {
      const { PATH = '', HOME = '' } = process.env;
      const npm = spawn('npm', ['run', script], {
        cwd: root,
        env: {
          ...{ PATH, HOME, HOST: '127.0.0.1', PORT: String(await freePort()), DATA_DIR: dataDir },
          ...{ TORRENT_DHT: 'off', TORRENT_TRACKERS: 'http://127.0.0.1:9/announce', LOG_LEVEL: 'silent' },
          [mark]: run,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const exited = once(npm, 'exit');
      let output = '';
      for (const stream of [npm.stdout, npm.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text;
        });
      while (!ready.test(output))
        if ((await Promise.race([once(npm.stdout, 'data').then(() => 'data' as const), exited])) !== 'data')
          throw new Error(`npm ended before it was ready:\n${output}`);
      // The server and the engine's process, whose environment is its own.
      const started = descendantsOf(npm.pid ?? 0);
      expect(started.length).toBeGreaterThanOrEqual(2);
      const left = () =>
        [...new Set([...started, ...processesOfRun()])].map(commandOf).filter((it) => it !== '');

      npm.kill('SIGTERM');
      await exited;
      for (const deadline = Date.now() + 20_000; left().length > 0 && Date.now() < deadline; )
        await delay(50);
      expect(left()).toEqual([]);
    },
    5 * minute,
  );
});

/** Ids of the living processes that have this run's mark in their environment. */
function processesOfRun(): number[] {
  const wanted = `${mark}=${run}`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => readOf(pid, 'environ').split('\0').includes(wanted))
    .map(Number);
}

/** Ids of the processes that `ancestor` has started, and of those that they have. */
function descendantsOf(ancestor: number): number[] {
  const text = readOf(`${ancestor}/task/${ancestor}`, 'children').trim();
  const children = text === '' ? [] : text.split(' ').map(Number);
  return children.flatMap((pid) => [pid, ...descendantsOf(pid)]);
}

/** Command line of a process; empty when it has ended. */
function commandOf(pid: number): string {
  return readOf(String(pid), 'cmdline').replaceAll('\0', ' ');
}

/** Text of a file of a process; empty when the process has ended. */
function readOf(pid: string, file: 'environ' | 'cmdline' | 'children'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

async function freePort(): Promise<number> {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const address = holder.address();
  holder.close();
  await once(holder, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
