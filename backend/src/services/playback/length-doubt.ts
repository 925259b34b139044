import { isLengthPlausible } from '../source/identity/pick-file.js';

/**
 * Why a file may not be the title it is played as, in one sentence; null when its running time speaks for it, or one of
 * the two is not known. Names decide what is played; this can only doubt them. Seconds.
 */
export function lengthDoubt(fileSeconds: number | null, titleSeconds: number | null): string | null {
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
