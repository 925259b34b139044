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
  /** The picture runs and no sound is decoded: the silent way a missing E-AC-3 decoder fails. A silent film looks alike. */
  noSound: boolean;
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
  noSound: false,
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

/** Played this long without a picture, or without sound: it will not come. */
const PATIENCE_SECONDS = 1;

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
    noPicture: video.videoWidth === 0 && played(video.played) > PATIENCE_SECONDS,
    noSound: hasSound(video) === false && played(video.played) > PATIENCE_SECONDS,
  };
}

/**
 * Tells whether the browser decodes sound of the video; null when it does not tell. Chromium counts decoded bytes,
 * Firefox has a flag, Safari lists the tracks it can play. None is part of the DOM types, for none is standard.
 */
export function hasSound(video: object): boolean | null {
  const read = (name: string): unknown => (name in video ? Reflect.get(video, name) : undefined);
  const bytes = read('webkitAudioDecodedByteCount');
  if (typeof bytes === 'number') return bytes > 0;
  const flag = read('mozHasAudio');
  if (typeof flag === 'boolean') return flag;
  const tracks = read('audioTracks');
  if (typeof tracks !== 'object' || tracks === null || !('length' in tracks)) return null;
  return typeof tracks.length === 'number' ? tracks.length > 0 : null;
}

function played(ranges: TimeRanges): number {
  let seconds = 0;
  for (let index = 0; index < ranges.length; index += 1) seconds += ranges.end(index) - ranges.start(index);
  return seconds;
}
