/** Counts, for each user, how often what they watched or said of it changed while this process runs. */
export class WatchNews {
  private readonly counts = new Map<string, number>();

  /** Something is written down. */
  tell(userId: string): void {
    this.counts.set(userId, this.countOf(userId) + 1);
  }

  countOf(userId: string): number {
    return this.counts.get(userId) ?? 0;
  }
}
