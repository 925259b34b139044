import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { countClosingConnections } from './closing-connections.js';

it('counts what the kernel closes for nobody, of one address', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kinora-test-'));
  const file = path.join(folder, 'tcp');
  const line = (local: string, state: string, inode: number) =>
    `   0: ${local}:AE47 2D2D2D2D:1F90 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0000000000000000 100 0 0 10 0\n`;
  writeFileSync(
    file,
    `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n${line('0200080A', '04', 0)}${line('0200080A', '09', 0)}` +
      // Open, waiting, held by a program, of another address.
      line('0200080A', '01', 0) +
      line('0200080A', '06', 0) +
      line('0200080A', '04', 51_952) +
      line('0300080A', '04', 0),
  );
  expect(countClosingConnections('10.8.0.2', file)).toBe(2);
  expect(countClosingConnections('10.8.0.2', path.join(folder, 'none'))).toBe(0);
  rmSync(folder, { recursive: true });
});
