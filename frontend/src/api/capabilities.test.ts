import { describe, expect, it } from '@jest/globals';
import { probeCapabilities } from './capabilities.js';

describe('probeCapabilities', () => {
  it('tells what is decoded by either way of asking, and nothing else', () => {
    const able = ['avc1', 'vp9', 'mp4a', 'audio/mpeg'];
    const found = probeCapabilities({
      isTypeSupported: (type) => able.some((part) => type.includes(part)) && !type.startsWith('audio/mpeg'),
      canPlayType: (type) => (type === 'audio/mpeg' ? 'probably' : type === 'video/mp4' ? 'maybe' : ''),
    });
    expect(found).toEqual({ containers: ['mp4'], videoCodecs: ['h264', 'vp9'], audioCodecs: ['aac', 'mp3'] });
  });

  it('does not take "maybe" for a codec', () => {
    const found = probeCapabilities({ isTypeSupported: () => false, canPlayType: () => 'maybe' });
    expect(found).toEqual({ containers: ['mp4', 'webm', 'mkv'], videoCodecs: [], audioCodecs: [] });
  });
});
