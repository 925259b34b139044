import { expect, it } from '@jest/globals';
import { hasSound } from './use-media-state.js';

it.each([
  ['Chromium without a decoder', { webkitAudioDecodedByteCount: 0 }, false],
  ['Chromium with sound', { webkitAudioDecodedByteCount: 512 }, true],
  ['Firefox without a decoder', { mozHasAudio: false }, false],
  ['Firefox with sound', { mozHasAudio: true }, true],
  ['Safari without a decoder', { audioTracks: { length: 0 } }, false],
  ['Safari with sound', { audioTracks: { length: 2 } }, true],
  ['a browser that does not tell', {}, null],
])('knows whether sound is decoded: %s', (_name, video, expected) => {
  expect(hasSound(video)).toBe(expected);
});
