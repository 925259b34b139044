// @proof: a request or packet that got through once has got through, so a failure is never run again.
import { execFile, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const run = promisify(execFile);
const program = fileURLToPath(new URL('./__fixtures__/public-network.ts', import.meta.url));
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
/** A network of its own in which every address is this machine's. */
const anywhere =
  'ip link set lo up && ip route add local 0.0.0.0/0 dev lo && ip -6 route add local ::/0 dev lo';
const inside = ['-rn', 'sh', '-c', `${anywhere} && exec "$@"`, 'sh'];
const canMakeNetworks = spawnSync('unshare', [...inside, 'true']).status === 0;

if (!canMakeNetworks) it.skip('T14 needs network namespaces: unshare and ip', () => undefined);

(canMakeNetworks ? it : it.skip)(
  'T14 of 5,000 addresses that a peer, a tracker and a link name only the public ones with high ports are dialled',
  async () => {
    const { stdout } = await run('unshare', [...inside, process.execPath, '--import', loader, program]);
    const found = JSON.parse(stdout) as { isTaken: boolean; names: number; dialled: string[] };
    expect(found.isTaken).toBe(true);
    expect(found.names).toBeGreaterThan(5_000);
    expect([...new Set(found.dialled)].sort()).toEqual([
      '8.8.100.1 7001',
      '8.8.100.2 7001',
      '8.8.100.3 7001',
    ]);
  },
  120_000,
);
