/** Byte strings in memory, bounded by their total size; the least recently used leave first. */
export class ByteLru<T extends { bytes: Uint8Array }> {
  private readonly entries = new Map<string, T>();
  private held = 0;

  /** @param maxBytes sum of all kept; an entry over a quarter of it is not kept at all */
  constructor(private readonly maxBytes: number) {}

  get(key: string): T | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    // A Map keeps insertion order: moved to the end, the first one is always the least recently used.
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry;
  }

  set(key: string, entry: T): void {
    this.remove(key);
    if (entry.bytes.byteLength > this.maxBytes / 4) return;
    this.entries.set(key, entry);
    this.held += entry.bytes.byteLength;
    for (const oldest of this.entries.keys()) {
      if (this.held <= this.maxBytes) return;
      this.remove(oldest);
    }
  }

  /** Bytes held. */
  get size(): number {
    return this.held;
  }

  private remove(key: string): void {
    const entry = this.entries.get(key);
    if (!entry) return;
    this.entries.delete(key);
    this.held -= entry.bytes.byteLength;
  }
}
