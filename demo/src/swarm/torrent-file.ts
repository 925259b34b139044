import { createHash } from 'node:crypto';
import { copyFile, link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import createTorrent from 'create-torrent';

/** A release: a folder with the film and a text file, and what a torrent says about it. */
export interface Release {
  /** Name of the torrent and of its folder. */
  name: string;
  /** Where the folder lies. */
  parentFolder: string;
  /** Path of the film inside that folder. */
  filmPath: string;
  /** 40 lower-case hex digits. */
  infoHash: string;
  /** The bencoded `info` dictionary (BEP 3). */
  info: Uint8Array;
}

/** Bytes. */
export const PIECE_LENGTH = 256 * 1024;

/** Lays a release out below `parentFolder` and hashes it; both are kept, so the second call only reads. */
export async function prepareRelease(task: {
  name: string;
  film: string;
  parentFolder: string;
}): Promise<Release> {
  const { name, film, parentFolder } = task;
  const folder = join(parentFolder, name);
  const filmPath = join(folder, `${name}.mp4`);
  const infoPath = join(parentFolder, `${name}.info`);
  let info: Uint8Array | null = await readFile(infoPath).catch(() => null);
  if (info === null || !(await isWhole(filmPath, film))) {
    await mkdir(folder, { recursive: true });
    // The same bytes under another name, without a second copy where the file system can; complete from the first moment,
    // since another process may be laying out the same release.
    const temporary = `${filmPath}.${process.pid}.partial`;
    await rm(temporary, { force: true });
    await link(film, temporary).catch(async () => copyFile(film, temporary));
    await rename(temporary, filmPath);
    await rm(temporary, { force: true }); // renaming one link of a file to another leaves both
    const textPath = join(folder, 'About.txt');
    await writeFile(
      textPath,
      `${name}\n\nA test film made for the demo of Kinora. Nothing in it is anybody else's.\n`,
    );
    info = await hashInfo(name, [filmPath, textPath]);
    const partial = `${infoPath}.${process.pid}.partial`;
    await writeFile(partial, info);
    await rename(partial, infoPath);
  }
  const infoHash = createHash('sha1').update(info).digest('hex');
  return { name, parentFolder, filmPath, infoHash, info };
}

/** A .torrent file (BEP 3) around a known `info` dictionary. */
export function torrentFile(info: Uint8Array, announceUrl: string): Uint8Array {
  const url = Buffer.from(announceUrl);
  return Buffer.concat([
    Buffer.from(`d8:announce${url.length}:`),
    url,
    Buffer.from('4:info'),
    info,
    Buffer.from('e'),
  ]);
}

/** A magnet link (BEP 9) with the tracker in it. */
export function magnetLink(release: Pick<Release, 'infoHash' | 'name'>, announceUrl: string): string {
  return `magnet:?xt=urn:btih:${release.infoHash}&dn=${encodeURIComponent(release.name)}&tr=${encodeURIComponent(announceUrl)}`;
}

/** The same, for a torrent that nobody seeds but web servers (BEP 19). */
export function webSeededTorrent(info: Uint8Array, urls: readonly string[]): Uint8Array {
  const list = urls.map((url) => `${Buffer.byteLength(url)}:${url}`).join('');
  return Buffer.concat([Buffer.from('d4:info'), info, Buffer.from(`8:url-listl${list}ee`)]);
}

async function isWhole(filmPath: string, film: string): Promise<boolean> {
  const [there, wanted] = await Promise.all([stat(filmPath).catch(() => null), stat(film)]);
  return there !== null && there.size === wanted.size;
}

/** Hashes files, or what is in a folder. Answers the bencoded `info` dictionary. */
export async function hashInfo(name: string, files: readonly string[]): Promise<Uint8Array> {
  const torrent = await new Promise<Uint8Array>((resolve, reject) => {
    const options = { name, createdBy: 'Kinora demo', pieceLength: PIECE_LENGTH, announceList: [] };
    createTorrent(files, options, (error, made) => (error === null ? resolve(made) : reject(error)));
  });
  // Keys of a bencoded dictionary are sorted and nothing after `info` is set, so it runs to the closing `e`.
  const bytes = Buffer.from(torrent);
  const start = bytes.indexOf('4:info');
  if (start < 0) throw new Error(`no info dictionary for ${files.map((file) => basename(file)).join(', ')}`);
  return bytes.subarray(start + 6, -1);
}
