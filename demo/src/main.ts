// What `npm run demo` runs: the world, and the built server inside it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ControlServer } from './control.js';
import { MissingRequirementError } from './requirements.js';
import { DEMO_CACHE, startDemoWorld } from './world.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const USER = { name: 'demo', password: 'demo-demo-demo' } as const;
/** Eight times the film's own rate from each seeder: it starts at once, and one can still watch it arrive. */
const UPLOAD_BYTES_PER_SECOND = 1_600_000;
const READY_DEADLINE_MS = 60_000;

const leaving = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => leaving.abort());

process.exitCode = await run().catch((error: unknown) => {
  if (leaving.signal.aborted) return 0;
  console.error(error instanceof MissingRequirementError ? error.message : error);
  return 1;
});

async function run(): Promise<number> {
  const log = (line: string): void => console.log(`demo: ${line}`);
  const world = await startDemoWorld({
    cacheDir: DEMO_CACHE,
    uploadBytesPerSecond: UPLOAD_BYTES_PER_SECOND,
    log,
    signal: leaving.signal,
  });
  const control = new ControlServer(world);
  try {
    await control.start();
    if (leaving.signal.aborted) return 0;
    return await runServer(world.environment, control.url);
  } finally {
    await control.stop();
    await world.stop();
  }
}

/** Gives the exit code: 0 when somebody asked us to leave, else the server's own. */
async function runServer(worldEnvironment: Record<string, string>, controlUrl: string): Promise<number> {
  const port = process.env['PORT'] ?? '8787';
  // The password is public, so other machines are let in only when somebody says so.
  const host = process.env['HOST'] ?? '127.0.0.1';
  const server = spawn(process.execPath, ['backend/bin/kinora.js', 'start'], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      ...worldEnvironment,
      ...{ PORT: port, HOST: host, DATA_DIR: `${DEMO_CACHE}/data` },
      ...{ ADMIN_USERNAME: USER.name, ADMIN_PASSWORD: USER.password },
    },
  });
  const ended = once(server, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const end = (): unknown => server.kill('SIGTERM');
  leaving.signal.addEventListener('abort', end);
  if (leaving.signal.aborted) end();

  const url = `http://127.0.0.1:${port}`;
  if ((await Promise.race([ready(url), ended.then(() => 'ended' as const)])) === 'ready')
    welcome(url, controlUrl);
  const [code] = await ended;
  return leaving.signal.aborted ? 0 : (code ?? 1);
}

async function ready(url: string): Promise<'ready' | 'late'> {
  const deadline = Date.now() + READY_DEADLINE_MS;
  while (Date.now() < deadline && !leaving.signal.aborted) {
    const answer = await fetch(`${url}/health`).catch(() => null);
    if (answer?.ok === true) return 'ready';
    await delay(100);
  }
  return 'late';
}

function welcome(url: string, controlUrl: string): void {
  console.log(`
  Kinora's demo is ready.

    Open       ${url}
    Sign in    ${USER.name} / ${USER.password}
    Try        Big Buck Bunny, Sintel, Tears of Steel: they play, from a real swarm on this machine
               Elephants Dream: nobody has it, so it waits and says why
    Control    ${controlUrl}
               GET it to see how to make a provider fail or the seeders stop

  Ctrl-C ends it.
`);
}
