// `npm run bench` measures a play in the demo world, `npm run bench -- streaming` Kinora beside other streaming servers,
// `npm run bench -- catalogue` a large library beside a small one,
// `npm run bench -- routes` what each route costs in processor time,
// and `npm run bench -- prewarm`, `seeks`, `slow-readers` or `api` (or `load`, for all four) how a server bears a crowd.
// Builds what is stale first. Never part of the tests.
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { runNode } from './run-node.mjs';
import { ensurePackages } from './system-packages.mjs';

if (!ensurePackages() || !(await build())) process.exit(1);
const load = 'bench/src/load/load.bench.ts';
const measures = {
  streaming: ['bench/src/streaming/streaming.bench.ts'],
  catalogue: ['bench/src/catalogue/catalogue.bench.ts'],
  routes: ['bench/src/routes/routes.bench.ts'],
  load: [load],
  prewarm: [load, 'prewarm'],
  seeks: [load, 'seeks'],
  'slow-readers': [load, 'slow-readers'],
  api: [load, 'api'],
};
const [, , name] = process.argv;
const measure = name === undefined ? ['bench/src/play.bench.ts'] : measures[name];
if (!measure) {
  console.error(`There is no bench ${name}; there are ${Object.keys(measures).join(', ')}.`);
  process.exit(2);
}
const cwd = fileURLToPath(new URL('..', import.meta.url));
process.exit(await runNode(['--import', 'tsx', ...measure], { cwd, stdio: 'inherit' }));
