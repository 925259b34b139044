import type { FoundRelease } from './indexer.port.js';

/** Where one indexer keeps the .torrent file; only that indexer can fetch it. */
export interface TorrentLink {
  indexer: string;
  url: string;
}

export interface IndexedRelease extends Omit<FoundRelease, 'torrentUrl'> {
  /** Name of the indexer that told of it first. */
  indexer: string;
  /** Names of all that know it, that one first. */
  indexers: string[];
  links: TorrentLink[];
}

const mostTrackers = 50;

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
      merged.set(release.infoHash, known ? combine(known, release, indexer) : indexed(release, indexer));
    }
  }
  return [...merged.values()];
}

function indexed({ torrentUrl, ...release }: FoundRelease, indexer: string): IndexedRelease {
  return {
    ...release,
    indexer,
    indexers: [indexer],
    links: torrentUrl === null ? [] : [{ indexer, url: torrentUrl }],
  };
}

function combine(known: IndexedRelease, other: FoundRelease, indexer: string): IndexedRelease {
  return {
    indexer: known.indexer,
    indexers: [...new Set([...known.indexers, indexer])],
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
    links: [...known.links, ...indexed(other, indexer).links],
    announce: union(known.announce, other.announce),
    webSeeds: union(known.webSeeds, other.webSeeds),
    uploadedAt: known.uploadedAt ?? other.uploadedAt,
    imdbId: known.imdbId ?? other.imdbId,
  };
}

function highest(one: number | null, other: number | null): number | null {
  return one === null ? other : Math.max(one, other ?? 0);
}

function union(one: readonly string[], other: readonly string[]): string[] {
  return [...new Set([...one, ...other])].slice(0, mostTrackers);
}
