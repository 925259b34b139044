/** The known name that `name` was most likely meant to be; null when none is near. Case does not count. */
export function nearestName(name: string, known: readonly string[]): string | null {
  const wanted = name.toUpperCase();
  const furthest = Math.max(2, Math.floor(wanted.length / 3));
  const [best] = known
    .map((candidate) => ({ candidate, distance: distanceBetween(wanted, candidate.toUpperCase()) }))
    .filter(({ distance }) => distance <= furthest)
    .sort((a, b) => a.distance - b.distance);
  return best?.candidate ?? null;
}

/** How many letters must be added, removed or replaced (Levenshtein). */
function distanceBetween(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [row, letter] of Array.from(a).entries()) {
    const line = [row + 1];
    for (const [column, other] of Array.from(b).entries()) {
      const replaced = (above[column] ?? 0) + (letter === other ? 0 : 1);
      line.push(Math.min(replaced, (above[column + 1] ?? 0) + 1, (line[column] ?? 0) + 1));
    }
    above = line;
  }
  return above[b.length] ?? 0;
}
