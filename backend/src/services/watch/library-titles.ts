import type { MovieRepository } from '../../repositories/movie.repository.js';
import type {
  ForeignTitle,
  GuideEpisode,
  TitleDirectory,
  TitleIds,
  WatchTitle,
} from './title-directory.port.js';

/** The titles of the stored catalogue. */
export class LibraryTitles implements TitleDirectory {
  constructor(private readonly movies: MovieRepository) {}

  async findTitles(mediaIds: readonly string[]): Promise<Map<string, WatchTitle>> {
    const movies = await this.movies.findByIds([...new Set(mediaIds)]);
    return new Map(
      movies.map(({ id, title, year, posterPath, backdropPath, certification, runtimeSeconds }) => [
        id,
        { mediaId: id, type: 'movie', title, year, posterPath, backdropPath, certification, runtimeSeconds },
      ]),
    );
  }

  listEpisodes(_showId: string): Promise<GuideEpisode[]> {
    return Promise.resolve([]);
  }

  async adopt(titles: readonly ForeignTitle[]): Promise<(string | null)[]> {
    const films = titles.filter((title) => title.type === 'movie' && hasId(title));
    const stored = await this.movies.upsertMany(
      films.map(({ title, year, tmdbId, imdbId }) => ({ title, year, tmdbId, imdbId })),
    );
    const ids = new Map(films.map((film, at) => [film, stored[at]?.id ?? null]));
    return titles.map((title) => ids.get(title) ?? null);
  }

  async findIds(mediaIds: readonly string[]): Promise<Map<string, TitleIds>> {
    const movies = await this.movies.findByIds([...new Set(mediaIds)]);
    return new Map(movies.map(({ id, tmdbId, imdbId }) => [id, { type: 'movie', tmdbId, imdbId }]));
  }
}

function hasId({ tmdbId, imdbId }: ForeignTitle): boolean {
  return tmdbId !== null || imdbId !== null;
}
