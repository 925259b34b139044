import type { z } from '@hono/zod-openapi';
import type { RankedSource, SourceList } from '../services/source/source.service.js';
import type { sourceListSchema, sourceSchema } from './source.schemas.js';

export function presentSources({
  items,
  indexers,
  refused,
  notes,
  isDone,
}: SourceList): z.infer<typeof sourceListSchema> {
  return { items: items.map(presentSource), indexers, refused, notes: [...notes], done: isDone };
}

/** Links of indexers stay here: they may hold keys, and only the server may follow them. */
export function presentSource(source: RankedSource): z.infer<typeof sourceSchema> {
  return {
    id: source.id,
    indexer: source.indexer,
    indexers: source.indexers,
    title: source.title,
    infoHash: source.infoHash,
    resolution: source.resolution,
    sizeBytes: source.sizeBytes,
    seeders: source.seeders,
    leechers: source.leechers,
    videoCodec: source.videoCodec,
    audioCodec: source.audioCodec,
    score: source.score,
    reasons: source.reasons,
  };
}
