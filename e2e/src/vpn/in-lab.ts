import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, it } from '@jest/globals';
import { canMakeNetworks } from './network-lab.js';

/**
 * Runs a suite in a network namespace of its own, which is the internet of its network lab. The test file runs twice: the
 * first run only starts the second one. Skipped, by name, where network namespaces cannot be made.
 * @param file of the suite, from the root of the repository
 */
export function describeInLab(name: string, file: string, suite: () => void, timeoutMs: number): void {
  if (process.env['KINORA_NETWORK_LAB'] === file) describe(name, suite);
  else if (canMakeNetworks()) it(`${name}, in network namespaces`, () => runInside(file), timeoutMs);
  else it.skip(`${name}: needs network namespaces: root, unshare, nsenter and ip`, () => undefined);
}

function runInside(file: string): void {
  const jest = fileURLToPath(new URL('../../../node_modules/jest/bin/jest.js', import.meta.url));
  const node = [process.execPath, '--experimental-vm-modules', '--no-warnings'];
  const again = [jest, '--selectProjects', 'e2e', '--runInBand', '--forceExit', '--', file];
  const { status, stdout, stderr } = spawnSync('unshare', ['--net', ...node, ...again], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    env: { ...process.env, KINORA_NETWORK_LAB: file },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`${stdout}\n${stderr}`);
  // What it measured.
  process.stderr.write(stdout);
}
