import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { thisClient } from '../../api/capabilities.js';
import { season as seasonOf, show as showOf } from '../../api/catalogue.js';
import { type ApiClient, useApi } from '../../api/client.js';
import type { Episode, Show } from '../../api/types.js';

export interface NextEpisode {
  season: number;
  episode: number;
  title: string;
  stillUrl: string | null;
}

/** The episode after this one in the order of broadcast; null when there is none, or it was not broadcast yet. */
export function useNextEpisode(
  mediaId: string | null,
  place: { season: number; episode: number } | undefined,
): NextEpisode | null {
  const api = useApi();
  const id = mediaId ?? '';
  const { season = 0, episode = 0 } = place ?? {};
  const isEpisode = place !== undefined && id !== '';
  const show = useQuery({ ...showOf(api, id), enabled: isEpisode });
  const own = useQuery({ ...seasonOf(api, id, season), enabled: isEpisode });
  const nextSeason = show.data ? seasonAfter(show.data.seasons, season) : null;
  const isLast = own.data !== undefined && episodeAfter(own.data.episodes, episode) === null;
  const following = useQuery({
    ...seasonOf(api, id, nextSeason ?? 0),
    enabled: isEpisode && isLast && nextSeason !== null,
  });
  if (!isEpisode || !own.data) return null;
  const next =
    episodeAfter(own.data.episodes, episode) ??
    (nextSeason === null ? null : episodeAfter(following.data?.episodes ?? [], -1));
  if (!next?.hasAired) return null;
  const { seasonNumber, number, title, stillUrl } = next;
  return { season: seasonNumber, episode: number, title: title || `Episode ${number}`, stillUrl };
}

/** The season that comes after; specials are followed by nothing but specials. */
export function seasonAfter(seasons: Show['seasons'], season: number): number | null {
  if (season === 0) return null;
  const later = seasons.map(({ number }) => number).filter((number) => number > season);
  return later.length === 0 ? null : Math.min(...later);
}

/** Whatever its number: some are missing. */
export function episodeAfter(episodes: readonly Episode[], number: number): Episode | null {
  return episodes.filter((one) => one.number > number).sort((a, b) => a.number - b.number)[0] ?? null;
}

/** While it is offered the server makes the next one ready: its first bytes are there when it begins. */
export function useReadyNext(mediaId: string | null, next: NextEpisode | null): void {
  const api = useApi();
  const { season, episode } = next ?? {};
  useEffect(() => {
    if (mediaId === null || season === undefined || episode === undefined) return;
    void makeReady(api, { mediaId, season, episode });
  }, [api, mediaId, season, episode]);
}

/** A wish, not a need: nobody minds a no. */
async function makeReady(
  api: ApiClient,
  title: { mediaId: string; season: number; episode: number },
): Promise<void> {
  const capabilities = thisClient();
  await api.http.playback.intent.$post({ json: { ...title, capabilities } }).catch(() => undefined);
}
