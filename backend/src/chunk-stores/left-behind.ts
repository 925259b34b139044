/** Chunks that only the upper of two stores has, because the lower one did not take them: offered to it again from time to time. */
export class LeftBehind {
  private readonly indexes = new Set<number>();
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  /** `everyMs`: null for never. */
  constructor(
    /** Fails when it is refused. */
    private readonly offer: (index: number) => Promise<void>,
    private readonly everyMs: number | null,
  ) {}

  add(index: number): void {
    if (this.isClosed) return;
    this.indexes.add(index);
    this.schedule();
  }

  /** Whether it was one of them. */
  remove(index: number): boolean {
    return this.indexes.delete(index);
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.indexes.clear();
  }

  private schedule(): void {
    if (this.everyMs === null || this.isClosed) return;
    this.timer ??= setTimeout(() => void this.offerAll(), this.everyMs).unref();
  }

  /** One after the other, until one is refused. */
  private async offerAll(): Promise<void> {
    try {
      for (const index of [...this.indexes]) {
        if (!this.indexes.has(index)) continue;
        await this.offer(index);
        this.indexes.delete(index);
      }
    } catch {
      // Next time.
    }
    this.timer = undefined;
    if (this.indexes.size > 0) this.schedule();
  }
}
