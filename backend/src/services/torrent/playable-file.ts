import { TorrentUnplayableError } from './torrent.errors.js';
import type { TorrentFile, TorrentMetadata } from './torrent-engine.port.js';

const videoTypes: Readonly<Record<string, string>> = {
  mp4: 'video/mp4',
  m4v: 'video/mp4',
  mov: 'video/quicktime',
  webm: 'video/webm',
  mkv: 'video/x-matroska',
  avi: 'video/x-msvideo',
  ts: 'video/mp2t',
  m2ts: 'video/mp2t',
  mts: 'video/mp2t',
  mpg: 'video/mpeg',
  mpeg: 'video/mpeg',
  ogv: 'video/ogg',
  wmv: 'video/x-ms-wmv',
  flv: 'video/x-flv',
  '3gp': 'video/3gpp',
};

/** Whether a file is a video by its name. */
export function isVideoFile(name: string): boolean {
  return videoTypeOf(name) !== null;
}

const sample = /(^|[^a-z0-9])sample([^a-z0-9]|$)/i;

/** MIME type by the last extension of a name; `application/octet-stream` when it is no video. */
export function mimeTypeOf(name: string): string {
  return videoTypeOf(name) ?? 'application/octet-stream';
}

/**
 * The file to play: the one asked for, or else the largest video. Samples, archives, programs and empty files are
 * passed over, whatever their names pretend (`film.mp4.exe` is a program).
 * @throws {TorrentUnplayableError} with the reason
 */
export function choosePlayableFile(
  { files }: Pick<TorrentMetadata, 'files'>,
  fileIndex: number | null | undefined = null,
): TorrentFile {
  if (fileIndex !== null) return playableAt(files, fileIndex);
  const videos = files.filter((file) => videoTypeOf(file.name) !== null && file.length > 0);
  if (videos.length === 0) throw new TorrentUnplayableError('the torrent holds no video file');
  const films = videos.filter((file) => !sample.test(file.path));
  const largest = films.reduce<TorrentFile | undefined>(
    (best, file) => (best === undefined || file.length > best.length ? file : best),
    undefined,
  );
  if (!largest) throw new TorrentUnplayableError('the torrent holds only a sample');
  return largest;
}

function playableAt(files: readonly TorrentFile[], fileIndex: number): TorrentFile {
  const file = files.find((candidate) => candidate.index === fileIndex);
  if (!file) throw new TorrentUnplayableError(`the torrent has no file ${fileIndex}`);
  if (videoTypeOf(file.name) === null) throw new TorrentUnplayableError('that file is no video');
  if (file.length === 0) throw new TorrentUnplayableError('that file is empty');
  return file;
}

function videoTypeOf(name: string): string | null {
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(videoTypes, extension) ? (videoTypes[extension] ?? null) : null;
}
