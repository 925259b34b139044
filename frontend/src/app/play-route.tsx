import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useCallback, useEffect } from 'react';
import { PlayerPage } from '../features/player/player-page.js';
import { leaveFullscreen } from '../features/player/video-commands.js';

const route = getRouteApi('/member/play');

/** The player, loaded when needed. */
export function PlayRoute() {
  const request = route.useSearch();
  const navigate = route.useNavigate();
  const router = useRouter();

  const leave = useCallback(() => {
    if (router.history.canGoBack()) router.history.back();
    else if (request.mediaId)
      void navigate({
        to: request.season === undefined ? '/movies/$id' : '/shows/$id',
        params: { id: request.mediaId },
        replace: true,
      });
    else void navigate({ to: '/', replace: true });
  }, [router, navigate, request.mediaId, request.season]);

  const showSources = useCallback(
    (id: string) =>
      void (request.season === undefined
        ? navigate({ to: '/movies/$id', params: { id }, search: { sources: 'open' }, replace: true })
        : navigate({ to: '/shows/$id', params: { id }, search: { season: request.season }, replace: true })),
    [navigate, request.season],
  );

  const playEpisode = useCallback(
    ({ season, episode }: { season: number; episode: number }) =>
      void navigate({
        to: '/play',
        search: { mediaId: request.mediaId, season: String(season), episode: String(episode) },
        // Back leads out of the series, not through all that was watched of it.
        replace: true,
      }),
    [navigate, request.mediaId],
  );

  useEffect(() => leaveFullscreen, []);

  return (
    <PlayerPage
      key={JSON.stringify(request)}
      request={request}
      onLeave={leave}
      onSources={showSources}
      onEpisode={playEpisode}
    />
  );
}
