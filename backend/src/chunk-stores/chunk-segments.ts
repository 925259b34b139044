/** Part of a chunk that lies in one file. */
export interface Segment {
  file: number;
  /** Bytes from the start of the chunk. */
  chunkOffset: number;
  /** Bytes from the start of the file. */
  position: number;
  length: number;
}

/** Where the bytes of a torrent lie in its files. */
export class ChunkSegments {
  constructor(
    private readonly chunkLength: number,
    private readonly files: readonly { offset: number; length: number }[],
  ) {}

  /** Where the bytes from `from` to `to` of a chunk lie. */
  of(index: number, from: number, to: number): Segment[] {
    const start = index * this.chunkLength + from;
    const end = index * this.chunkLength + to;
    const segments: Segment[] = [];
    for (let file = this.firstFileAt(start); file < this.files.length; file += 1) {
      const { offset, length } = this.files[file] ?? { offset: end, length: 0 };
      if (offset >= end) break;
      const segmentStart = Math.max(start, offset);
      const segmentEnd = Math.min(end, offset + length);
      if (segmentEnd <= segmentStart) continue;
      segments.push({
        file,
        chunkOffset: from + segmentStart - start,
        position: segmentStart - offset,
        length: segmentEnd - segmentStart,
      });
    }
    return segments;
  }

  /** Index of the last file that begins at or before `position`, stepping back over empty ones. */
  private firstFileAt(position: number): number {
    let low = 0;
    let high = this.files.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.files[middle]?.offset ?? Infinity) <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Segments in order, those that touch as one. */
export function mergedSegments(segments: readonly Segment[]): Segment[] {
  const merged: Segment[] = [];
  for (const segment of segments) {
    const last = merged.at(-1);
    if (last?.file === segment.file && last.position + last.length === segment.position)
      last.length += segment.length;
    else merged.push({ ...segment });
  }
  return merged;
}
