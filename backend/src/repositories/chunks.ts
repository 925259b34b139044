/** SQLite takes 32,766 parameters in a statement; this stays far below and still needs few statements. */
export const valuesPerQuery = 500;

export function* chunks<T>(values: readonly T[], size: number = valuesPerQuery): Generator<T[]> {
  for (let start = 0; start < values.length; start += size) yield values.slice(start, start + size);
}
