// `npm run bench`: builds what is stale, then measures. Never part of the tests.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { ensurePackages } from './system-packages.mjs';

if (!ensurePackages() || !build()) process.exit(1);
const cwd = fileURLToPath(new URL('..', import.meta.url));
const { status } = spawnSync(process.execPath, ['--import', 'tsx', 'bench/src/play.bench.ts'], {
  cwd,
  stdio: 'inherit',
});
process.exit(status ?? 1);
