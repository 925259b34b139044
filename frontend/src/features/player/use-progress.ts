import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { ApiClient } from '../../api/client.js';
import { randomId } from '../../api/progress-queue.js';
import { progressQueue, watchingChanged } from '../../api/watching.js';
import type { MediaState } from './use-media-state.js';

/** What is being watched, as the server calls it. */
export interface WatchedTitle {
  mediaId: string;
  season?: number | undefined;
  episode?: number | undefined;
}

const EVERY_MS = 10_000;

/** Saves the place while it plays, when it pauses or ends, and on leaving, in whichever way the page is left. */
export function useProgress(
  api: ApiClient,
  title: WatchedTitle | null,
  video: HTMLVideoElement | null,
  media: Pick<MediaState, 'started' | 'paused' | 'ended'>,
): void {
  const queries = useQueryClient();
  const [device] = useState(deviceName);
  const [sitting] = useState(randomId);
  const { mediaId, season, episode } = title ?? {};
  const save = useRef<(options?: { keepalive: boolean }) => Promise<void>>(() => Promise.resolve());

  useEffect(() => {
    if (mediaId === undefined || !video) return;
    const queue = progressQueue(api);
    if (!queue) return;
    let saved = '';
    save.current = async (options) => {
      const { currentTime, duration, paused, ended } = video;
      if (!Number.isFinite(duration) || duration <= 0 || currentTime <= 0) return;
      const state = ended ? 'finished' : paused || options?.keepalive ? 'paused' : 'playing';
      const positionSeconds = Math.round(currentTime * 10) / 10;
      const place = `${state} ${positionSeconds}`;
      if (place === saved) return;
      saved = place;
      queue.add({
        ...{
          mediaId,
          positionSeconds,
          durationSeconds: Math.round(duration * 10) / 10,
          state,
          sitting,
          device,
        },
        ...(season !== undefined && episode !== undefined && { season, episode }),
      });
      await queue.flush(options ?? {});
    };
    const leave = () => void save.current({ keepalive: true });
    const hide = () => document.visibilityState === 'hidden' && leave();
    addEventListener('pagehide', leave);
    document.addEventListener('visibilitychange', hide);
    return () => {
      removeEventListener('pagehide', leave);
      document.removeEventListener('visibilitychange', hide);
      // The element is gone from the page but still knows where it was.
      void save.current({ keepalive: true }).then(() => watchingChanged(queries));
      save.current = () => Promise.resolve();
    };
  }, [api, queries, video, mediaId, season, episode, sitting, device]);

  const playing = media.started && !media.paused && !media.ended;
  useEffect(() => {
    if (!media.started) return;
    void save.current();
    if (!playing) return;
    const timer = setInterval(() => void save.current(), EVERY_MS);
    return () => clearInterval(timer);
  }, [media.started, playing]);
}

/** One name for this browser, over all sign-ins. */
function deviceName(): string {
  const key = 'kinora.device';
  try {
    const known = localStorage.getItem(key);
    if (known !== null && /^[\w-]{8,40}$/.test(known)) return known;
    const made = randomId();
    localStorage.setItem(key, made);
    return made;
  } catch {
    return randomId();
  }
}
