import type { TorrentFile } from './torrent-engine.port.js';

type NamedFile = Pick<TorrentFile, 'path'>;

const sampleFolder = /^samples?$/i;
/** At the end of a name, alone, or in front with a dash; elsewhere it is a word of a title. */
const sampleName = /^sample[s-]?$|^sample-|(?<![a-z0-9])sample(?:-[a-z0-9]{2,16})?$/i;

/** Leaves out samples: short excerpts to judge the quality by. */
export function withoutSamples<F extends NamedFile>(files: readonly F[]): F[] {
  return files.filter(({ path }) => {
    const { folders, stem } = partsOfPath(path);
    return !folders.some((folder) => sampleFolder.test(folder)) && !sampleName.test(stem);
  });
}

const extras =
  'extras?|featurettes?|bonus(?: (?:discs?|features?|materials?))?|trailers?|teasers?|deleted scenes?|behind the scenes|making of|interviews?|nc ?(?:op|ed)s?|creditless|gag reel|bloopers';
const specials =
  'specials?|special episodes?|ovas?|oads?|sps?|(?:season|series|saison|staffel|temporada|sezon|сезон) ?0+|s0+';
const extraFolder = new RegExp(`(?:^| )(?:${extras}) ?\\d{0,2}$`, 'iu');
const specialFolder = new RegExp(`(?:^| )(?:${specials})$`, 'iu');
const extraAtEnd = new RegExp(`(?<![\\p{L}\\p{N}])(?:${extras}) ?\\d{0,2}$`, 'iu');
/** Openings and endings of anime without credits; no title has such words. */
const opening = /(?<![a-z0-9])(?:nc(?:op|ed)\d{0,2}[a-z]?|creditless)(?![a-z0-9])/i;
const numbered = /(?<![a-z0-9])(?:s\d{1,3} ?e\d|\d{1,2}x\d\d)/i;
const extraAnywhere = new RegExp(`(?<![\\p{L}\\p{N}])(?:${extras})(?![\\p{L}\\p{N}])`, 'iu');
/** A year or the height of the picture: what stands behind it is no title. */
const titleEnd = /(?<![\p{L}\p{N}])(?:(?:19|20)\d\d|\d{3,4}p)(?![\p{L}\p{N}])/iu;

/**
 * Leaves out what comes beside a film or the episodes, by folder and name. A folder that all files are in, which is
 * the torrent's own, says nothing, and words of a title are none of these marks.
 * @param keepSpecials keeps folders of specials and season 0
 */
export function withoutExtras<F extends NamedFile>(
  files: readonly F[],
  { keepSpecials }: { keepSpecials: boolean },
): F[] {
  const shared = sharedFolders(files);
  return files.filter(({ path }) => {
    const { folders, stem } = partsOfPath(path);
    const isBeside = folders.slice(shared).some((folder) => {
      const words = wordsOf(folder);
      return extraFolder.test(words) || (!keepSpecials && specialFolder.test(words));
    });
    if (isBeside || opening.test(stem)) return false;
    // What specials are called is up to them.
    if (keepSpecials && folders.some(isSpecialsFolder)) return true;
    const words = wordsOf(stem);
    return numbered.test(words) || !(extraAtEnd.test(words) || isExtraBehindTitle(words));
  });
}

/** Whether a folder, by its own name, holds specials: season 0. */
export function isSpecialsFolder(folder: string): boolean {
  return specialFolder.test(wordsOf(folder));
}

function isExtraBehindTitle(words: string): boolean {
  const end = words.search(titleEnd);
  return end > 0 && extraAnywhere.test(words.slice(end));
}

function sharedFolders(files: readonly NamedFile[]): number {
  const [first, ...others] = files.map(({ path }) => partsOfPath(path).folders);
  if (!first) return 0;
  const differs = first.findIndex((folder, depth) => others.some((folders) => folders[depth] !== folder));
  return differs === -1 ? first.length : differs;
}

function partsOfPath(path: string): { folders: string[]; stem: string } {
  const folders = path.split('/');
  const name = folders.pop() ?? '';
  return { folders, stem: name.replace(/\.[a-z0-9]{2,5}$/i, '') };
}

/** In words apart by one space, without brackets and what is in them at the end. */
function wordsOf(name: string): string {
  return name
    .slice(0, 300)
    .replace(/\s?[[(][^[\]()]{0,80}[\])]$/, '')
    .replaceAll(/[\s._-]+/g, ' ')
    .trim();
}
