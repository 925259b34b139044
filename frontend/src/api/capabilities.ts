import { measuredBandwidth } from './bandwidth.js';
import type { ClientCapabilities } from './types.js';

/** What a browser says it can decode; `video` and `MediaSource` of the page, or stand-ins. */
export interface DecoderProbe {
  canPlayType: (type: string) => string;
  isTypeSupported: (type: string) => boolean;
}

const containers = {
  mp4: 'video/mp4',
  webm: 'video/webm',
  mkv: 'video/x-matroska; codecs="avc1.640028, mp4a.40.2"',
};

const videoCodecs = {
  h264: ['video/mp4; codecs="avc1.640028"'],
  hevc: ['video/mp4; codecs="hvc1.1.6.L120.90"', 'video/mp4; codecs="hev1.1.6.L120.90"'],
  vp9: ['video/webm; codecs="vp9"', 'video/mp4; codecs="vp09.00.40.08"'],
  av1: ['video/mp4; codecs="av01.0.08M.08"', 'video/webm; codecs="av01.0.08M.08"'],
};

const audioCodecs = {
  aac: ['audio/mp4; codecs="mp4a.40.2"'],
  mp3: ['audio/mpeg', 'audio/mp4; codecs="mp3"'],
  opus: ['audio/webm; codecs="opus"', 'audio/mp4; codecs="opus"'],
  ac3: ['audio/mp4; codecs="ac-3"'],
  eac3: ['audio/mp4; codecs="ec-3"'],
  flac: ['audio/flac', 'audio/mp4; codecs="flac"'],
};

/**
 * Asked before a play and sent with it: a browser that cannot decode HEVC or AC-3 gives no error later, only a
 * missing picture or silence.
 */
export function probeCapabilities({ canPlayType, isTypeSupported }: DecoderProbe): ClientCapabilities {
  const can = (type: string) => isTypeSupported(type) || canPlayType(type) === 'probably';
  const known = (table: Record<string, string[]>) =>
    Object.keys(table).filter((name) => table[name]?.some(can));
  return {
    containers: Object.entries(containers)
      .filter(([, type]) => canPlayType(type) !== '')
      .map(([name]) => name),
    videoCodecs: known(videoCodecs),
    audioCodecs: known(audioCodecs),
  };
}

/** What the page this runs in can play, and what its line was seen to carry. */
export function thisClient(): ClientCapabilities {
  return { ...probeCapabilities(browserProbe()), bitsPerSecond: measuredBandwidth() };
}

/** The probe of the page this runs in. */
export function browserProbe(): DecoderProbe {
  const video = document.createElement('video');
  return {
    canPlayType: (type) => video.canPlayType(type),
    isTypeSupported: (type) => typeof MediaSource !== 'undefined' && MediaSource.isTypeSupported(type),
  };
}
