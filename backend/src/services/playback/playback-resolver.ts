import type { Movie } from '../../entities/movie.entity.js';
import { AppError, NotFoundError } from '../../errors/app-error.js';
import { ForbiddenError } from '../auth/auth.errors.js';
import type { KnownMovie, MediaService } from '../media/media.service.js';
import type { RankedSource, SourceService } from '../source/source.service.js';
import { anyViewer, type ClientCapabilities } from '../source/source-score.js';
import type { TorrentMetadataService } from '../source/torrent-metadata.service.js';
import { parseMagnet } from '../torrent/magnet.js';
import type { TorrentMetadata } from '../torrent/torrent-engine.port.js';
import { parseTorrentFile } from '../torrent/torrent-file.js';
import type { WantedTorrent } from './torrent-leases.js';

/** What somebody asked to play. */
export type PlaybackRequest =
  | { kind: 'media'; mediaId: string }
  | { kind: 'source'; sourceId: string; fileIndex?: number | undefined }
  | { kind: 'magnet'; magnet: string; fileIndex?: number | undefined }
  | { kind: 'torrent-file'; bytes: Uint8Array; fileIndex?: number | undefined };

/** What will be played, and why this. */
export interface ResolvedPlayback {
  torrent: WantedTorrent;
  title: string;
  mediaId: string | null;
  fileIndex: number | undefined;
  /** Known already when a .torrent file was given. */
  metadata: TorrentMetadata | null;
  /** As the catalogue has it; the file may differ by some seconds. */
  durationSeconds: number | null;
  source: RankedSource | null;
  reasons: readonly string[];
}

/** From a title, a source, a magnet or a .torrent file to one torrent. */
export class PlaybackResolver {
  constructor(
    private readonly media: MediaService,
    private readonly sources: SourceService,
    private readonly metadata: Pick<TorrentMetadataService, 'fromLink'>,
  ) {}

  /**
   * @param ageLimit years; null plays everything. With a limit only titles known to be for that age are played, and no
   * torrents of which nobody knows what they hold.
   * Errors: not-found, no-sources, magnet-invalid, torrent-invalid, forbidden.
   */
  async resolve(
    request: PlaybackRequest,
    capabilities: ClientCapabilities,
    ageLimit: number | null,
  ): Promise<ResolvedPlayback> {
    const byHand = request.kind === 'magnet' || request.kind === 'torrent-file';
    if (byHand && ageLimit !== null)
      throw new ForbiddenError('Your account plays titles of the catalogue only.');
    switch (request.kind) {
      case 'media':
        return this.bestOf(await this.media.getMovie(request.mediaId, { ageLimit }), capabilities);
      case 'source':
        return this.chosen(request, capabilities, ageLimit);
      case 'magnet': {
        const { infoHash, name, announce } = parseMagnet(request.magnet);
        return opened({ infoHash, announce }, name ?? infoHash, request.fileIndex, null);
      }
      case 'torrent-file': {
        const { infoHash, announce, metadata } = parseTorrentFile(request.bytes);
        return opened(
          { infoHash, announce, torrentFile: request.bytes },
          metadata.name,
          request.fileIndex,
          metadata,
        );
      }
    }
  }

  /** Other sources of a title that plays, best first, at most five. */
  async listOthers(
    {
      mediaId,
      infoHash,
      capabilities,
    }: { mediaId: string | null; infoHash: string; capabilities: ClientCapabilities },
    ageLimit: number | null,
  ): Promise<string[]> {
    if (mediaId === null) return [];
    const movie = await this.media.getMovie(mediaId, { ageLimit });
    const viewer = { ...anyViewer, capabilities };
    const { items } = await this.sources.list(movie, { viewer, patienceMs });
    return items
      .filter((source) => source.infoHash !== infoHash && source.seeders !== 0)
      .slice(0, 5)
      .map(({ id }) => id);
  }

  private async bestOf(movie: KnownMovie, capabilities: ClientCapabilities): Promise<ResolvedPlayback> {
    const viewer = { ...anyViewer, capabilities };
    const { items } = await this.sources.list(movie, { viewer, patienceMs });
    const [best] = items;
    if (!best) throw new AppError('no-sources', `No indexer has a source for "${movie.title}" right now.`);
    return this.fromSource(best, movie, undefined);
  }

  private async chosen(
    { sourceId, fileIndex }: Extract<PlaybackRequest, { kind: 'source' }>,
    capabilities: ClientCapabilities,
    ageLimit: number | null,
  ): Promise<ResolvedPlayback> {
    const source = await this.sources.getSource(sourceId, { ...anyViewer, capabilities });
    if (source.movieId === null) throw new NotFoundError('Source');
    const movie = await this.media.getMovie(source.movieId, { ageLimit });
    return this.fromSource(source, movie, fileIndex);
  }

  /** The indexer's own .torrent file, when it comes at once, saves asking the swarm what the torrent holds. */
  private async fromSource(
    source: RankedSource,
    movie: Movie,
    fileIndex: number | undefined,
  ): Promise<ResolvedPlayback> {
    const torrentFile = await this.metadata.fromLink(source, linkPatienceMs);
    return {
      torrent: { infoHash: source.infoHash, announce: source.announce, ...(torrentFile && { torrentFile }) },
      title: movie.title,
      mediaId: movie.id,
      fileIndex,
      metadata: torrentFile ? parseTorrentFile(torrentFile).metadata : null,
      durationSeconds: movie.runtimeSeconds,
      source,
      reasons: source.reasons,
    };
  }
}

/** With something to play, how long slow indexers are waited for. Milliseconds. */
const patienceMs = 1_500;
/** How long an indexer's link may take before the swarm is asked instead. Milliseconds. */
const linkPatienceMs = 1_200;

function opened(
  torrent: WantedTorrent,
  title: string,
  fileIndex: number | undefined,
  metadata: TorrentMetadata | null,
): ResolvedPlayback {
  return {
    torrent,
    title,
    mediaId: null,
    fileIndex,
    metadata,
    durationSeconds: null,
    source: null,
    reasons: ['Opened by hand'],
  };
}
