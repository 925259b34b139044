/** Longest run of combining marks that text in use needs (Unicode Standard Annex 15, section 13). */
const longestRun = 30;
const longRuns = new RegExp(`(\\p{M}{${longestRun}})\\p{M}+`, 'gu');

/**
 * Cuts long runs of combining marks, as in the Stream-Safe Text Format (Unicode Standard Annex 15, section 13). Foreign
 * text goes through this before `normalize`, which sorts the marks of a run in time that grows with the square of its
 * length.
 */
export function limitCombiningMarks(text: string): string {
  return text.replaceAll(longRuns, '$1');
}
