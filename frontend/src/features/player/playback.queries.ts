import { type ApiClient, answer } from '../../api/client.js';
import { readProblem } from '../../api/problem.js';
import type { Playback, PlaybackRequest, PlaybackState } from '../../api/types.js';

/** Asks for a play. The route also takes binary bodies, which the typed client cannot tell apart. */
export async function startPlayback(api: ApiClient, body: PlaybackRequest): Promise<Playback> {
  return post(api, 'application/json', JSON.stringify(body));
}

export async function startTorrentFile(api: ApiClient, file: Blob): Promise<Playback> {
  return post(api, 'application/x-bittorrent', file);
}

/** What the player tells when it asks how the play does. */
export interface PlayerWord {
  /** It has run out of film. */
  waiting: boolean;
  /** Running time of the file, seconds; null until it is known. */
  length: number | null;
}

export function playbackState(
  api: ApiClient,
  id: string,
  { waiting, length }: PlayerWord,
): Promise<PlaybackState> {
  const query = {
    ...(waiting && { waiting: 'true' as const }),
    ...(length !== null && { length: String(length) }),
  };
  return answer(api.http.playback[':id'].$get({ param: { id }, query }));
}

/** Lets go of a play. Sent so that it survives the closing of the page; nobody waits for the answer. */
export async function endPlayback(api: ApiClient, id: string): Promise<void> {
  await api.session.fetch(api.url(`/playback/${encodeURIComponent(id)}`), {
    method: 'DELETE',
    keepalive: true,
  });
}

async function post(api: ApiClient, type: string, body: BodyInit): Promise<Playback> {
  const response = await api.session.fetch(api.url('/playback'), {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  });
  if (!response.ok) throw await readProblem(response);
  return (await response.json()) as Playback;
}
