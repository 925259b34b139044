#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs';

/** Open files that a server needs to load its program, to keep a few torrents and to serve a household. */
const leastOpenFiles = 512;

const mayOpen = openFileLimit();
if (mayOpen < leastOpenFiles) {
  console.error(
    `Kinora needs at least ${leastOpenFiles} open files, and this process may have ${mayOpen}. Raise the limit: ` +
      '"ulimit -n" in a shell, "LimitNOFILE" of a service, "--ulimit nofile" of a container.',
  );
  process.exit(2);
}
const main = new URL('../dist/main.js', import.meta.url);
if (!existsSync(main)) {
  console.error('Kinora is not built yet. Run: npm run build');
  process.exit(1);
}
await import(main.href);

/** Number of files that this process may have open; infinite where the system does not tell (all but Linux). */
function openFileLimit() {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const soft = /^Max open files +(\d+)/m.exec(limits)?.[1];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
