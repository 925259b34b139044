// `npm run demo`: builds what is stale, then starts the self-contained world with the server in it.
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { runNode } from './run-node.mjs';

if (!(await build())) process.exit(1);
// The demo ends with 0 when it is asked to stop, so its own exit code counts.
const cwd = fileURLToPath(new URL('..', import.meta.url));
process.exit(await runNode(['--import', 'tsx', 'demo/src/main.ts'], { cwd, stdio: 'inherit' }));
