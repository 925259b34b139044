import { pickFile } from '../source/identity/pick-file.js';
import { choosePlayableFile, partsOf } from '../torrent/playable-file.js';
import { TorrentUnplayableError } from '../torrent/torrent.errors.js';
import type { TorrentFile, TorrentMetadata } from '../torrent/torrent-engine.port.js';
import type { FilmPart } from './length-doubt.js';
import type { ResolvedPlayback } from './playback-resolver.js';

/**
 * Returns the file that is played: the one asked for by number; of an episode the one that is named so, and never another; else
 * the largest video.
 * @throws TorrentUnplayableError with the reason
 */
export function fileOfPlay(
  metadata: Pick<TorrentMetadata, 'files'>,
  { fileIndex, episode }: Pick<ResolvedPlayback, 'fileIndex' | 'episode'>,
): TorrentFile {
  if (fileIndex !== undefined || !episode) return choosePlayableFile(metadata, fileIndex);
  const picked = pickFile({ files: metadata.files.filter(({ isPadding }) => !isPadding) }, episode);
  if ('refusal' in picked) throw new TorrentUnplayableError(picked.refusal);
  return picked.file;
}

/** Which part of a film in several files (`CD1`, `CD2`) a file is; null when the film is in one. */
export function partOf({ files }: Pick<TorrentMetadata, 'files'>, file: TorrentFile): FilmPart | null {
  const parts = partsOf(files, file);
  return parts.length === 0 ? null : { number: parts.indexOf(file) + 1, count: parts.length };
}
