import type { WebSeedHttp } from '../../../http-client/web-seed-http.js';
import type { PieceFetcher } from '../piece-fetcher.js';
import type { TorrentMetadata } from '../torrent-engine.port.js';
import { SeedLayout } from './seed-layout.js';
import { WebSeeds } from './web-seeds.js';

export interface NamedWebSeedsOptions {
  urls: readonly string[];
  /** Null when web seeds are not asked. */
  http: WebSeedHttp | null;
  /** Waits until so many bytes may be taken. */
  pace: (bytes: number) => Promise<void>;
}

/** The web seeds a torrent was named, from before anybody knows which file they would keep. */
export class NamedWebSeeds {
  private readonly urls: string[];
  private seeds: WebSeeds | null = null;

  constructor(
    private readonly options: NamedWebSeedsOptions,
    private readonly clock: { now: () => number; random: () => number },
  ) {
    this.urls = [...options.urls];
  }

  /** Those that can be asked now. */
  get count(): number {
    return this.seeds?.count ?? 0;
  }

  /** Why one does not give what it is asked for; null while all do. */
  get trouble(): string | null {
    return this.seeds?.trouble ?? null;
  }

  /** Further servers. */
  add(urls: readonly string[]): void {
    this.urls.push(...urls);
    this.seeds?.add(urls);
  }

  /** From now on they are asked for what `fetcher` wants. */
  begin(torrentFile: Uint8Array, { length, pieceLength }: TorrentMetadata, fetcher: PieceFetcher): void {
    const { http, pace } = this.options;
    if (!http) return;
    this.seeds = new WebSeeds({
      layout: SeedLayout.read(torrentFile),
      length,
      pieceLength,
      http,
      pace,
      now: this.clock.now,
      random: this.clock.random,
      join: (source, onGone) => fetcher.joinSource(source, onGone),
    });
    this.seeds.add(this.urls);
  }

  close(): void {
    this.seeds?.close();
  }
}
