import type { FoundRelease } from '../services/source/indexer.port.js';

/** A release as an indexer tells of it. */
export function aRelease(overrides: Partial<FoundRelease> = {}): FoundRelease {
  return {
    infoHash: 'a'.repeat(40),
    title: 'Sintel (2010) 1080p WEB x264 AAC 5.1',
    resolution: '1080p',
    videoCodec: 'h264',
    audioCodec: 'aac',
    audioChannels: '5.1',
    releaseType: 'web',
    sizeBytes: 1_000_000_000,
    seeders: 12,
    leechers: 3,
    torrentUrl: null,
    announce: [],
    webSeeds: [],
    imdbId: null,
    uploadedAt: new Date('2024-01-15T08:23:45Z'),
    ...overrides,
  };
}
