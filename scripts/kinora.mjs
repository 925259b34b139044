// `npm run <command>`: builds what is stale, then is `kinora <command>`.
import { build } from './build.mjs';

if (!(await build())) process.exit(1);
await import('../backend/bin/kinora.js');
