/** How far before its consumer a reader may have been told what lies on disk, bytes: what is under way, and a little more. */
const behindBytes = 8 * 1024 * 1024;

interface Place {
  position: number;
  end: number;
}

/** Where the readers of one torrent are, in bytes of the torrent. */
export class ReaderPositions {
  private readonly readers = new Map<string, Place>();
  /** Readers that have ended, whose consumers may still be reading from disk what they were told lies there. */
  private readonly lingering = new Set<Place>();

  /** Readers open now. */
  get count(): number {
    return this.readers.size;
  }

  open(id: string, place: Place): void {
    this.readers.set(id, { position: place.position, end: place.end });
  }

  move(id: string, position: number): void {
    const place = this.readers.get(id);
    if (place) place.position = position;
  }

  /** With a signal the place counts as being read until it fires. */
  close(id: string, consumer?: AbortSignal): void {
    const place = this.readers.get(id);
    this.readers.delete(id);
    if (!place || !consumer || consumer.aborted) return;
    this.lingering.add(place);
    consumer.addEventListener('abort', () => this.lingering.delete(place), { once: true });
  }

  /** Bytes until the reader nearest before `start` gets there; 0 when one is within, infinite when all are past it. */
  distanceTo(start: number, end: number): number {
    let least = Number.POSITIVE_INFINITY;
    for (const { position, end: last } of this.readers.values())
      if (end > position && start < last) least = Math.min(least, Math.max(0, start - position));
    return least;
  }

  /** Whether somebody reads these bytes now, has just been told of them, or gets there within `aheadBytes`. */
  isNear(start: number, end: number, aheadBytes: number): boolean {
    for (const { position } of [...this.readers.values(), ...this.lingering])
      if (end > position - behindBytes && start < position + aheadBytes) return true;
    return false;
  }
}
