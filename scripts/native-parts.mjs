// Compiles the native modules that the server needs. `npm ci` runs no install script (.npmrc), so this is the one place that does.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runNode, runProgram } from './run-node.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(new URL('../backend/package.json', import.meta.url));

/** Packages whose install script may run, and how to see that they work. All others work without theirs. */
export const nativeParts = {
  'better-sqlite3': () => {
    const Database = require('better-sqlite3');
    new Database(':memory:').close();
  },
};

/** Compiles every native module that is missing or does not fit this version of Node. Resolves to false when one cannot be made. */
export async function ensureNativeParts() {
  for (const [name, load] of Object.entries(nativeParts)) {
    if (failureOf(load) === null) continue;
    console.error(`Compiling ${name} ...`);
    const hasCompiler = ['make', 'g++', 'python3'].every((tool) => runs(tool));
    // From the source that the lock file's hash covers; a ready-made binary comes from elsewhere, unchecked.
    const code = await rebuild(name, hasCompiler);
    const failure = failureOf(load);
    if (failure === null) continue;
    if (code !== 0 && !hasCompiler)
      console.error('A compiler is needed. On Debian: apt-get install build-essential python3');
    console.error(`Could not load ${name}: ${failure}`);
    return false;
  }
  return true;
}

function rebuild(name, fromSource) {
  const args = ['rebuild', name, '--ignore-scripts=false', ...(fromSource ? ['--build-from-source'] : [])];
  const options = {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...headers() },
  };
  // The npm that runs this script, where one does.
  const npm = process.env.npm_execpath;
  return npm?.endsWith('.js') ? runNode([npm, ...args], options) : runProgram('npm', args, options);
}

/** The headers that came with this Node, so that none are downloaded. */
function headers() {
  const prefix = path.dirname(path.dirname(process.execPath));
  return existsSync(path.join(prefix, 'include/node/node.h')) ? { npm_config_nodedir: prefix } : {};
}

function failureOf(load) {
  try {
    load();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0] : String(error);
  }
}

function runs(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  process.exit((await ensureNativeParts()) ? 0 : 1);
