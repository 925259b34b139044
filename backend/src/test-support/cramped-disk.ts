import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A small disk of its own: a tmpfs that another process has mounted in a namespace of its own. */
export interface CrampedDisk {
  directory: string;
  /** Removes what took most of the room. */
  makeRoom: () => Promise<void>;
  dispose: () => Promise<void>;
}

/** Disks with `roomBytes` left. Null where the machine does not allow it (no user namespaces, not Linux). */
export async function crampedDisk(roomBytes: number): Promise<CrampedDisk | null> {
  const mount = 'mount -t tmpfs -o size=16m tmpfs /mnt && echo mounted && exec cat';
  const holder = spawn('unshare', ['-rm', 'sh', '-c', mount], { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(holder, 'exit').catch(() => []);
  const first = await Promise.race([once(holder.stdout, 'data'), ended]);
  const dispose = async () => {
    holder.stdin.end();
    await ended;
  };
  if (!String(first[0]).includes('mounted') || holder.pid === undefined) return null;
  const directory = path.join('/proc', String(holder.pid), 'root/mnt');
  const filler = path.join(directory, 'filler');
  await writeFile(filler, Buffer.alloc(16 * 1024 * 1024 - roomBytes));
  return { directory, makeRoom: () => rm(filler, { force: true }), dispose };
}
