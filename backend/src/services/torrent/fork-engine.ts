import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Logger } from '../../logging/logger.js';

const maxHeapMegabytes = 512;
/**
 * V8's helper threads would mark a heap of 20 MB again and again because of the buffers beside it, and the young
 * generation would grow to 48 MB: measured in backend/docs/streaming-measured.md.
 */
const engineFlags = [
  `--max-old-space-size=${maxHeapMegabytes}`,
  '--max-semi-space-size=4',
  '--single-threaded-gc',
];

/** Starts the engine's process from its entry, with a channel that carries bytes as bytes. What it writes is logged. */
export function forkEngine(entry: URL, logger: Logger): ChildProcess {
  const child = fork(fileURLToPath(entry), [], {
    serialization: 'advanced',
    // No environment: it holds the server's secrets.
    env: {},
    execArgv: [...engineFlags, ...loaderFor(entry)],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  child.stderr?.on('data', (data: Buffer) =>
    logger.warn({ text: data.toString().slice(0, 2_000) }, 'engine process wrote'),
  );
  child.on('error', () => child.kill('SIGKILL'));
  return child;
}

/** From source (tests, development) the process needs the loader that this process may have got elsewhere. */
function loaderFor(entry: URL): string[] {
  if (!entry.pathname.endsWith('.ts')) return [];
  return ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href];
}
