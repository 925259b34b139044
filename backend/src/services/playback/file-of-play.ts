import { pickFile } from '../source/identity/pick-file.js';
import { choosePlayableFile } from '../torrent/playable-file.js';
import { TorrentUnplayableError } from '../torrent/torrent.errors.js';
import type { TorrentFile, TorrentMetadata } from '../torrent/torrent-engine.port.js';
import type { ResolvedPlayback } from './playback-resolver.js';

/**
 * The file that is played: the one asked for by number; of an episode the one that is named so, and never another; else
 * the largest video.
 * @throws TorrentUnplayableError with the reason
 */
export function fileOfPlay(
  metadata: Pick<TorrentMetadata, 'files'>,
  { fileIndex, episode }: Pick<ResolvedPlayback, 'fileIndex' | 'episode'>,
): TorrentFile {
  if (fileIndex !== undefined || !episode) return choosePlayableFile(metadata, fileIndex);
  const picked = pickFile(metadata, episode);
  if ('refusal' in picked) throw new TorrentUnplayableError(picked.refusal);
  return picked.file;
}
