import type {
  MetadataProvider,
  MovieDetails,
  MovieSummary,
  ProviderPage,
} from '../services/media/metadata-provider.port.js';
import { openFilms } from '../services/media/open-films/open-films.js';

/** The open films with age ratings, for tests of who may see what. As with TMDB, lists do not tell the ratings. */
export function ratedFilms(ratings: Readonly<Record<string, string | null>>): MetadataProvider {
  const films: MovieDetails[] = openFilms.map((film) => ({
    ...film,
    certification: ratings[film.openFilmId ?? ''] ?? null,
  }));
  const summaries: MovieSummary[] = films.map(({ certification: _, ...film }) => film);
  return {
    catalogue: 'open-films',
    rows: [{ id: 'all', title: 'All' }],
    listRow: () => Promise.resolve(summaries),
    search: ({ page }): Promise<ProviderPage> =>
      Promise.resolve({ items: summaries, page, pageSize: 20, total: summaries.length }),
    findMovie: ({ openFilmId }) =>
      Promise.resolve(films.find((film) => film.openFilmId === openFilmId) ?? null),
  };
}
