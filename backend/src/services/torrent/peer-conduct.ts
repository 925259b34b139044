const banAfter = 3;
const maxRemembered = 4_096;

/**
 * Remembers by address who sent blocks of pieces that failed their hash, or took requests and stayed silent. Nobody
 * is proven guilty when several peers shared a piece: all get a strike, and good pieces take strikes back, so only
 * those who keep doing it reach the ban.
 */
export class PeerConduct {
  private readonly strikes = new Map<string, number>();
  private readonly contributors = new Map<number, Set<string>>();

  contributed(piece: number, address: string): void {
    const addresses = this.contributors.get(piece) ?? new Set();
    this.contributors.set(piece, addresses.add(address));
  }

  pieceVerified(piece: number): void {
    for (const address of this.take(piece)) {
      const strikes = this.strikes.get(address) ?? 0;
      if (strikes > 1 && strikes < banAfter) this.strikes.set(address, strikes - 1);
      else if (strikes === 1) this.strikes.delete(address);
    }
  }

  /** Gives the addresses that are banned from now on. */
  pieceFailed(piece: number): string[] {
    return this.take(piece).filter((address) => this.strike(address));
  }

  /** One strike; true when it bans. */
  strike(address: string): boolean {
    const strikes = (this.strikes.get(address) ?? 0) + 1;
    this.strikes.delete(address);
    this.strikes.set(address, strikes);
    const [oldest] = this.strikes.keys();
    if (this.strikes.size > maxRemembered && oldest !== undefined) this.strikes.delete(oldest);
    return strikes >= banAfter;
  }

  isBanned(address: string): boolean {
    return (this.strikes.get(address) ?? 0) >= banAfter;
  }

  private take(piece: number): string[] {
    const addresses = [...(this.contributors.get(piece) ?? [])];
    this.contributors.delete(piece);
    return addresses;
  }
}
