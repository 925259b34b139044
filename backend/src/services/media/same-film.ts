import { fold } from '../../entities/fold.js';
import type { Movie } from '../../entities/movie.entity.js';

export type FilmTraits = Pick<Movie, 'imdbId' | 'title' | 'originalTitle' | 'year' | 'runtimeSeconds'>;

/** Prints of one film differ by some leader, a restored scene, or the speed of an old transfer. */
const runtimeShare = 0.05;
const runtimeSeconds = 180;

/**
 * Whether two descriptions are surely of one film: the same IMDb id; or the same title, years at most one apart, and
 * about the same length. Title and year alone are no proof (films are made anew, and short versions share both), and
 * different IMDb ids are proof against it.
 */
export function isSameFilm(a: FilmTraits, b: FilmTraits): boolean {
  if (a.imdbId !== null && b.imdbId !== null) return a.imdbId === b.imdbId;
  if (a.year === null || b.year === null || Math.abs(a.year - b.year) > 1) return false;
  if (a.runtimeSeconds === null || b.runtimeSeconds === null) return false;
  const longer = Math.max(a.runtimeSeconds, b.runtimeSeconds);
  const apart = Math.abs(a.runtimeSeconds - b.runtimeSeconds);
  if (apart > Math.max(longer * runtimeShare, Math.min(runtimeSeconds, longer * 0.1))) return false;
  const names = namesOf(b);
  return [...namesOf(a)].some((name) => names.has(name));
}

function namesOf({ title, originalTitle }: FilmTraits): Set<string> {
  return new Set([fold(title), fold(originalTitle)].filter((name) => name !== ''));
}
