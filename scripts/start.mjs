// `npm start`: builds what is stale, then is the server.
import { build } from './build.mjs';

if (!(await build())) process.exit(1);
process.argv.splice(2, 0, 'start');
await import('../backend/bin/kinora.js');
