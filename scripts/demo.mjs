// `npm run demo`: builds what is stale, then starts the self-contained world with the server in it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const cwd = fileURLToPath(new URL('..', import.meta.url));
let child = null;
let leaving = false;

// A Ctrl-C in a terminal reaches the whole group by itself; a signal to this process alone is passed on.
process.on('SIGINT', () => {
  leaving = true;
});
for (const signal of ['SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    leaving = true;
    child?.kill(signal);
  });
}

async function run(...args) {
  child = spawn(process.execPath, args, { cwd, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}

const built = await run('scripts/build.mjs');
if (leaving) process.exit(0);
if (built !== 0) process.exit(built);
process.exit(await run('--import', 'tsx', 'demo/src/main.ts'));
