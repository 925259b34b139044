export interface WatchlistMerge {
  /** To be put on the list here, and taken off it. */
  put: string[];
  drop: string[];
  /** To be told to Trakt. */
  tell: string[];
  /** What both have, for the next time. */
  base: string[];
}

/**
 * Two watchlists and what both held before (our ids). Pure. What is only at one end is new there when both did not have
 * it before, and was removed at the other when they did.
 * @param waiting what Trakt has not been told yet; it wins over what Trakt says
 */
export function mergeWatchlists(
  here: readonly string[],
  there: readonly string[],
  before: readonly string[],
  waiting: { add: ReadonlySet<string>; remove: ReadonlySet<string> },
): WatchlistMerge {
  const [ours, theirs, both] = [new Set(here), new Set(there), new Set(before)];
  const put = [...theirs].filter((id) => !ours.has(id) && !both.has(id) && !waiting.remove.has(id));
  const drop = [...ours].filter((id) => both.has(id) && !theirs.has(id) && !waiting.add.has(id));
  const tell = [...ours].filter((id) => !theirs.has(id) && !both.has(id) && !waiting.add.has(id));
  return { put, drop, tell, base: [...theirs].filter((id) => ours.has(id) || both.has(id)) };
}
