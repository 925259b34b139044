import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes a file that only its owner may read (0600, in a folder 0700), whole or not at all: whoever reads, and whatever
 * is left after a power cut, is the old file or the new one.
 */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  await withTemporary(file, text, (temporary) => rename(temporary, file));
}

/** The same, but never replaces a file. False when there is one: of several processes that try, one succeeds. */
export async function createPrivateFile(file: string, text: string): Promise<boolean> {
  try {
    await withTemporary(file, text, (temporary) => link(temporary, file));
    return true;
  } catch (error) {
    if (fileErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** What the operating system called it: `ENOENT`, `EACCES`, ... */
export function fileErrorCode(error: unknown): string | null {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : null;
}

async function withTemporary(
  file: string,
  text: string,
  publish: (temporary: string) => Promise<void>,
): Promise<void> {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await publish(temporary);
    await syncFolder(folder);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** The new name is safe only when the folder is on disk too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
