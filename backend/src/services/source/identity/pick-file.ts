import { isSpecialsFolder, withoutExtras, withoutSamples } from '../../torrent/extra-files.js';
import { bestRendition, isVideoFile, partsOf } from '../../torrent/playable-file.js';
import type { TorrentFile, TorrentMetadata } from '../../torrent/torrent-engine.port.js';
import type { WantedEpisode } from '../indexer.port.js';
import { parseReleaseName, type ReleaseName } from '../release-name/release-name.js';
import { isCountedThrough } from './compact-number.js';
import { numberOf } from './title-match.js';

/** The file of a torrent that is the wanted title, or why there is none, for people. */
export type PickedFile =
  | {
      file: TorrentFile;
      /** Number of files that the film is split into, of which this is the first. */
      partCount: number;
    }
  | { refusal: string };

const archive = /\.(?:rar|zip|7z|r\d\d|tar|gz|iso)$/i;
const program = /\.(?:exe|scr|bat|cmd|msi|lnk|vbs|ps1|jar)$/i;
const note = /\.(?:txt|html?|url|nfo)$/i;

/**
 * Chooses the file by what the torrent itself lists: of a film the largest video, or its first part; of an episode the
 * one that is named so, never another. Pure.
 */
export function pickFile(
  { files, name = '' }: Pick<TorrentMetadata, 'files'> & Partial<Pick<TorrentMetadata, 'name'>>,
  episode: WantedEpisode | null,
): PickedFile {
  const videos = files.filter((file) => isVideoFile(file.name) && file.length > 0);
  if (videos.length === 0) return { refusal: whyNothing(files) };
  if (files.some(isPasswordNote) && files.some((file) => archive.test(file.name)))
    return { refusal: 'it is locked with a password' };
  const films = withoutExtras(withoutSamples(videos), { keepSpecials: episode?.season === 0 });
  const film = bestRendition(films);
  if (!film) return { refusal: 'it holds only a sample or extras' };
  if (!episode) {
    const parts = partsOf(films, film);
    return { file: parts[0] ?? film, partCount: Math.max(1, parts.length) };
  }
  const numbered = films.map((file) => numbersOf(file, name));
  const matching = (isWanted: (of: NumberedFile) => boolean) =>
    numbered.filter(isWanted).map(({ file }) => file);
  const surely = matching((file) => isEpisode(file, films.length, episode));
  const named = surely.length > 0 ? surely : matching(otherwise(numbered, episode));
  const found = bestRendition(named);
  return found ? { file: found, partCount: 1 } : { refusal: `it holds no file of ${nameOf(episode)}` };
}

/**
 * Whether a file's true length speaks for the title. Credits are cut and added, films run faster on television (4 %),
 * so only what is far off is another title. Seconds.
 */
export function isLengthPlausible(fileSeconds: number, wantedSeconds: number | null): boolean {
  if (wantedSeconds === null || wantedSeconds <= 0) return true;
  const slack = Math.max(5 * 60, wantedSeconds * 0.2);
  return fileSeconds >= wantedSeconds - slack && fileSeconds <= wantedSeconds + Math.max(slack, 20 * 60);
}

function whyNothing(files: readonly TorrentFile[]): string {
  if (files.some(isPasswordNote)) return 'it is locked with a password';
  if (files.some(({ name }) => archive.test(name))) return 'it holds archives instead of a video';
  if (files.some(({ name }) => program.test(name))) return 'it holds programs instead of a video';
  return 'it holds no video';
}

/** `password.txt`, `Password here.url`. */
function isPasswordNote({ path }: TorrentFile): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return note.test(name) && /password/i.test(name);
}

/** A file with what its name and its folders count. */
interface NumberedFile {
  file: TorrentFile;
  name: ReleaseName;
  /** By its name, or else by the nearest folder that says, or by the torrent. */
  seasons: readonly number[];
  /** Within a season or counted through; empty where the name itself gives season and episode. */
  numbers: readonly number[];
}

function numbersOf(file: TorrentFile, torrentName: string): NumberedFile {
  const name = parseReleaseName(file.name);
  const { absolute, compactNumber } = name;
  const numbers =
    compactNumber !== null
      ? [compactNumber]
      : ([absolute, leadingNumber(file.name), partNumber(file.name)].find(({ length }) => length > 0) ?? []);
  const isNamed = name.seasons.length > 0 && compactNumber === null;
  return { file, name, seasons: isNamed ? name.seasons : seasonsAround(file.path, torrentName), numbers };
}

/** Whether the file is named as the episode is, in the usual reading. */
function isEpisode(
  { name, seasons, numbers }: NumberedFile,
  fileCount: number,
  wanted: WantedEpisode,
): boolean {
  if (name.airDate !== null) return name.airDate === wanted.airDate;
  if (name.compactNumber === null && name.episodes.length > 0)
    return (seasons.length === 0 || seasons.includes(wanted.season)) && name.episodes.includes(wanted.number);
  if (numbers.length > 0) {
    if (seasons.length > 0) return seasons.includes(wanted.season) && numbers.includes(wanted.number);
    return numbers.includes(wanted.absolute ?? (wanted.season <= 1 ? wanted.number : -1));
  }
  // A torrent of one video without any number is what its release name said.
  return fileCount === 1 && name.seasons.length === 0;
}

/**
 * The other readings of a number, for packs in which none fits the usual one: counted through in the folder of a season
 * (`Season 2/Show - 28`), and with the season in front (`Show - 205`) where no number of the pack is smaller than 100.
 */
function otherwise(all: readonly NumberedFile[], wanted: WantedEpisode): (of: NumberedFile) => boolean {
  const hasSmall = all.some(({ numbers }) => numbers.some((number) => number < 100));
  return ({ name, seasons, numbers }) => {
    if (name.airDate !== null || (seasons.length > 0 && !seasons.includes(wanted.season))) return false;
    if (name.episodes.length > 0 && name.compactNumber === null) return false;
    if (wanted.absolute !== null && numbers.includes(wanted.absolute)) return true;
    const inNumber = 100 * wanted.season + wanted.number;
    if (hasSmall || wanted.season === 0 || wanted.number > 99 || !numbers.includes(inNumber)) return false;
    return seasons.length > 0 || !isCountedThrough(inNumber, wanted);
  };
}

/** `Season 2/...`, `S02/...`, `Specials/...`: of the folders above the file the nearest that says, or the torrent. */
function seasonsAround(path: string, torrentName: string): readonly number[] {
  const folders = path.split('/').slice(0, -1).reverse();
  for (const folder of [...folders, torrentName]) {
    if (folder === '') continue;
    if (isSpecialsFolder(folder)) return [0];
    const { seasons, compactNumber } = parseReleaseName(`- ${folder}`);
    if (seasons.length > 0 && compactNumber === null) return seasons;
  }
  return [];
}

/** `Part 3 - The Name.mkv`. */
function partNumber(name: string): number[] {
  const said =
    /(?<![\p{L}\p{N}])(?:part|pt|teil|partie|parte|часть)[ ._-]?([\p{L}\p{N}]{1,5})(?![\p{L}\p{N}])/iu.exec(
      name,
    )?.[1];
  const number = said === undefined ? null : numberOf(said.toLowerCase(), true);
  return number === null ? [] : [Number(number)];
}

/** `05 - The Name.mkv`, `05.mkv`. */
function leadingNumber(name: string): number[] {
  const number = /^(\d{1,3})(?=[ ._-]|$)/.exec(name.replace(/\.\w{2,4}$/, ''))?.[1];
  return number === undefined ? [] : [Number(number)];
}

function nameOf({ season, number }: WantedEpisode): string {
  return `season ${season}, episode ${number}`;
}
