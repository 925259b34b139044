import type { WebSeedHttp } from '../../../http-client/web-seed-http.js';
import type { BlockSource } from './block-source.js';
import type { SeedLayout } from './seed-layout.js';
import { WebSeed } from './web-seed.js';
import { acceptedWebSeeds } from './web-seed-urls.js';

/** Seeds of one torrent that can be asked at the same time: more would share each stretch among them. Others stand in. */
const maxAtOnce = 1;
/** Those that rest, or have not got everything, count as well. */
const mostTried = 5;

export interface WebSeedsOptions {
  layout: SeedLayout;
  length: number;
  pieceLength: number;
  http: Pick<WebSeedHttp, 'open'>;
  pace: (bytes: number) => Promise<void>;
  now: () => number;
  random: () => number;
  /** Where a seed is to be asked from. */
  join: (source: BlockSource, onGone: () => void) => void;
}

/** The web seeds of one torrent. */
export class WebSeeds {
  private readonly waiting: string[] = [];
  private readonly known = new Set<string>();
  private readonly active = new Set<WebSeed>();
  private lastTrouble: string | null = null;
  private isClosed = false;

  constructor(private readonly options: WebSeedsOptions) {}

  /** Those that can be asked now. */
  get count(): number {
    let count = 0;
    for (const { isUsable } of this.active) if (isUsable) count += 1;
    return count;
  }

  private get wholeCount(): number {
    return [...this.active].filter(({ isUsable, isWhole }) => isUsable && isWhole).length;
  }

  /** Why one does not give what it is asked for; null while all do. */
  get trouble(): string | null {
    for (const { trouble } of this.active) if (trouble !== null) return trouble;
    return this.active.size === 0 ? this.lastTrouble : null;
  }

  add(urls: readonly string[]): void {
    for (const url of acceptedWebSeeds(urls)) {
      if (this.known.has(url) || this.known.size >= 20) continue;
      this.known.add(url);
      this.waiting.push(url);
    }
    this.fill();
  }

  close(): void {
    this.isClosed = true;
    for (const seed of this.active) seed.close();
    this.active.clear();
  }

  private fill(): void {
    while (!this.isClosed && this.wholeCount < maxAtOnce && this.active.size < mostTried) {
      const url = this.waiting.shift();
      if (url === undefined) return;
      const { join, ...rest } = this.options;
      const seed = new WebSeed({ ...rest, seed: url, onShort: () => this.fill() });
      this.active.add(seed);
      join(seed, () => {
        this.lastTrouble = seed.trouble;
        this.active.delete(seed);
        this.fill();
      });
    }
  }
}
