import { useEffect, useState } from 'react';

/** The video element as the controls see it. Times in seconds. */
export interface MediaState {
  time: number;
  duration: number;
  paused: boolean;
  ended: boolean;
  muted: boolean;
  /** 0 to 1. */
  volume: number;
  rate: number;
  buffered: TimeRanges | null;
  /** The picture stands still because data is missing. */
  waiting: boolean;
  /** There was a first frame. */
  started: boolean;
  /** Sound runs and no picture is decoded: the silent way a missing HEVC decoder fails. */
  noPicture: boolean;
  error: { code: number; message: string } | null;
  /** Pixels of the picture; 0 while unknown. */
  width: number;
  height: number;
}

const initial: MediaState = {
  time: 0,
  duration: Number.NaN,
  paused: true,
  ended: false,
  muted: false,
  volume: 1,
  rate: 1,
  buffered: null,
  waiting: false,
  started: false,
  noPicture: false,
  error: null,
  width: 0,
  height: 0,
};

const events = [
  'abort',
  'canplay',
  'durationchange',
  'emptied',
  'ended',
  'error',
  'loadeddata',
  'loadedmetadata',
  'pause',
  'play',
  'playing',
  'progress',
  'ratechange',
  'resize',
  'seeked',
  'seeking',
  'stalled',
  'timeupdate',
  'volumechange',
  'waiting',
] as const;

/** Follows a video element by its own events. */
export function useMediaState(video: HTMLVideoElement | null): MediaState {
  const [state, setState] = useState(initial);

  useEffect(() => {
    if (!video) return;
    const look = (event: Event) =>
      setState((known) => ({ ...known, ...read(video), ...follow(known, event, video) }));
    for (const name of events) video.addEventListener(name, look);
    return () => {
      for (const name of events) video.removeEventListener(name, look);
    };
  }, [video]);

  return state;
}

/** Played this long without a picture: it will not come. */
const PICTURE_PATIENCE_SECONDS = 1;

function read(video: HTMLVideoElement) {
  return {
    time: video.currentTime,
    duration: video.duration,
    paused: video.paused,
    ended: video.ended,
    muted: video.muted,
    volume: video.volume,
    rate: video.playbackRate,
    buffered: video.buffered,
    width: video.videoWidth,
    height: video.videoHeight,
    error: video.error && { code: video.error.code, message: video.error.message },
  };
}

function follow(known: MediaState, event: Event, video: HTMLVideoElement) {
  const enough = video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA;
  return {
    started:
      event.type === 'emptied'
        ? false
        : known.started || video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA,
    waiting: !enough && !video.ended && !video.error && video.networkState !== HTMLMediaElement.NETWORK_EMPTY,
    noPicture:
      video.videoWidth === 0 && video.played.length > 0 && played(video.played) > PICTURE_PATIENCE_SECONDS,
  };
}

function played(ranges: TimeRanges): number {
  let seconds = 0;
  for (let index = 0; index < ranges.length; index += 1) seconds += ranges.end(index) - ranges.start(index);
  return seconds;
}
