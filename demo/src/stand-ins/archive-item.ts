import { createHash } from 'node:crypto';
import { mkdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { placeCopy, placeFile } from '../swarm/place-file.js';
import { hashInfo } from '../swarm/torrent-file.js';
import { drawPicture } from './picture.js';

/** An item of the Archive that can really be fetched: from its web server alone, for nobody seeds it. */
export interface ArchiveItem {
  /** As in the fixtures. */
  identifier: string;
  /** Its title there. */
  title: string;
  /** Where its files lie. */
  folder: string;
  /** The film, beside an original that no browser plays. */
  film: string;
  filePath: string;
  /** 40 lower-case hex digits. */
  infoHash: string;
  /** The bencoded `info` dictionary (BEP 3). */
  info: Uint8Array;
}

/** Lays the item out below `parentFolder` and hashes it; both are kept, so the second call only reads. */
export async function prepareArchiveItem(task: { film: string; parentFolder: string }): Promise<ArchiveItem> {
  const identifier = 'charade_1963_fixture';
  const folder = join(task.parentFolder, identifier);
  const filePath = join(folder, 'Charade.mp4');
  const infoPath = join(task.parentFolder, `${identifier}.info`);
  const { size } = await stat(task.film);
  let info: Uint8Array | null = await readFile(infoPath).catch(() => null);
  if (info === null || (await stat(filePath).catch(() => null))?.size !== size) {
    await mkdir(join(folder, 'Charade.thumbs'), { recursive: true });
    await placeCopy(filePath, task.film);
    // Larger than the film: who takes the largest file takes the wrong one.
    await placeFile(join(folder, 'Charade.mpeg'), async (path) => {
      await writeFile(path, '');
      await truncate(path, size + 300_000);
    });
    const picture = drawPicture('Charade', { width: 160, height: 120 });
    await placeFile(join(folder, 'Charade.thumbs', 'Charade 000001.png'), (path) => writeFile(path, picture));
    const text = '<metadata><title>Charade</title></metadata>\n';
    await placeFile(join(folder, `${identifier}_meta.xml`), (path) => writeFile(path, text));
    const hashed = await hashInfo(
      identifier,
      ['Charade.mp4', 'Charade.mpeg', 'Charade.thumbs', `${identifier}_meta.xml`].map((name) =>
        join(folder, name),
      ),
    );
    info = hashed;
    await placeFile(infoPath, (path) => writeFile(path, hashed));
  }
  const infoHash = createHash('sha1').update(info).digest('hex');
  return { identifier, title: 'Charade', folder, film: 'Charade.mp4', filePath, infoHash, info };
}
