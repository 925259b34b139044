import type { TitleKey } from '../../repositories/source.repository.js';
import type { MediaService } from '../media/media.service.js';
import type { Reader } from '../media/reader.js';
import type { EpisodePage, ShowService } from '../media/show.service.js';
import type { SourceTitle } from './source.service.js';

/** A film or an episode that can be played, with what there is to find its releases by. */
export interface PlayableTitle {
  /** For people: the film, or the series and which episode. */
  name: string;
  /** The film or the series. */
  mediaId: string;
  /** Of which episode, when it is a series. */
  place: EpisodePlace | null;
  wanted: SourceTitle;
}

export interface EpisodePlace {
  season: number;
  episode: number;
}

/** From the catalogue's titles to what indexers are asked for. */
export class SourceTitles {
  constructor(
    private readonly media: Pick<MediaService, 'getMovie'>,
    private readonly shows: Pick<ShowService, 'getEpisode' | 'getEpisodeById'>,
  ) {}

  /** Errors: not-found, also for what is not meant for the reader's age. */
  async get(mediaId: string, place: EpisodePlace | null, reader: Reader): Promise<PlayableTitle> {
    if (!place) return this.movie(mediaId, reader);
    return ofEpisode(await this.shows.getEpisode(mediaId, place.season, place.episode, reader));
  }

  /** By what a source belongs to. Errors: as `get`. */
  async getByKey({ kind, id }: TitleKey, reader: Reader = {}): Promise<PlayableTitle> {
    if (kind === 'movie') return this.movie(id, reader);
    return ofEpisode(await this.shows.getEpisodeById(id, reader));
  }

  private async movie(id: string, reader: Reader): Promise<PlayableTitle> {
    const movie = await this.media.getMovie(id, reader);
    return { name: movie.title, mediaId: movie.id, place: null, wanted: movie };
  }
}

function ofEpisode({ show, episode, absolute }: EpisodePage): PlayableTitle {
  const { seasonNumber: season, number, airDate } = episode;
  return {
    name: `${show.title} S${season} E${number}`,
    mediaId: show.id,
    place: { season, episode: number },
    wanted: {
      id: episode.id,
      imdbId: show.imdbId,
      tmdbId: show.tmdbId,
      tvdbId: show.tvdbId,
      title: show.title,
      originalTitle: show.originalTitle,
      originalLanguage: show.originalLanguage,
      aliases: show.aliases,
      originCountries: show.originCountries,
      year: show.year,
      releaseDate: airDate,
      runtimeSeconds: episode.runtimeSeconds ?? show.runtimeSeconds,
      episode: { season, number, absolute, episodeCount: show.episodeCount, airDate },
    },
  };
}
