import {
  type ExternalIds,
  type MetadataProvider,
  type MovieDetails,
  type MovieSummary,
  type ProviderPage,
  UnknowingMetadataProvider,
} from '../services/media/metadata-provider.port.js';
import { openFilms } from '../services/media/open-films/open-films.js';

/** The open films with age ratings, for tests of who may see what. As with TMDB, lists do not tell the ratings. */
export function ratedFilms(ratings: Readonly<Record<string, string | null>>): MetadataProvider {
  const films: MovieDetails[] = openFilms.map((film) => ({
    ...film,
    certification: ratings[film.openFilmId ?? ''] ?? null,
  }));
  const summaries: MovieSummary[] = films.map(({ certification: _, ...film }) => film);
  return new RatedFilms(films, summaries);
}

class RatedFilms extends UnknowingMetadataProvider {
  readonly catalogue = 'open-films';
  readonly rows = [{ id: 'all', title: 'All' }];

  constructor(
    private readonly films: readonly MovieDetails[],
    private readonly summaries: MovieSummary[],
  ) {
    super();
  }

  listRow(): Promise<MovieSummary[]> {
    return Promise.resolve(this.summaries);
  }

  search({ page }: { page: number }): Promise<ProviderPage> {
    return Promise.resolve({ items: this.summaries, page, pageSize: 20, total: this.summaries.length });
  }

  findMovie({ openFilmId }: ExternalIds): Promise<MovieDetails | null> {
    return Promise.resolve(this.films.find((film) => film.openFilmId === openFilmId) ?? null);
  }
}
