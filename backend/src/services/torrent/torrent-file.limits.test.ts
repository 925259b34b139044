import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const run = promisify(execFile);
const program = fileURLToPath(new URL('./__fixtures__/torrent-verdicts.ts', import.meta.url));
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const MiB = 1024 * 1024;

it('T05 T06 torrents that lie about their size are refused at once, for nothing, with 256 MB of heap', async () => {
  const { stdout } = await run(process.execPath, ['--max-old-space-size=256', '--import', loader, program], {
    maxBuffer: MiB,
  });
  const found = JSON.parse(stdout) as { name: string; verdict: string; ms: number; grown: number }[];
  expect(found).toHaveLength(16);
  for (const { name, verdict, ms, grown } of found) {
    expect([name, verdict]).toEqual([name, 'refused']);
    // The goals are 20 ms and 100 ms, and 5 and 10 MiB; a busy machine is given ten times as long.
    expect([name, ms < (name.startsWith('T05') ? 200 : 1_000)]).toEqual([name, true]);
    expect([name, grown < (name.startsWith('T05') ? 5 : 10) * MiB]).toEqual([name, true]);
  }
}, 60_000);
