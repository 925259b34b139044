/** No film takes less or more, bytes a second; a claimed length outside is of another cut, or nonsense. */
const least = 20_000;
const most = 25_000_000;

/** What a film takes in the mean, bytes a second; undefined when its length in seconds is not known or cannot be true. */
export function filmRate(bytes: number, durationSeconds: number | null): number | undefined {
  if (durationSeconds === null || durationSeconds <= 0) return undefined;
  const rate = bytes / durationSeconds;
  return rate >= least && rate <= most ? Math.round(rate) : undefined;
}
