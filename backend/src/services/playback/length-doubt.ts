import { isLengthPlausible } from '../source/identity/pick-file.js';

/** Position of a file among those that its film is split into, from 1. */
export interface FilmPart {
  number: number;
  count: number;
}

/**
 * Returns in one sentence why a file may not be the whole title it is played as. Null when its running time speaks for
 * it, or one of the two is not known. Names decide what is played; the running time can only doubt them.
 *
 * @param fileSeconds running time of the file
 * @param titleSeconds running time of the title
 * @param part which part of a film in several files it is; null when it is whole
 */
export function lengthDoubt(
  fileSeconds: number | null,
  titleSeconds: number | null,
  part: FilmPart | null = null,
): string | null {
  if (part) return `This file is part ${part.number} of ${part.count} of the film.`;
  if (fileSeconds === null || isLengthPlausible(fileSeconds, titleSeconds)) return null;
  return `This file runs ${inWords(fileSeconds)} and the title ${inWords(titleSeconds ?? 0)}: it may be something else.`;
}

function inWords(seconds: number): string {
  const minutes = Math.max(1, Math.round(seconds / 60));
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours === 0) return `${minutes} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}
