import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { expect, it, jest } from '@jest/globals';
import { loadSystemCalls } from './system-calls.js';

jest.setTimeout(60_000);

const onLinux = loadSystemCalls() ? it : it.skip;
const calls = new URL('./system-calls.ts', import.meta.url).href;
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

onLinux('a stopped process is killed with its parent', async () => {
  const child = `import(${JSON.stringify(calls)}).then(({ loadSystemCalls }) => {
    loadSystemCalls().dieWithParent();
    console.log(process.pid);
    setTimeout(() => undefined, 120_000);
  })`;
  const parent = `require('node:child_process').spawn(process.execPath, ['--import', ${JSON.stringify(loader)}, '-e', ${JSON.stringify(child)}], { stdio: ['ignore', 'inherit', 'inherit'] })`;
  const father = spawn(process.execPath, ['-e', parent], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(father.stdout), 'line')) as [string];
  const pid = Number(line);
  process.kill(pid, 'SIGSTOP');
  await until(() => /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')));
  father.kill('SIGKILL');
  await until(() => !isRunning(pid));
});

/** One that has ended may wait, as a zombie, for somebody to ask after it. */
function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(condition()).toBe(true);
}
