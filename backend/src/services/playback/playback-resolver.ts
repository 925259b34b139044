import { AppError, NotFoundError } from '../../errors/app-error.js';
import { NetworkClosedError } from '../../http-client/permitted.dispatcher.js';
import { ForbiddenError } from '../auth/auth.errors.js';
import type { WantedEpisode } from '../source/indexer.port.js';
import type { RankedSource, SourceService } from '../source/source.service.js';
import { type ClientCapabilities, viewerFor } from '../source/source-score.js';
import type { EpisodePlace, PlayableTitle, SourceTitles } from '../source/source-titles.js';
import type { TorrentMetadataService } from '../source/torrent-metadata.service.js';
import { parseMagnet } from '../torrent/magnet.js';
import type { TorrentMetadata } from '../torrent/torrent-engine.port.js';
import { parseTorrentFile } from '../torrent/torrent-file.js';
import type { WantedTorrent } from './torrent-leases.js';

/** What somebody asked to play. */
export type PlaybackRequest =
  | { kind: 'media'; mediaId: string; place?: EpisodePlace | undefined }
  | {
      kind: 'source';
      sourceId: string;
      /** Title the release was chosen for; the title it was found for when left out. */
      chosenFor?: { mediaId: string; place: EpisodePlace | null } | undefined;
      fileIndex?: number | undefined;
    }
  | { kind: 'magnet'; magnet: string; fileIndex?: number | undefined }
  | { kind: 'torrent-file'; bytes: Uint8Array; fileIndex?: number | undefined };

/** Account that a play is resolved for. */
export interface PlaybackReader {
  /**
   * Years; null plays everything. With a limit only titles known to be for that age are played, and no torrents of
   * which nobody knows what they hold.
   */
  ageLimit: number | null;
  /** Language of the account; null for each title's original. */
  language: string | null;
}

/** What will be played, and why this. */
export interface ResolvedPlayback {
  torrent: WantedTorrent;
  title: string;
  /** The film or the series; null for what was opened by hand. */
  mediaId: string | null;
  /** Which episode, when it is a series. */
  place: EpisodePlace | null;
  /** What its file must be named. */
  episode: WantedEpisode | null;
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
    private readonly titles: Pick<SourceTitles, 'get' | 'getByKey'>,
    private readonly sources: SourceService,
    private readonly metadata: Pick<TorrentMetadataService, 'fromLink'>,
    /** Why torrents and indexers must wait now; null when they need not. */
    private readonly pauseReason: () => string | null = () => null,
  ) {}

  /** Chooses the torrent. Errors: not-found, no-sources, network-closed, magnet-invalid, torrent-invalid, forbidden. */
  async resolve(
    request: PlaybackRequest,
    capabilities: ClientCapabilities,
    reader: PlaybackReader,
  ): Promise<ResolvedPlayback> {
    const { ageLimit } = reader;
    const byHand = request.kind === 'magnet' || request.kind === 'torrent-file';
    if (byHand && ageLimit !== null)
      throw new ForbiddenError('Your account plays titles of the catalogue only.');
    switch (request.kind) {
      case 'media':
        return this.bestOf(
          await this.titles.get(request.mediaId, request.place ?? null, { ageLimit }),
          capabilities,
          reader,
        );
      case 'source':
        return this.chosen(request, capabilities, reader);
      case 'magnet': {
        const { infoHash, name, announce } = parseMagnet(request.magnet);
        return opened({ infoHash, announce }, name ?? infoHash, request.fileIndex, null);
      }
      case 'torrent-file': {
        const { infoHash, announce, metadata, bytes } = parseTorrentFile(request.bytes);
        return opened({ infoHash, announce, torrentFile: bytes }, metadata.name, request.fileIndex, metadata);
      }
    }
  }

  /** Other sources of a title that plays, best first, at most five. */
  async listOthers(
    {
      mediaId,
      place,
      infoHash,
      capabilities,
    }: {
      mediaId: string | null;
      place: EpisodePlace | null;
      infoHash: string;
      capabilities: ClientCapabilities;
    },
    { ageLimit, language }: PlaybackReader,
  ): Promise<string[]> {
    if (mediaId === null) return [];
    const { wanted } = await this.titles.get(mediaId, place, { ageLimit });
    const viewer = viewerFor(capabilities, language);
    const { items } = await this.sources.list(wanted, { viewer, patienceMs });
    return items
      .filter((source) => source.infoHash !== infoHash && source.seeders !== 0)
      .slice(0, 5)
      .map(({ id }) => id);
  }

  private async bestOf(
    title: PlayableTitle,
    capabilities: ClientCapabilities,
    { language }: PlaybackReader,
  ): Promise<ResolvedPlayback> {
    const viewer = viewerFor(capabilities, language);
    const { items } = await this.sources.list(title.wanted, { viewer, patienceMs });
    const [best] = items;
    if (!best) throw this.nothingFor(title.name);
    return this.fromSource(best, title, undefined);
  }

  /** Indexers that must not be asked have not said no. */
  private nothingFor(name: string): AppError {
    const reason = this.pauseReason();
    if (reason === null)
      return new AppError('no-sources', `No indexer has a source for "${name}" right now.`);
    return new NetworkClosedError(`Indexers are not asked for "${name}" without the VPN. ${reason}`);
  }

  /**
   * A release belongs to the film or the episode it was found for. The title that the client names must be that one:
   * otherwise progress would be saved for a title that does not play, and an age limit would be checked on it.
   */
  private async chosen(
    { sourceId, fileIndex, chosenFor }: Extract<PlaybackRequest, { kind: 'source' }>,
    capabilities: ClientCapabilities,
    { ageLimit, language }: PlaybackReader,
  ): Promise<ResolvedPlayback> {
    const source = await this.sources.getSource(sourceId, viewerFor(capabilities, language));
    const { movieId, episodeId } = source;
    const id = movieId ?? episodeId;
    if (id === null) throw new NotFoundError('Source');
    const kind = movieId === null ? 'episode' : 'movie';
    const title = await this.titles.getByKey({ kind, id }, { ageLimit });
    if (chosenFor) {
      const named = await this.titles.get(chosenFor.mediaId, chosenFor.place, { ageLimit });
      if (named.wanted.id !== title.wanted.id) throw new NotFoundError(`Source of "${named.name}"`);
    }
    return this.fromSource(source, title, fileIndex);
  }

  /** The indexer's own .torrent file, when it comes at once, saves asking the swarm what the torrent holds. */
  private async fromSource(
    source: RankedSource,
    { name, mediaId, place, wanted }: PlayableTitle,
    fileIndex: number | undefined,
  ): Promise<ResolvedPlayback> {
    const torrentFile = await this.metadata.fromLink(source, linkPatienceMs);
    return {
      torrent: {
        infoHash: source.infoHash,
        announce: source.announce,
        webSeeds: source.webSeeds,
        ...(torrentFile && { torrentFile }),
      },
      title: name,
      mediaId,
      place,
      episode: wanted.episode ?? null,
      fileIndex,
      metadata: torrentFile ? parseTorrentFile(torrentFile).metadata : null,
      durationSeconds: wanted.runtimeSeconds,
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
    place: null,
    episode: null,
    fileIndex,
    metadata,
    durationSeconds: null,
    source: null,
    reasons: ['Opened by hand'],
  };
}
