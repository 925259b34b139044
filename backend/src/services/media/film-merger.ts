import type { AlsoMerge } from '../../repositories/moved-film.js';
import type { MovieRepository } from '../../repositories/movie.repository.js';
import type { Cache } from '../../utils/cache/cache.js';
import { titleTag } from '../../utils/cache/cache-key.js';

export interface FilmMergerOptions {
  movies: MovieRepository;
  cache: Cache;
  /** What else is written with a merge. */
  also: readonly AlsoMerge[];
}

/** Makes one film of two that turned out to be one. */
export class FilmMerger {
  constructor(private readonly options: FilmMergerOptions) {}

  /** From now on both ids mean `keptId`, with all that people did with either. */
  async merge(keptId: string, lostId: string): Promise<void> {
    const { movies, cache, also } = this.options;
    await movies.merge(keptId, lostId, also);
    for (const id of [keptId, lostId]) await cache.letGo(titleTag(id));
  }
}
