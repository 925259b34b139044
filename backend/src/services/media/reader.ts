import { ageOfCertification } from '../../entities/age-rating.js';
import type { Movie } from '../../entities/movie.entity.js';
import type { TVShow } from '../../entities/tv-show.entity.js';

export type { ShownTitle } from '../../repositories/shown-title.repository.js';

/** A film or a series. */
export type Title = Movie | TVShow;

/** For whom something is put together. */
export interface Reader {
  /** BCP 47. */
  language?: string;
  /** Years; null, or nothing, sees everything. */
  ageLimit?: number | null;
  /** Whose home page and lists they are. */
  userId?: string | null;
}

/** Whether the title is meant for the reader's age. What nobody has rated is not for children. */
export function suits(
  { minimumAge, certification }: Pick<Title, 'minimumAge' | 'certification'>,
  ageLimit: number | null | undefined,
): boolean {
  if (ageLimit === null || ageLimit === undefined) return true;
  const age = minimumAge ?? ageOfCertification(certification);
  return age !== null && age <= ageLimit;
}
