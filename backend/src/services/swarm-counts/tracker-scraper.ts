import type { SwarmCount } from '../../repositories/source.repository.js';
import type { TorrentDownloads } from '../source/indexer.port.js';
import { readScrape, scrapeUrl } from './http-scrape.js';
import { mostPerScrape, scrapeUdp } from './udp-scrape.js';

export interface TrackerScraperOptions {
  downloads: TorrentDownloads;
  /** Trackers the operator named: they may be anywhere. Those that torrents and indexers name may not. */
  named: readonly string[];
  /** Whether an address that a torrent's tracker leads to may be asked. */
  mayAsk: (address: string) => boolean;
  /** Whether datagrams may leave: they know no tunnel. */
  mayUseUdp: () => boolean;
  timeoutMs?: number;
}

/** Asks one tracker how many seed. */
export interface Scraper {
  /** At most `mostPerScrape` info-hashes. @throws Error when the tracker does not answer, refuses, or cannot be asked */
  scrape(tracker: string, infoHashes: readonly string[], signal: AbortSignal): Promise<SwarmCount[]>;
}

/** Scrapes UDP (BEP 15) and HTTP (BEP 48) trackers. */
export class TrackerScraper implements Scraper {
  constructor(private readonly options: TrackerScraperOptions) {}

  async scrape(tracker: string, infoHashes: readonly string[], signal: AbortSignal): Promise<SwarmCount[]> {
    const { downloads, named, mayAsk, mayUseUdp, timeoutMs = 4_000 } = this.options;
    const url = new URL(tracker);
    const asked = infoHashes.slice(0, mostPerScrape);
    const isNamed = named.includes(tracker);
    if (url.protocol === 'udp:' && !mayUseUdp()) throw new Error('datagrams may not leave now');
    if (url.protocol === 'udp:')
      return scrapeUdp(url, asked, { mayAsk: isNamed ? () => true : mayAsk, timeoutMs, signal });
    const address = /^https?:$/.test(url.protocol) ? scrapeUrl(url, asked) : null;
    if (!address) throw new Error('this tracker cannot be asked for counts');
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const trusted = isNamed ? [url.origin] : [];
    const answer = await downloads.fetch(address, { provider: 'A tracker', trusted, signal: limit });
    return answer.kind === 'file' ? readScrape(answer.bytes, asked) : [];
  }
}
