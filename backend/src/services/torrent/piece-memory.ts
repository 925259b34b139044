/** As much as a peer may ask at once: the library hands smaller pieces out as they are, without a copy, while they are stored. */
const leastBytes = 128 * 1024;
/** Bytes kept for what comes next. */
const maxIdleBytes = 32 * 1024 * 1024;

/**
 * Memory for pieces, used again once a piece is stored: made anew for each, it would make the process collect garbage
 * for every few pieces. What it gives out is not zeroed, and is no `Buffer`, so that `slice` copies.
 */
export class PieceMemory {
  private readonly idle: Uint8Array[] = [];
  private idleBytes = 0;

  /** `isReusing`: nobody looks at a piece any more after its store has taken it. */
  constructor(readonly isReusing: boolean) {}

  /** `size` in bytes. */
  take(size: number): Uint8Array {
    const at = this.idle.findIndex(({ length }) => length === size);
    const [found] = at < 0 ? [] : this.idle.splice(at, 1);
    if (found) {
      this.idleBytes -= size;
      return found;
    }
    const { buffer, byteOffset } = Buffer.allocUnsafeSlow(size);
    return new Uint8Array(buffer, byteOffset, size);
  }

  /** Nobody may look at the bytes any more. */
  giveBack(bytes: Uint8Array): void {
    const { length } = bytes;
    if (!this.isReusing || length <= leastBytes || this.idleBytes + length > maxIdleBytes) return;
    this.idle.push(bytes);
    this.idleBytes += length;
  }

  /** Bytes of `bytes` that stay what they are, whatever becomes of it. */
  lasting(bytes: Uint8Array, start: number, end: number): Uint8Array {
    return this.isReusing ? bytes.slice(start, end) : bytes.subarray(start, end);
  }

  /** Keeps nothing for later. */
  clear(): void {
    this.idle.length = 0;
    this.idleBytes = 0;
  }
}
