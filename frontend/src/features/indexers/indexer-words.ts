import type { Indexer } from '../../api/types.js';
import { formatAgo } from '../../ui/moment.js';

/** How an indexer does: "12 results per search, answers in 0.4 s, 3 of 40 searches failed". */
export function indexerFacts(indexer: Indexer): string {
  const { searches, failures, responseMs, resultsPerSearch } = indexer;
  if (searches === 0) return `${indexer.label}, not asked yet`;
  return [
    indexer.label,
    resultsPerSearch === null ? null : `${formatNumber(resultsPerSearch)} results per search`,
    responseMs === null ? null : `answers in ${formatNumber(responseMs / 1000)} s`,
    failures === 0 ? null : `${failures} of ${searches} searches failed`,
  ]
    .filter((fact) => fact !== null)
    .join(', ');
}

/** What went wrong last, and when; null when the last search went well. */
export function lastFailure({ lastError, lastErrorAt }: Indexer, now: number): string | null {
  if (lastError === null) return null;
  return lastErrorAt === null ? lastError : `${formatAgo(lastErrorAt, now)}: ${lastError}`;
}

/** The ids with one moved by a place; unchanged at the ends. */
export function moved(ids: readonly string[], id: string, by: 1 | -1): string[] {
  const from = ids.indexOf(id);
  const to = from + by;
  if (from === -1 || to < 0 || to >= ids.length) return [...ids];
  const rest = ids.filter((other) => other !== id);
  return [...rest.slice(0, to), id, ...rest.slice(to)];
}

function formatNumber(value: number): string {
  return value >= 10 ? String(Math.round(value)) : String(Math.round(value * 10) / 10);
}
