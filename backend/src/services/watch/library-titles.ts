import type { EpisodeRepository } from '../../repositories/episode.repository.js';
import type { MovieRepository } from '../../repositories/movie.repository.js';
import type { ShowRepository } from '../../repositories/show.repository.js';
import type { Title } from '../media/reader.js';
import type {
  ForeignTitle,
  GuideEpisode,
  TitleDirectory,
  TitleIds,
  WatchTitle,
} from './title-directory.port.js';

/** The titles of the stored catalogue. Nothing is asked of a provider here. */
export class LibraryTitles implements TitleDirectory {
  constructor(
    private readonly movies: MovieRepository,
    private readonly shows: ShowRepository,
    private readonly episodes: EpisodeRepository,
  ) {}

  async findTitles(mediaIds: readonly string[]): Promise<Map<string, WatchTitle>> {
    const titles = await this.load(mediaIds);
    return new Map([...titles].map(([asked, title]) => [asked, factsOf(title)]));
  }

  async listEpisodes(showId: string): Promise<GuideEpisode[]> {
    const episodes = await this.episodes.listAllEpisodes(showId);
    return episodes.map(({ seasonNumber, number, title, airDate, runtimeSeconds }) => ({
      season: seasonNumber,
      episode: number,
      title: title === '' ? null : title,
      airDate,
      runtimeSeconds,
    }));
  }

  /** What is known already keeps its facts: an outsider's title is no better than the catalogue's. */
  async adopt(titles: readonly ForeignTitle[]): Promise<(string | null)[]> {
    const known = {
      movie: await this.known(this.movies, titles, 'movie'),
      show: await this.known(this.shows, titles, 'show'),
    };
    const news = titles.filter((title) => hasId(title) && !known[title.type].has(title));
    for (const type of ['movie', 'show'] as const) {
      const rows = news.filter((title) => title.type === type);
      const facts = rows.map(({ title, year, tmdbId, imdbId }) => ({ title, year, tmdbId, imdbId }));
      const stored =
        type === 'movie' ? await this.movies.upsertMany(facts) : await this.shows.upsertMany(facts);
      for (const [at, row] of rows.entries()) {
        const id = stored[at]?.id;
        if (id !== undefined) known[type].set(row, id);
      }
    }
    return titles.map((title) => known[title.type].get(title) ?? null);
  }

  async findIds(mediaIds: readonly string[]): Promise<Map<string, TitleIds>> {
    const titles = await this.load(mediaIds);
    return new Map([...titles].map(([asked, { type, tmdbId, imdbId }]) => [asked, { type, tmdbId, imdbId }]));
  }

  /** By the id asked for: what was watched before two films became one is still kept under the other's id. */
  private async load(mediaIds: readonly string[]): Promise<Map<string, Title>> {
    const ids = [...new Set(mediaIds)];
    const [movies, shows] = await Promise.all([this.movies.mapByIds(ids), this.shows.findByIds(ids)]);
    return new Map<string, Title>([...movies, ...shows.map((show) => [show.id, show] as const)]);
  }

  private async known(
    stored: Pick<MovieRepository | ShowRepository, 'findByTmdbIds' | 'findByImdbId'>,
    titles: readonly ForeignTitle[],
    type: ForeignTitle['type'],
  ): Promise<Map<ForeignTitle, string>> {
    const asked = titles.filter((title) => title.type === type);
    const found = await stored.findByTmdbIds(asked.flatMap(({ tmdbId }) => tmdbId ?? []));
    const byTmdbId = new Map(found.map((title) => [title.tmdbId, title.id]));
    const known = new Map<ForeignTitle, string>();
    for (const title of asked) {
      const byTmdb = title.tmdbId === null ? undefined : byTmdbId.get(title.tmdbId);
      const id =
        byTmdb ?? (title.imdbId === null ? undefined : (await stored.findByImdbId(title.imdbId))?.id);
      if (id !== undefined) known.set(title, id);
    }
    return known;
  }
}

function factsOf({ id, type, title, year, posterPath, backdropPath, ...rest }: Title): WatchTitle {
  const { certification, minimumAge, runtimeSeconds } = rest;
  const facts = { mediaId: id, type, title, year, posterPath, backdropPath };
  return { ...facts, certification, minimumAge, runtimeSeconds };
}

function hasId({ tmdbId, imdbId }: ForeignTitle): boolean {
  return tmdbId !== null || imdbId !== null;
}
