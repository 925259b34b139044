import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { thisClient } from '../../api/capabilities.js';
import { show } from '../../api/catalogue.js';
import { type ApiClient, useApi } from '../../api/client.js';
import { movie } from '../../api/movie.query.js';
import type { ClientCapabilities, Playback, PlaybackRequest } from '../../api/types.js';
import { takeOpenedTorrent } from './opened-torrents.js';
import type { PlayRequest } from './play-request.js';
import { startPlayback } from './playback.queries.js';
import { Stage } from './stage.js';

interface PlayerPageProps {
  request: PlayRequest;
  onLeave: () => void;
  /** Opens the list of sources of a film. */
  onSources: (mediaId: string) => void;
  /** Plays another episode of the same series. */
  onEpisode: (place: { season: number; episode: number }) => void;
}

/** Sources tried one after the other without being asked. */
const MAX_MOVES = 3;

interface Attempt {
  number: number;
  resumeAt: number | null;
  /** Sources gone over to when the one before did not deliver. */
  moves: readonly string[];
}

/** Plays what the address says. Each try is a play of its own on the server. */
export function PlayerPage({ request, onLeave, onSources, onEpisode }: PlayerPageProps) {
  const api = useApi();
  const queries = useQueryClient();
  const [attempt, setAttempt] = useState<Attempt>({
    number: 0,
    resumeAt: request.from === 'start' ? 0 : null,
    moves: [],
  });
  const [capabilities] = useState(() => thisClient());
  const moveTo = attempt.moves.at(-1);
  /** To the best source not tried yet; the viewer's own choice is never overruled, and three moves are enough. */
  const move = useCallback(
    (alternatives: readonly string[], resumeAt: number) =>
      setAttempt((now) => {
        const next = alternatives.find((id) => !now.moves.includes(id));
        if (next === undefined || now.moves.length >= MAX_MOVES) return now;
        return { number: now.number + 1, resumeAt, moves: [...now.moves, next] };
      }),
    [],
  );
  const place = placeOf(request);
  const { mediaId = '' } = request;
  const film = useQuery({ ...movie(api, mediaId), enabled: mediaId !== '' && !place });
  const series = useQuery({ ...show(api, mediaId), enabled: mediaId !== '' && place !== undefined });

  return (
    <Stage
      key={`${JSON.stringify(request)} ${attempt.number}`}
      ask={() =>
        ask(api, queries, moveTo === undefined ? request : { ...request, sourceId: moveTo }, capabilities)
      }
      film={film.data ?? series.data ?? null}
      mediaId={request.mediaId ?? null}
      place={place}
      resumeAt={attempt.resumeAt}
      onRestart={(resumeAt) => setAttempt(({ number, moves }) => ({ number: number + 1, resumeAt, moves }))}
      onFailing={request.mediaId !== undefined && request.sourceId === undefined ? move : undefined}
      moved={moveTo !== undefined}
      onLeave={onLeave}
      onSources={onSources}
      onEpisode={onEpisode}
    />
  );
}

function placeOf({ season, episode }: PlayRequest) {
  return season === undefined || episode === undefined
    ? undefined
    : { season: Number(season), episode: Number(episode) };
}

async function ask(
  api: ApiClient,
  queries: QueryClient,
  { mediaId, sourceId, opened, ...place }: PlayRequest,
  capabilities: ClientCapabilities,
): Promise<Playback> {
  const title = mediaId === undefined ? {} : { mediaId, ...placeOf(place) };
  const body: PlaybackRequest | null = sourceId
    ? { sourceId, ...title, capabilities }
    : mediaId
      ? { mediaId, ...placeOf(place), capabilities }
      : null;
  if (body) return startPlayback(api, body);
  const playback = opened === undefined ? null : await takeOpenedTorrent(queries, opened);
  if (playback) return playback;
  throw new Error(
    'This address does not say what to play any more. Open the torrent again, or choose a film.',
  );
}
