import type { Filed } from './title-words.js';

/** More titles than this nobody has. */
const numbers = 2 ** 24;
/** Steps of popularity, which is a logarithm: fine enough to sort by, coarse enough not to move at every new vote. */
const stepsPerUnit = 20;
const mostSteps = 400;

/**
 * The rank under which a title's words are kept: by it the popular come first, so that the first matches are the ones to
 * show, however many there are.
 */
export function rankOf({ number, popularity }: Filed): number {
  return (mostSteps - Math.min(mostSteps, Math.round(popularity * stepsPerUnit))) * numbers + number;
}

export function numberOf(rank: number): number {
  return rank % numbers;
}
