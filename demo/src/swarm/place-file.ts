import { copyFile, link, rename, rm } from 'node:fs/promises';

/** Writes a file so that it is complete from its first moment: another process may be laying out the same. */
export async function placeFile(path: string, write: (partial: string) => Promise<void>): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  await rm(partial, { force: true });
  await write(partial);
  await rename(partial, path);
  await rm(partial, { force: true }); // renaming one link of a file to another leaves both
}

/** The same bytes under another name, without a second copy where the file system can. */
export async function placeCopy(path: string, of: string): Promise<void> {
  await placeFile(path, async (partial) => link(of, partial).catch(async () => copyFile(of, partial)));
}
