// What an indexer's adapter promises. (In `trackers/` an indexer is called tracker, as people do; it finds
// releases, it does not announce peers.) Every adapter's test runs trackers/tracker.contract.ts.

/** The film to find releases of. */
export interface WantedMovie {
  /** `tt` and digits. */
  imdbId: string | null;
  title: string;
  originalTitle: string;
  year: number | null;
}

/** A release as an indexer tells of it. Unknown is null. */
export interface FoundRelease {
  /** 40 lower-case hex digits. */
  infoHash: string;
  /** The release name, or one put together from what the indexer says; up to 300 characters. */
  title: string;
  /** `2160p`, `1080p`, `720p`, ... */
  resolution: string | null;
  /** h264, hevc, av1, vp9, ... */
  videoCodec: string | null;
  /** aac, ac3, eac3, dts, opus, ... */
  audioCodec: string | null;
  /** `2.0`, `5.1`, ... */
  audioChannels: string | null;
  /** `bluray`, `web`, `dvd`, `hdtv`, `cam`, ... */
  releaseType: string | null;
  /** May be rounded: never for telling files apart. */
  sizeBytes: number | null;
  seeders: number | null;
  leechers: number | null;
  /** Where the indexer keeps the .torrent file; http or https. */
  torrentUrl: string | null;
  uploadedAt: Date | null;
}

export interface Tracker {
  /** Short, for people, up to 64 characters: it is stored with each release. */
  readonly name: string;
  /**
   * Releases of the film and of no other; an empty list when there are none. Nothing in it is trusted further
   * than its shape. Errors: `ProviderUnavailableError`, `ProviderTimeoutError`, or the reason of `signal`.
   */
  search(movie: WantedMovie, options: { signal: AbortSignal }): Promise<FoundRelease[]>;
}

/** Same film by name, for indexers without ids: letters and digits count, case, accents and signs do not. */
export function isSameTitle(one: string, other: string): boolean {
  const folded = fold(one);
  return folded !== '' && folded === fold(other);
}

function fold(title: string): string {
  return title
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '');
}
