import { queryOptions } from '@tanstack/react-query';
import { thisClient } from '../../api/capabilities.js';
import { type ApiClient, answer } from '../../api/client.js';
import { readEvents } from '../../api/event-stream.js';
import { readProblem } from '../../api/problem.js';
import type { SourceList } from '../../api/types.js';

const MINUTE_MS = 60_000;

/**
 * Seeders come and go, so sources age sooner than facts. The list grows in the page as indexers answer; it is settled
 * when all have.
 */
export function movieSources(api: ApiClient, id: string) {
  const queryKey = ['movie', id, 'sources'];
  return queryOptions<SourceList>({
    queryKey,
    queryFn: async ({ signal, client }) => {
      const path = `/movies/${encodeURIComponent(id)}/sources/stream?${viewerQuery()}`;
      const response = await api.session.fetch(api.url(path), { signal });
      if (!response.ok) throw await readProblem(response);
      let last: SourceList | null = null;
      for await (const { event, data } of readEvents(response)) {
        if (event !== 'sources') continue;
        last = JSON.parse(data) as SourceList;
        if (!last.done) client.setQueryData(queryKey, last);
      }
      if (!last) throw new Error('The list of sources broke off.');
      return last;
    },
    staleTime: MINUTE_MS,
  });
}

export interface EpisodePlace {
  showId: string;
  season: number;
  episode: number;
}

/** Releases that hold an episode, when every indexer has answered. */
export function episodeSources(api: ApiClient, { showId, season, episode }: EpisodePlace) {
  return queryOptions<SourceList>({
    queryKey: ['show', showId, season, episode, 'sources'],
    queryFn: async ({ signal }) => {
      const path = `/shows/${encodeURIComponent(showId)}/seasons/${season}/episodes/${episode}/sources`;
      const response = await api.session.fetch(api.url(`${path}?${viewerQuery()}`), { signal });
      if (!response.ok) throw await readProblem(response);
      return (await response.json()) as SourceList;
    },
    staleTime: MINUTE_MS,
  });
}

/** What this browser plays, so that "plays directly" is true for it. */
function viewerQuery(): string {
  const { containers, videoCodecs, audioCodecs, bitsPerSecond } = thisClient();
  const query = new URLSearchParams();
  // A probe that knows of nothing has not been answered: what about every browser plays holds then.
  for (const [name, list] of Object.entries({ containers, videoCodecs, audioCodecs }))
    if (list.length > 0) query.set(name, list.join(','));
  if (typeof bitsPerSecond === 'number') query.set('bitsPerSecond', String(bitsPerSecond));
  return query.toString();
}

/** What those like who like the title. */
export function similarTo(api: ApiClient, type: 'movie' | 'show', id: string) {
  return queryOptions({
    queryKey: [type, id, 'similar'],
    queryFn: ({ signal }) => {
      const asked = [{ param: { id } }, { init: { signal } }] as const;
      return type === 'movie'
        ? answer(api.http.movies[':id'].similar.$get(...asked))
        : answer(api.http.shows[':id'].similar.$get(...asked));
    },
  });
}
