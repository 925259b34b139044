/** One transfer as the browser noted it. */
export interface Transfer {
  /** Bytes that crossed the network, headers included; 0 when it came from the cache. */
  bytes: number;
  /** From the first byte to the last, milliseconds. */
  ms: number;
}

/** Too short a transfer tells how a connection starts, not what the line carries. */
const leastBytes = 100_000;
const leastMs = 500;
/** What browsers say at most, whatever the line carries: no measurement. Mbit/s. */
const downlinkCeiling = 10;

/**
 * What the line carried, bits per second; null when nothing tells. It is the best of what was seen, so a line is thought too good
 * rather than too bad: a film that is better than the line is left for another soon, one that is worse stays.
 * @param downlink as the browser estimates it (Network Information API), Mbit/s
 */
export function estimateBandwidth(
  transfers: readonly Transfer[],
  downlink: number | undefined,
): number | null {
  const seen = transfers
    .filter(({ bytes, ms }) => bytes >= leastBytes && ms >= leastMs)
    .map(({ bytes, ms }) => (bytes * 8_000) / ms);
  if (downlink !== undefined && downlink > 0) {
    // At its ceiling the line may carry any more.
    if (downlink >= downlinkCeiling) return null;
    seen.push(downlink * 1e6);
  }
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
  const connection: unknown = Reflect.get(navigator, 'connection');
  const downlink: unknown =
    typeof connection === 'object' && connection !== null ? Reflect.get(connection, 'downlink') : undefined;
  return estimateBandwidth(transfers, typeof downlink === 'number' ? downlink : undefined);
}
