import { spawn } from 'node:child_process';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import path from 'node:path';

/** Of util-linux, which every Debian has. Node itself cannot give back the middle of a file. */
const program = '/usr/bin/fallocate';
const patienceMs = 10_000;

/**
 * Gives back the room of a stretch of a file, which then reads as zeros. False where the system or the file system cannot;
 * the bytes are then as they were, or zeros. Linux only.
 */
export function punchHole(file: FileHandle, position: number, length: number): Promise<boolean> {
  return new Promise((resolve) => {
    const range = ['--offset', String(position), '--length', String(length)];
    // The file as it is open here, whatever its name leads to by now.
    const child = spawn(program, ['--punch-hole', ...range, '/proc/self/fd/3'], {
      stdio: ['ignore', 'ignore', 'ignore', file.fd],
      env: {},
      timeout: patienceMs,
    });
    child.once('error', () => resolve(false));
    child.once('close', (code) => resolve(code === 0));
  });
}

/** Whether files below `folder` can be given back in parts. */
export async function canPunchHoles(folder: string): Promise<boolean> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const trial = await mkdtemp(path.join(folder, '.trial-'));
  try {
    const file = await open(path.join(trial, 'file'), 'w+', 0o600);
    try {
      await file.write(Buffer.alloc(256 * 1024, 1));
      const before = (await file.stat()).blocks;
      return (await punchHole(file, 64 * 1024, 128 * 1024)) && (await file.stat()).blocks < before;
    } finally {
      await file.close();
    }
  } finally {
    await rm(trial, { recursive: true, force: true });
  }
}
