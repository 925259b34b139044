import { fold } from '../../../entities/fold.js';
import {
  type ExternalIds,
  type MovieDetails,
  type MovieSummary,
  type ProviderPage,
  type ProviderQuery,
  UnknowingMetadataProvider,
} from '../metadata-provider.port.js';
import { openFilms } from './open-films.js';

const pageSize = 20;

/** The built-in catalogue: it needs no key and no network, so that a fresh install has something to show. */
export class OpenFilmsMetadataProvider extends UnknowingMetadataProvider {
  readonly catalogue = 'open-films';
  readonly rows = [{ id: 'open-films', title: 'Open films' }];

  listRow(rowId: string): Promise<MovieSummary[]> {
    return Promise.resolve(rowId === 'open-films' ? [...openFilms] : []);
  }

  search({ text, page }: ProviderQuery & { text: string; page: number }): Promise<ProviderPage> {
    const words = fold(text).split(' ');
    const found = openFilms.filter(({ title, year }) => {
      const name = `${fold(title)} ${year ?? ''}`;
      return words.every((word) => name.includes(word));
    });
    const start = (page - 1) * pageSize;
    return Promise.resolve({
      items: found.slice(start, start + pageSize),
      page,
      pageSize,
      total: found.length,
    });
  }

  findMovie({ openFilmId, imdbId, tmdbId }: ExternalIds): Promise<MovieDetails | null> {
    const film = openFilms.find(
      (candidate) =>
        candidate.openFilmId === openFilmId ||
        (imdbId !== null && candidate.imdbId === imdbId) ||
        (tmdbId !== null && candidate.tmdbId === tmdbId),
    );
    return Promise.resolve(film ?? null);
  }
}
