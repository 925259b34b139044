import { lstat, readdir, statfs } from 'node:fs/promises';
import path from 'node:path';
import { fileErrorCode } from '../../encryption/atomic-file.js';

/** What lies in one torrent's folder. */
export interface StoredFolder {
  directory: string;
  /** Bytes of the disk that it takes, which for sparse files are fewer than their length. */
  bytes: number;
  /** The same for each file of the torrent that has something, by its place in the torrent. */
  files: { index: number; bytes: number }[];
}

/** Where torrents may lie below the root: as they are, and sealed. */
const places = ['', 'sealed'];
const folderName = /^[0-9a-f]{40}$/;
const blockBytes = 512;

/** Everything that is stored, whoever knows of it. Links are neither followed nor counted. */
export async function listStoredFolders(root: string): Promise<StoredFolder[]> {
  const folders: StoredFolder[] = [];
  for (const place of places) {
    const parent = path.join(root, place);
    for (const entry of await entriesOf(parent)) {
      if (entry.isDirectory() && folderName.test(entry.name))
        folders.push(await measureFolder(path.join(parent, entry.name)));
    }
  }
  return folders;
}

/** Empty when there is no such folder. */
export async function measureFolder(directory: string): Promise<StoredFolder> {
  const folder: StoredFolder = { directory, bytes: 0, files: [] };
  for (const entry of await entriesOf(directory)) {
    if (!entry.isFile()) continue;
    const bytes = await allocatedBytes(path.join(directory, entry.name));
    folder.bytes += bytes;
    const index = /^(\d{1,6})\.bin$/.exec(entry.name)?.[1];
    if (index !== undefined && bytes > 0) folder.files.push({ index: Number(index), bytes });
  }
  folder.files.sort((a, b) => a.index - b.index);
  return folder;
}

/** Bytes that the disk of `directory`, or of the nearest folder above that is there, has left for this user. */
export async function freeDiskBytes(directory: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  } catch (error) {
    const above = path.dirname(directory);
    if (fileErrorCode(error) !== 'ENOENT' || above === directory) throw error;
    return freeDiskBytes(above);
  }
}

async function entriesOf(directory: string) {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (error) {
    // Removed meanwhile, or never there.
    if (['ENOENT', 'ENOTDIR'].includes(fileErrorCode(error) ?? '')) return [];
    throw error;
  }
}

async function allocatedBytes(file: string): Promise<number> {
  try {
    return (await lstat(file)).blocks * blockBytes;
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}
