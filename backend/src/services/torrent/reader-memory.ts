/** What all readers together may have under way in this process, about; bytes. */
const allBytes = 16 * 1024 * 1024;
const mostBytes = 1024 * 1024;
const leastBytes = 64 * 1024;
/** Longest chunk that the engine's process sends, bytes. */
const chunkBytes = 256 * 1024;

/** How much one of so many readers may hold, so that many slow ones hold no more than a few quick ones. */
export function shareOfReader(readers: number): { readBytes: number; chunks: number } {
  const share = Math.min(mostBytes, Math.max(leastBytes, allBytes / Math.max(1, readers)));
  return {
    /** Read from disk at once: a power of two. */
    readBytes: 2 ** Math.floor(Math.log2(share)),
    /** Sent by the engine's process before one is taken. */
    chunks: Math.max(1, Math.floor(share / chunkBytes)),
  };
}
