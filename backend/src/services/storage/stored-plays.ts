/** Which torrents are being played, by how many, and what they will come to take. */
export class StoredPlays {
  private readonly counts = new Map<string, number>();
  /** Bytes. */
  private readonly expected = new Map<string, number>();
  /** Those of which a film is really played; others are made ready for somebody who may. */
  private readonly watched = new Set<string>();

  get areNone(): boolean {
    return this.counts.size === 0;
  }

  get infoHashes(): Iterable<string> {
    return this.counts.keys();
  }

  has(infoHash: string): boolean {
    return this.counts.has(infoHash);
  }

  enter(infoHash: string): void {
    this.counts.set(infoHash, (this.counts.get(infoHash) ?? 0) + 1);
  }

  /** True when it was the last play of the torrent. */
  leave(infoHash: string): boolean {
    const left = (this.counts.get(infoHash) ?? 1) - 1;
    if (left > 0) {
      this.counts.set(infoHash, left);
      return false;
    }
    this.counts.delete(infoHash);
    this.expected.delete(infoHash);
    return true;
  }

  /** Somebody watches a film of the torrent that plays. */
  watch(infoHash: string): void {
    if (this.has(infoHash)) this.watched.add(infoHash);
  }

  /** Whether somebody had watched, once all plays of the torrent are over; forgets it. */
  takeWatched(infoHash: string): boolean {
    return this.watched.delete(infoHash);
  }

  /** The torrent will take so many bytes, or what was expected before if that is more. */
  expect(infoHash: string, bytes: number): void {
    if (this.has(infoHash)) this.expected.set(infoHash, Math.max(bytes, this.expected.get(infoHash) ?? 0));
  }

  /** Bytes that torrents other than this one are still to bring. */
  promisedBeside(infoHash: string, presentBytes: (infoHash: string) => number): number {
    let promised = 0;
    for (const [other, bytes] of this.expected)
      if (other !== infoHash) promised += Math.max(0, bytes - presentBytes(other));
    return promised;
  }
}
