import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Check, Eye } from 'lucide-react';
import { answer, useApi } from '../../api/client.js';
import type { Progress } from '../../api/types.js';
import { progressOf, watchingChanged } from '../../api/watching.js';
import { Button } from '../../ui/button.js';
import { FormError } from '../../ui/form-error.js';

interface WatchedMarkProps {
  mediaId: string;
  /** Alone: the whole season. */
  season?: number;
  episode?: number;
}

/** Marks a film, a series, a season or an episode as watched, or takes that back. */
export function WatchedMark({ mediaId, season, episode }: WatchedMarkProps) {
  const api = useApi();
  const queries = useQueryClient();
  const { data } = useQuery(progressOf(api, mediaId));
  const place = { ...(season !== undefined && { season }), ...(episode !== undefined && { episode }) };
  const mark = useMutation({
    mutationFn: (watched: boolean) =>
      answer(api.http.history.marks.$post({ json: { mediaId, ...place, watched } })),
    onSettled: () => watchingChanged(queries),
  });
  if (!data) return null;
  const known = isWatched(data, season, episode);
  const watched = mark.isPending ? mark.variables : known;
  return (
    <>
      <Button
        look="quiet"
        aria-pressed={watched}
        disabled={mark.isPending}
        onClick={() => mark.mutate(!watched)}
      >
        {watched ? <Check aria-hidden /> : <Eye aria-hidden />}
        {watched ? 'Watched' : wordsFor(season, episode)}
      </Button>
      <FormError error={mark.error} />
    </>
  );
}

function isWatched(progress: Progress, season: number | undefined, episode: number | undefined): boolean {
  if (season === undefined) return progress.watched;
  const asked = progress.episodes.filter(
    (one) => one.season === season && (episode === undefined || one.episode === episode),
  );
  return asked.length > 0 && asked.every(({ watched }) => watched);
}

function wordsFor(season: number | undefined, episode: number | undefined): string {
  return season !== undefined && episode === undefined ? 'Mark season as watched' : 'Mark as watched';
}
