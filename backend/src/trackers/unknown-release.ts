import type { FoundRelease } from '../services/source/indexer.port.js';

/** What an indexer does not tell. */
export const unknownRelease: Omit<FoundRelease, 'infoHash' | 'title'> = {
  resolution: null,
  videoCodec: null,
  audioCodec: null,
  audioChannels: null,
  releaseType: null,
  sizeBytes: null,
  seeders: null,
  leechers: null,
  torrentUrl: null,
  announce: [],
  webSeeds: [],
  uploadedAt: null,
  imdbId: null,
};
