const banAfter = 3;

/** How a piece came to fail. Moments are counted in pieces begun. */
export interface Failure {
  /** A piece begun before a peer's last strike tells nothing new about it. */
  begun: number;
  now: number;
  /** Few were left who might have done it; the failure of a piece open to all says less the second time. */
  isNarrow: boolean;
}

/**
 * Who may have sent bad data. A piece from one peer convicts it at once. When several shared a piece all of them are
 * suspected, three times at most; suspects then get pieces of their own, which clear or convict them.
 */
export class Suspicion {
  private readonly strikes = new Map<string, { count: number; at: number }>();
  private readonly good = new Map<string, number>();

  isSuspect(peerId: string): boolean {
    return this.strikes.has(peerId);
  }

  /** Gives the peers convicted by a piece that failed its hash. */
  failed(contributors: ReadonlySet<string>, { begun, now, isNarrow }: Failure): string[] {
    if (contributors.size === 1) return [...contributors];
    return [...contributors].filter((peerId) => {
      const strike = this.strikes.get(peerId) ?? { count: 0, at: 0 };
      const isNews = strike.count === 0 || (isNarrow && begun > strike.at);
      if (!isNews) return false;
      this.strikes.set(peerId, { count: strike.count + 1, at: now });
      return strike.count + 1 >= banAfter;
    });
  }

  /** A piece passed; `clears` when suspicion had narrowed who might send it. */
  verified(contributors: ReadonlySet<string>, clears: boolean): void {
    for (const peerId of contributors) {
      this.good.set(peerId, (this.good.get(peerId) ?? 0) + 1);
      if (clears) this.strikes.delete(peerId);
    }
  }

  /**
   * Who is to send a failed piece again: those who had no part in it, else the most trusted quarter of those who did,
   * so that the third failure at the latest has a culprit.
   */
  retryPeers(contributors: ReadonlySet<string>, others: readonly string[]): ReadonlySet<string> | null {
    const clean = others.filter((peerId) => !contributors.has(peerId) && !this.isSuspect(peerId));
    if (clean.length > 0) return new Set(clean);
    const left = others.filter((peerId) => contributors.has(peerId));
    const trusted = left.sort((a, b) => this.doubt(a) - this.doubt(b) || (a < b ? -1 : 1));
    const few = trusted.slice(0, Math.ceil(trusted.length / 4));
    return few.length > 0 ? new Set(few) : null;
  }

  forget(peerId: string): void {
    this.strikes.delete(peerId);
    this.good.delete(peerId);
  }

  private doubt(peerId: string): number {
    return (this.strikes.get(peerId)?.count ?? 0) * 1e6 - (this.good.get(peerId) ?? 0);
  }
}
