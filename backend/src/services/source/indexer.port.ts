// What an indexer's adapter promises. (Its folder is `trackers/`, as people say; it finds releases, it does not
// announce peers.) Every adapter's test runs trackers/indexer.contract.ts.

import type { HttpClient } from '../../http-client/http-client.js';

/** An episode of the show that a `WantedTitle` names. */
export interface WantedEpisode {
  /** From 0, where 0 holds the specials. */
  season: number;
  /** Within the season, from 1. */
  number: number;
  /** Counted through from the first episode of the first season; null when it cannot be told, and of specials. */
  absolute: number | null;
  /** Number of episodes of all seasons so far; null or absent when it is not known. */
  episodeCount?: number | null;
  /** YYYY-MM-DD. */
  airDate: string | null;
}

/** The film, or the episode of a show, to find releases of. */
export interface WantedTitle {
  /** `tt` and digits; of the film or of the show. */
  imdbId: string | null;
  tmdbId: number | null;
  tvdbId?: number | null;
  /** Item name at the Internet Archive. */
  archiveId?: string | null;
  title: string;
  originalTitle: string;
  /** Alternative titles and translations. */
  aliases?: readonly string[] | null;
  /** ISO 3166-1 codes of where it was made; empty or absent when they are not known. */
  originCountries?: readonly string[] | null;
  /** Of release; of a show the year it began. */
  year: number | null;
  runtimeSeconds: number | null;
  /** Absent or null: a film. */
  episode?: WantedEpisode | null;
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
  /** Where the indexer keeps the .torrent file; http or https, without any key. Only the indexer itself can fetch it. */
  torrentUrl: string | null;
  /** Trackers and web seeds (BEP 19) it names. */
  announce: readonly string[];
  webSeeds: readonly string[];
  uploadedAt: Date | null;
  /** `tt` and digits: what the indexer takes it for. */
  imdbId: string | null;
}

export interface Indexer {
  /** Short, for people, up to 64 characters: it is stored with each release. */
  readonly name: string;
  /**
   * Releases of the title as far as the indexer can tell; an empty list when there are none. Nothing in it is trusted
   * further than its shape. Errors: `ProviderUnavailableError`, `ProviderTimeoutError`, or the reason of `signal`.
   */
  search(title: WantedTitle, options: { signal: AbortSignal }): Promise<FoundRelease[]>;
  /** Tries it, and says in one sentence what answered. Errors: as `search`. */
  test(options: { signal: AbortSignal }): Promise<string>;
  /** The .torrent file behind a `torrentUrl` it gave; null when there is none. It is not checked yet. Errors: as `search`. */
  download(torrentUrl: string, options: { signal: AbortSignal }): Promise<Uint8Array | null>;
}

/** What an administrator says of an indexer. */
export interface IndexerSettings {
  name: string;
  /** In the order they are tried. */
  urls: readonly string[];
  apiKey: string | null;
  /** Numbers of the Torznab standard; empty for the kind's own choice. */
  categories: readonly number[];
}

/** What is handed to an adapter. */
export interface IndexerTools {
  /** A client for one address, with a circuit breaker of its own. */
  createHttp(provider: string, options?: { answerMs?: number }): ProviderHttp;
  downloads: TorrentDownloads;
}

/** What adapters use of `HttpClient`. */
export type ProviderHttp = HttpClient;

/** Fetches what an indexer's link leads to; nobody is led to a private address that the operator has not named. */
export interface TorrentDownloads {
  /**
   * @param trusted origins (`http://host:port`) that the operator named
   * Errors: `ProviderUnavailableError`, `ProviderTimeoutError`.
   */
  fetch(
    url: URL,
    options: { provider: string; trusted: readonly string[]; signal: AbortSignal },
  ): Promise<Download>;
}

export type Download =
  | { kind: 'file'; bytes: Uint8Array }
  /** The link led to a magnet, as Prowlarr's do. */
  | { kind: 'magnet'; magnet: string };

/** A kind of indexer: a folder in `trackers/` and a line in its index. */
export interface IndexerKind {
  /** Kebab case; it names the kind in the database. */
  readonly kind: string;
  readonly label: string;
  /** What an administrator has to give. `urls: 0` is for kinds that there is one of, without any. */
  readonly takes: { urls: 0 | 1 | 'several'; apiKey: boolean };
  /** There without being added: how it starts out. */
  readonly builtIn?: { enabled: boolean };
  /** What those who look at a title should know while no indexer of this kind is on; one sentence, or null. */
  whenOff?(title: WantedTitle): string | null;
  create(settings: IndexerSettings, tools: IndexerTools): Indexer;
}
