const maxRemembered = 4_096;

/** Addresses of peers that were convicted of sending bad data. Bounded: the oldest are forgotten. */
export class BannedPeers {
  private readonly addresses = new Set<string>();

  add(address: string): void {
    this.addresses.delete(address);
    this.addresses.add(address);
    const [oldest] = this.addresses;
    if (this.addresses.size > maxRemembered && oldest !== undefined) this.addresses.delete(oldest);
  }

  has(address: string): boolean {
    return this.addresses.has(address);
  }
}
