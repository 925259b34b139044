/** A word cut in threes, its edges marked, by which it is compared with others. */
export function threesOf(word: string): string[] {
  const edged = `0${word}0`;
  return [...new Set(Array.from({ length: edged.length - 2 }, (_, at) => edged.slice(at, at + 3)))];
}
