/** What is assumed of a peer that has sent nothing yet; kept near to what the known ones do. */
export class PacePrior {
  /** Bytes per millisecond. */
  rate = 1_000;
  /** Milliseconds. */
  roundTrip = 100;
  /** Blocks asked of a new peer. */
  readonly blocks = 8;

  learnFrom(peers: Iterable<{ readonly pace: MeasuredPace }>): void {
    let rates = 0;
    let proven = 0;
    let roundTrip = Number.POSITIVE_INFINITY;
    for (const { pace } of peers) {
      if (pace.measuredRate !== null) {
        rates += pace.measuredRate;
        proven += 1;
      }
      if (pace.knownRoundTrip !== null) roundTrip = Math.min(roundTrip, pace.knownRoundTrip);
    }
    this.rate = proven === 0 ? 1_000 : Math.min(4_000, Math.max(250, rates / proven));
    this.roundTrip = Number.isFinite(roundTrip) ? roundTrip * 1.2 : 100;
  }
}

/** Bytes per millisecond and milliseconds; null while unknown. */
interface MeasuredPace {
  readonly measuredRate: number | null;
  readonly knownRoundTrip: number | null;
}
