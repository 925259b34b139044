import type { QueryClient } from '@tanstack/react-query';
import type { ApiClient } from '../../api/client.js';
import type { Playback } from '../../api/types.js';
import { startPlayback, startTorrentFile } from './playback.queries.js';

/** What was opened by hand: kept in memory, because a file cannot stand in an address. */
interface OpenedTorrent {
  /** Null once the player has taken it. */
  playback: Playback | null;
  /** Asks for the same again. */
  again: () => Promise<Playback>;
}

export type TorrentInput = { magnet: string } | { file: Blob };

const key = (id: string) => ['opened-torrent', id];

/** Starts the play of a magnet or a .torrent file and remembers how. */
export async function openTorrent(
  api: ApiClient,
  queries: QueryClient,
  input: TorrentInput,
): Promise<string> {
  const again = () => ('magnet' in input ? startPlayback(api, input) : startTorrentFile(api, input.file));
  const playback = await again();
  queries.setQueryDefaults(key(playback.id), { gcTime: Number.POSITIVE_INFINITY });
  queries.setQueryData<OpenedTorrent>(key(playback.id), { playback, again });
  return playback.id;
}

/** The play that was opened, or, when it was taken before (and has ended since), the same asked for again. */
export async function takeOpenedTorrent(queries: QueryClient, id: string): Promise<Playback | null> {
  const opened = queries.getQueryData<OpenedTorrent>(key(id));
  if (!opened) return null;
  if (opened.playback === null) return opened.again();
  queries.setQueryData<OpenedTorrent>(key(id), { ...opened, playback: null });
  return opened.playback;
}
