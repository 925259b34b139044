import type {
  FoundRelease,
  Indexer,
  IndexerKind,
  IndexerTools,
  WantedTitle,
} from '../../services/source/indexer.port.js';
import { downloadTorrent } from '../download.js';
import { unknownRelease } from '../unknown-release.js';

/**
 * Openly licensed films (CC BY) whose torrents are published at webtorrent.io; on without any configuration.
 * What is not known for sure (size, codecs, how many seed) is left unknown.
 */
const releases: Readonly<Record<string, Pick<FoundRelease, 'infoHash' | 'title' | 'torrentUrl'>>> = {
  tt1254207: {
    infoHash: 'dd8255ecdc7ca55fb0bbf81323d87062db1f6d1c',
    title: 'Big Buck Bunny (2008)',
    torrentUrl: 'https://webtorrent.io/torrents/big-buck-bunny.torrent',
  },
  tt1727587: {
    infoHash: '08ada5a7a6183aae1e09d831df6748d566095a10',
    title: 'Sintel (2010)',
    torrentUrl: 'https://webtorrent.io/torrents/sintel.torrent',
  },
  tt2285752: {
    infoHash: '209c8226b299b308beaf2b9cd3fb49212dbd13ec',
    title: 'Tears of Steel (2012)',
    torrentUrl: 'https://webtorrent.io/torrents/tears-of-steel.torrent',
  },
  tt4957236: {
    infoHash: 'c9e15763f722f23e98a29decdfae341b98d53056',
    title: 'Cosmos Laundromat (2015)',
    torrentUrl: 'https://webtorrent.io/torrents/cosmos-laundromat.torrent',
  },
};

export class OpenFilmsIndexer implements Indexer {
  constructor(
    readonly name: string,
    private readonly tools: IndexerTools,
  ) {}

  search({ imdbId, episode }: WantedTitle, { signal }: { signal: AbortSignal }): Promise<FoundRelease[]> {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    const isKnown = imdbId !== null && !episode && Object.hasOwn(releases, imdbId);
    const release = isKnown ? releases[imdbId] : undefined;
    return Promise.resolve(release ? [{ ...unknownRelease, ...release, imdbId }] : []);
  }

  test({ signal }: { signal: AbortSignal }): Promise<string> {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    return Promise.resolve(`Knows ${Object.keys(releases).length} films, without asking anyone`);
  }

  download(torrentUrl: string, { signal }: { signal: AbortSignal }): Promise<Uint8Array | null> {
    return downloadTorrent(this.tools, { provider: this.name, link: torrentUrl, trusted: [], signal });
  }
}

export const openFilms: IndexerKind = {
  kind: 'open-films',
  label: 'Open films',
  takes: { urls: 0, apiKey: false },
  builtIn: { enabled: true },
  create: ({ name }, tools) => new OpenFilmsIndexer(name, tools),
};
