// `npm run bench` measures a play in the demo world, `npm run bench -- streaming` Kinora beside other streaming servers.
// Builds what is stale first. Never part of the tests.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { ensurePackages } from './system-packages.mjs';

if (!ensurePackages() || !build()) process.exit(1);
const measure =
  process.argv[2] === 'streaming' ? 'bench/src/streaming/streaming.bench.ts' : 'bench/src/play.bench.ts';
const cwd = fileURLToPath(new URL('..', import.meta.url));
const { status } = spawnSync(process.execPath, ['--import', 'tsx', measure], {
  cwd,
  stdio: 'inherit',
});
process.exit(status ?? 1);
