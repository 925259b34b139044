/** One transfer as the browser noted it. */
export interface Transfer {
  /** Bytes that crossed the network, headers included; 0 when it came from the cache. */
  bytes: number;
  /** From the first byte to the last, milliseconds. */
  ms: number;
}

/** Less tells how fast the server was, or how a connection starts, and not what the line carries. */
const leastBytes = 1_000_000;
const leastMs = 1_000;

/**
 * What the line carried, bits per second; null when nothing tells, which is usual: a page is small. It is the best of what was
 * seen, so a line is thought too good rather than too bad: a film that is better than the line is left for another soon, one
 * that is worse stays. What browsers guess of the line (Network Information API) is not asked: of a server in the same
 * house, whose answers are small, they say less than any film needs.
 */
export function estimateBandwidth(transfers: readonly Transfer[]): number | null {
  const seen = transfers
    .filter(({ bytes, ms }) => bytes >= leastBytes && ms >= leastMs)
    .map(({ bytes, ms }) => (bytes * 8_000) / ms);
  return seen.length === 0 ? null : Math.max(1, Math.round(Math.max(...seen)));
}

/** Of the page this runs in: what it fetched from its own server. */
export function measuredBandwidth(): number | null {
  const transfers = performance
    .getEntriesByType('resource')
    .filter((entry) => entry instanceof PerformanceResourceTiming)
    // A player takes a film no faster than it plays, and a list of sources comes as indexers answer.
    .filter(({ initiatorType }) => !['video', 'audio', 'fetch', 'xmlhttprequest'].includes(initiatorType))
    .map(({ transferSize, responseStart, responseEnd }) => ({
      bytes: transferSize,
      ms: responseEnd - responseStart,
    }));
  return estimateBandwidth(transfers);
}
