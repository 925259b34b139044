import type { FoundRelease } from './tracker.port.js';

export interface IndexedRelease extends FoundRelease {
  /** Name of the indexer that told of it first. */
  indexer: string;
}

/**
 * One list out of several indexers' answers, a release being its info-hash. The first indexer's word counts,
 * the others fill in what it does not know; of swarm counts the highest is nearest to the truth, since
 * every indexer sees only part of a swarm.
 */
export function mergeReleases(
  answers: readonly { indexer: string; releases: readonly FoundRelease[] }[],
): IndexedRelease[] {
  const merged = new Map<string, IndexedRelease>();
  for (const { indexer, releases } of answers) {
    for (const release of releases) {
      const known = merged.get(release.infoHash);
      merged.set(release.infoHash, known ? combine(known, release) : { ...release, indexer });
    }
  }
  return [...merged.values()];
}

function combine(known: IndexedRelease, other: FoundRelease): IndexedRelease {
  return {
    indexer: known.indexer,
    infoHash: known.infoHash,
    title: known.title,
    resolution: known.resolution ?? other.resolution,
    videoCodec: known.videoCodec ?? other.videoCodec,
    audioCodec: known.audioCodec ?? other.audioCodec,
    audioChannels: known.audioChannels ?? other.audioChannels,
    releaseType: known.releaseType ?? other.releaseType,
    sizeBytes: known.sizeBytes ?? other.sizeBytes,
    seeders: highest(known.seeders, other.seeders),
    leechers: highest(known.leechers, other.leechers),
    torrentUrl: known.torrentUrl ?? other.torrentUrl,
    uploadedAt: known.uploadedAt ?? other.uploadedAt,
  };
}

function highest(one: number | null, other: number | null): number | null {
  return one === null ? other : Math.max(one, other ?? 0);
}
