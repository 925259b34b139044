import { withoutExtras, withoutSamples } from './extra-files.js';
import { TorrentUnplayableError } from './torrent.errors.js';
import type { TorrentFile, TorrentMetadata } from './torrent-engine.port.js';

const videoTypes: Readonly<Record<string, string>> = {
  mp4: 'video/mp4',
  m4v: 'video/mp4',
  mov: 'video/quicktime',
  webm: 'video/webm',
  mkv: 'video/x-matroska',
  mk3d: 'video/x-matroska',
  avi: 'video/x-msvideo',
  divx: 'video/x-msvideo',
  ts: 'video/mp2t',
  m2ts: 'video/mp2t',
  mts: 'video/mp2t',
  mpg: 'video/mpeg',
  mpeg: 'video/mpeg',
  vob: 'video/mpeg',
  ogv: 'video/ogg',
  ogm: 'video/ogg',
  wmv: 'video/x-ms-wmv',
  asf: 'video/x-ms-asf',
  flv: 'video/x-flv',
  f4v: 'video/mp4',
  rmvb: 'application/vnd.rn-realmedia-vbr',
  '3gp': 'video/3gpp',
};

/** Whether a file is a video by its name. */
export function isVideoFile(name: string): boolean {
  return videoTypeOf(name) !== null;
}

/** MIME type by the last extension of a name; `application/octet-stream` when it is no video. */
export function mimeTypeOf(name: string): string {
  return videoTypeOf(name) ?? 'application/octet-stream';
}

/**
 * Chooses the file to play: the one asked for, or else the largest video, and of a film in parts the first one. Samples,
 * extras, archives, programs and empty files are passed over, whatever their names pretend (`film.mp4.exe` is a program).
 * @throws {TorrentUnplayableError} with the reason
 */
export function choosePlayableFile(
  { files }: Pick<TorrentMetadata, 'files'>,
  fileIndex: number | null | undefined = null,
): TorrentFile {
  if (fileIndex !== null) return playableAt(files, fileIndex);
  const videos = listVideos({ files });
  if (videos.length === 0) throw new TorrentUnplayableError('the torrent holds no video file');
  const films = withoutSamples(videos);
  const main = withoutExtras(films, { keepSpecials: false });
  const film = bestRendition(main.length > 0 ? main : films);
  if (!film) throw new TorrentUnplayableError('the torrent holds only a sample');
  return partsOf(main, film)[0] ?? film;
}

/** Files that can be played: videos by name, not empty, no padding. In the order of the torrent; samples are among them. */
export function listVideos({ files }: Pick<TorrentMetadata, 'files'>): TorrentFile[] {
  return files.filter((file) => file.length > 0 && !file.isPadding && videoTypeOf(file.name) !== null);
}

/**
 * Of several videos the largest; of those that are the same in other formats, as the Internet Archive keeps them
 * (`Film.mpeg`, `Film.mp4`, `Film_512kb.mp4`), the largest of the kind that most browsers open. Null of none.
 */
export function bestRendition<F extends Pick<TorrentFile, 'path' | 'length'>>(films: readonly F[]): F | null {
  const [largest] = [...films].sort((a, b) => b.length - a.length);
  if (!largest) return null;
  // What is that much smaller is a taste of it.
  const same = films.filter(
    ({ path, length }) => stemOf(path) === stemOf(largest.path) && length * 40 >= largest.length,
  );
  return same.sort((a, b) => openness(b.path) - openness(a.path) || b.length - a.length)[0] ?? largest;
}

const partMark = /(?<![a-z0-9])(?:cd|dis[ck])[ ._-]?([1-9])(?![a-z0-9])/gi;

/** The parts of a film that is split over discs (`CD1`, `CD2`), in order; empty when it is whole. */
export function partsOf<F extends Pick<TorrentFile, 'path'>>(files: readonly F[], film: F): F[] {
  const keyOf = ({ path }: F) => path.toLowerCase().replaceAll(partMark, '#');
  const numberOf = ({ path }: F) => Number([...path.matchAll(partMark)].at(-1)?.[1] ?? 0);
  if (numberOf(film) === 0) return [];
  const parts = files.filter((file) => isVideoFile(file.path) && keyOf(file) === keyOf(film));
  return parts.length < 2 ? [] : parts.sort((a, b) => numberOf(a) - numberOf(b));
}

/** The path without its extension and the marks of the Archive's derivatives. */
function stemOf(path: string): string {
  return path
    .toLowerCase()
    .replace(/\.[a-z0-9]+$/, '')
    .replace(/(?:_512kb|_edit|\.ia|_archive)$/, '');
}

/** How many browsers open such files. */
function openness(path: string): number {
  const extension = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  return { mp4: 4, m4v: 4, webm: 3, mov: 2, mkv: 2 }[extension] ?? 1;
}

function playableAt(files: readonly TorrentFile[], fileIndex: number): TorrentFile {
  const file = files.find((candidate) => candidate.index === fileIndex);
  if (!file) throw new TorrentUnplayableError(`the torrent has no file ${fileIndex}`);
  if (videoTypeOf(file.name) === null) throw new TorrentUnplayableError('that file is no video');
  if (file.isPadding) throw new TorrentUnplayableError('that file is padding');
  if (file.length === 0) throw new TorrentUnplayableError('that file is empty');
  return file;
}

function videoTypeOf(name: string): string | null {
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(videoTypes, extension) ? (videoTypes[extension] ?? null) : null;
}
