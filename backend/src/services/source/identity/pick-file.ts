import { bestRendition, isVideoFile } from '../../torrent/playable-file.js';
import type { TorrentFile, TorrentMetadata } from '../../torrent/torrent-engine.port.js';
import type { WantedEpisode } from '../indexer.port.js';
import { parseReleaseName } from '../release-name/release-name.js';

/** The file of a torrent that is the wanted title, or why there is none, for people. */
export type PickedFile = { file: TorrentFile } | { refusal: string };

const archive = /\.(?:rar|zip|7z|r\d\d|tar|gz|iso)$/i;
const program = /\.(?:exe|scr|bat|cmd|msi|lnk|vbs|ps1|jar)$/i;
const notTheFilm =
  /(?<![\p{L}\p{N}])(?:sample|trailer|featurettes?|extras?|deleted[ ._-]scenes?|behind[ ._-]the[ ._-]scenes|interviews?|ncop|nced|creditless)(?![\p{L}\p{N}])/iu;
const locked = /(?:^|\/)[^/]*password[^/]*\.(?:txt|html?|url|nfo)$/i;

/**
 * Chooses the file by what the torrent itself lists: of a film the largest video; of an episode the one that is named
 * so, never another. Pure.
 */
export function pickFile(
  { files }: Pick<TorrentMetadata, 'files'>,
  episode: WantedEpisode | null,
): PickedFile {
  const videos = files.filter(({ name, length }) => isVideoFile(name) && length > 0);
  if (videos.length === 0) return { refusal: whyNothing(files) };
  if (files.some(({ path }) => locked.test(path)) && files.some(({ name }) => archive.test(name)))
    return { refusal: 'it is locked with a password' };
  const films = videos.filter(({ path }) => !notTheFilm.test(path));
  const film = bestRendition(films);
  if (!film) return { refusal: 'it holds only a sample or extras' };
  if (!episode) return { file: film };
  const named = films.filter((file) => isEpisode(file, films.length, episode));
  const found = bestRendition(named);
  return found ? { file: found } : { refusal: `it holds no file of ${nameOf(episode)}` };
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
  if (files.some(({ path }) => locked.test(path))) return 'it is locked with a password';
  if (files.some(({ name }) => archive.test(name))) return 'it holds archives instead of a video';
  if (files.some(({ name }) => program.test(name))) return 'it holds programs instead of a video';
  return 'it holds no video';
}

function isEpisode(file: TorrentFile, fileCount: number, wanted: WantedEpisode): boolean {
  const name = parseReleaseName(file.name);
  const seasons = name.seasons.length > 0 ? name.seasons : seasonsOfFolder(file.path);
  if (name.airDate !== null) return name.airDate === wanted.airDate;
  if (name.episodes.length > 0)
    return (seasons.length === 0 || seasons.includes(wanted.season)) && name.episodes.includes(wanted.number);
  const numbers = name.absolute.length > 0 ? name.absolute : leadingNumber(file.name);
  if (numbers.length > 0) {
    if (seasons.length > 0) return seasons.includes(wanted.season) && numbers.includes(wanted.number);
    return numbers.includes(wanted.absolute ?? (wanted.season <= 1 ? wanted.number : -1));
  }
  // A torrent of one video without any number is what its release name said.
  return fileCount === 1 && seasons.length === 0;
}

/** `Season 2/...`, `S02/...`: of the folders above the file the nearest that says. */
function seasonsOfFolder(path: string): number[] {
  const folders = path.split('/').slice(0, -1).reverse();
  for (const folder of folders) {
    const { seasons } = parseReleaseName(`- ${folder}`);
    if (seasons.length > 0) return seasons;
  }
  return [];
}

/** `05 - The Name.mkv`, `05.mkv`. */
function leadingNumber(name: string): number[] {
  const number = /^(\d{1,3})(?=[ ._-]|$)/.exec(name.replace(/\.\w{2,4}$/, ''))?.[1];
  return number === undefined ? [] : [Number(number)];
}

function nameOf({ season, number }: WantedEpisode): string {
  return `season ${season}, episode ${number}`;
}
