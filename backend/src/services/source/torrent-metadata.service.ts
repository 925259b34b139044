import type { Source } from '../../entities/source.entity.js';
import type { Logger } from '../../logging/logger.js';
import type { SourceRepository } from '../../repositories/source.repository.js';
import type { StoredTorrentRepository } from '../../repositories/stored-torrent.repository.js';
import { TorrentInvalidError } from '../torrent/torrent.errors.js';
import { type ParsedTorrent, parseTorrentFile } from '../torrent/torrent-file.js';
import { pickFile } from './identity/pick-file.js';
import type { Indexer, WantedEpisode } from './indexer.port.js';

/** What is needed of a source to learn its list of files. */
export type DescribableSource = Pick<Source, 'id' | 'infoHash' | 'links' | 'announce'>;

/** Asks a swarm for a torrent's metadata (BEP 9); services/playback has one. */
export interface SwarmDescriber {
  /** The .torrent file; null when the swarm did not tell in time. */
  describe(
    torrent: { infoHash: string; announce: readonly string[] },
    options: { timeoutMs: number; signal: AbortSignal },
  ): Promise<Uint8Array | null>;
}

export interface TorrentMetadataOptions {
  storedTorrents: StoredTorrentRepository;
  sources: SourceRepository;
  /** The indexer of that name; null when it is gone. */
  findIndexer: (name: string) => Promise<Indexer | null>;
  swarm: SwarmDescriber;
  logger: Logger;
  /** Milliseconds; only differences count. */
  now?: () => number;
}

const limits = {
  /** An indexer's link, milliseconds. */
  linkMs: 8_000,
  /** A swarm, milliseconds. */
  swarmMs: 45_000,
  /** A torrent that nobody described is left alone for this long, milliseconds. */
  againMs: 20 * 60_000,
  /** Titles whose best sources wait to be described; the latest looked at goes first. */
  waiting: 20,
  /** How many of a title's best. */
  best: 3,
  remembered: 2_000,
} as const;

interface Wanted {
  episode: WantedEpisode | null;
  sources: readonly DescribableSource[];
}

/**
 * Learns what torrents hold before anybody plays them: from the indexer's link first, which takes an instant, then from
 * the swarm. What comes is checked against the info-hash and kept.
 */
export class TorrentMetadataService {
  private readonly underWay = new Map<string, Promise<Uint8Array | null>>();
  private readonly failedAt = new Map<string, number>();
  private readonly waiting: Wanted[] = [];
  private readonly stopping = new AbortController();
  private working: Promise<void> | null = null;
  private readonly now: () => number;

  constructor(private readonly options: TorrentMetadataOptions) {
    this.now = options.now ?? Date.now;
  }

  /** Which of them are described already. */
  async describedAmong(infoHashes: readonly string[]): Promise<ReadonlySet<string>> {
    if (infoHashes.length === 0) return new Set();
    return new Set((await this.options.storedTorrents.list(infoHashes)).map(({ infoHash }) => infoHash));
  }

  /**
   * The .torrent file when it is kept or an indexer's link gives it within `timeoutMs`; null otherwise. It is the
   * torrent asked for, whatever the link led to.
   */
  async fromLink(source: DescribableSource, timeoutMs: number = limits.linkMs): Promise<Uint8Array | null> {
    const kept = await this.options.storedTorrents.find(source.infoHash);
    if (kept) return kept.torrentFile;
    if (source.links.length === 0 || this.hasFailed(source.infoHash)) return null;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), timeoutMs);
    });
    try {
      return await Promise.race([this.fetchOnce(source), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Somebody looks at a title: its best sources are described soon, in the background, best first. */
  prepare(sources: readonly DescribableSource[], episode: WantedEpisode | null): void {
    if (sources.length === 0 || this.stopping.signal.aborted) return;
    this.waiting.push({ episode, sources: sources.slice(0, limits.best) });
    if (this.waiting.length > limits.waiting) this.waiting.shift();
    this.working ??= this.work();
  }

  /** When everything asked for so far has been described, or not. */
  async settled(): Promise<void> {
    await this.working;
  }

  /** Gives up what it waits for. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.waiting.length = 0;
    await this.working;
  }

  private async work(): Promise<void> {
    for (let next = this.waiting.pop(); next; next = this.waiting.pop()) {
      const { episode, sources } = next;
      // Links cost nothing; a swarm is asked for one torrent at a time, and only while none is described.
      const outcomes = await Promise.all(sources.map((source) => this.describe(source, episode, 'link')));
      if (outcomes.includes(true)) continue;
      for (const source of sources) if (await this.describe(source, episode, 'swarm')) break;
    }
    this.working = null;
  }

  /** Whether its list of files is known now. */
  private async describe(
    source: DescribableSource,
    episode: WantedEpisode | null,
    from: 'link' | 'swarm',
  ): Promise<boolean> {
    try {
      const file = from === 'link' ? await this.fromLink(source) : await this.fromSwarm(source);
      if (!file) return false;
      const picked = pickFile(parseTorrentFile(file).metadata, episode);
      await this.options.sources.setRefusal(source.id, 'refusal' in picked ? picked.refusal : null);
      return true;
    } catch (error) {
      this.options.logger.warn({ err: error, infoHash: source.infoHash }, 'a torrent was not described');
      return false;
    }
  }

  private fetchOnce(source: DescribableSource): Promise<Uint8Array | null> {
    const { infoHash } = source;
    const known = this.underWay.get(infoHash);
    if (known) return known;
    const fetching = this.fetch(source).finally(() => this.underWay.delete(infoHash));
    this.underWay.set(infoHash, fetching);
    return fetching;
  }

  private async fetch({ infoHash, links }: DescribableSource): Promise<Uint8Array | null> {
    const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(limits.linkMs)]);
    for (const { indexer: name, url } of links) {
      if (signal.aborted) break;
      try {
        const indexer = await this.options.findIndexer(name);
        const bytes = (await indexer?.download(url, { signal })) ?? null;
        if (bytes && (await this.keep(bytes, infoHash))) return bytes;
      } catch (error) {
        this.options.logger.info({ err: error, indexer: name, infoHash }, 'no .torrent file from an indexer');
      }
    }
    this.noteFailure(infoHash);
    return null;
  }

  private async fromSwarm({ infoHash, announce }: DescribableSource): Promise<Uint8Array | null> {
    const { signal } = this.stopping;
    const bytes = await this.options.swarm.describe(
      { infoHash, announce },
      { timeoutMs: limits.swarmMs, signal },
    );
    return bytes && (await this.keep(bytes, infoHash)) ? bytes : null;
  }

  /** Keeps it when it is the torrent that was asked for. */
  private async keep(bytes: Uint8Array, infoHash: string): Promise<boolean> {
    const torrent = parse(bytes);
    if (torrent?.infoHash !== infoHash) {
      this.options.logger.warn(
        { infoHash, got: torrent?.infoHash },
        'a .torrent file was not the one asked for',
      );
      return false;
    }
    const { name, length } = torrent.metadata;
    await this.options.storedTorrents.save({ infoHash, name, length, torrentFile: bytes });
    return true;
  }

  private hasFailed(infoHash: string): boolean {
    return this.now() - (this.failedAt.get(infoHash) ?? -Infinity) < limits.againMs;
  }

  private noteFailure(infoHash: string): void {
    if (this.failedAt.size >= limits.remembered) this.failedAt.clear();
    this.failedAt.set(infoHash, this.now());
  }
}

function parse(bytes: Uint8Array): ParsedTorrent | null {
  try {
    return parseTorrentFile(bytes);
  } catch (error) {
    if (error instanceof TorrentInvalidError) return null;
    throw error;
  }
}
