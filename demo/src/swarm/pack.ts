import { createHash } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { placeCopy, placeFile } from './place-file.js';
import { hashInfo, torrentFile } from './torrent-file.js';

/** Episodes of a season in one torrent. */
export interface DemoPack {
  show: string;
  imdbId: string;
  season: number;
  torrentName: string;
  /** 40 lower-case hex digits. */
  infoHash: string;
  torrent: Uint8Array;
  /** On the seeders' disk, by number of the episode. */
  episodePaths: ReadonlyMap<number, string>;
  /** Of all files, bytes. */
  sizeBytes: number;
  /** Where its folder lies. */
  parentFolder: string;
}

/** Lays the pack out below `parentFolder` and hashes it; both are kept, so the second call only reads. */
export async function preparePack(task: {
  /** By number of the episode; other episodes are missing from the pack. */
  episodes: ReadonlyMap<number, string>;
  parentFolder: string;
  announceUrl: string;
}): Promise<DemoPack> {
  const { episodes, parentFolder, announceUrl } = task;
  const marks = '1080p.WEB.x264.AAC-KINORA';
  const torrentName = `Open.Reel.Stories.S01.${marks}`;
  const folder = join(parentFolder, torrentName);
  const infoPath = join(parentFolder, `${torrentName}.info`);
  await mkdir(folder, { recursive: true });
  const episodePaths = new Map<number, string>();
  let sizeBytes = 0;
  let info: Uint8Array | null = await readFile(infoPath).catch(() => null);
  for (const [number, film] of episodes) {
    const path = join(folder, `Open.Reel.Stories.S01E${String(number).padStart(2, '0')}.${marks}.mp4`);
    const { size } = await stat(film);
    if ((await stat(path).catch(() => null))?.size !== size) {
      await placeCopy(path, film);
      info = null;
    }
    episodePaths.set(number, path);
    sizeBytes += size;
  }
  if (info === null) {
    const hashed = await hashInfo(torrentName, [...episodePaths.values()]);
    await placeFile(infoPath, (partial) => writeFile(partial, hashed));
    info = hashed;
  }
  return {
    ...{ show: 'Open Reel Stories', imdbId: 'tt99900001', season: 1 },
    ...{ torrentName, episodePaths, sizeBytes, parentFolder },
    infoHash: createHash('sha1').update(info).digest('hex'),
    torrent: torrentFile(info, announceUrl),
  };
}
