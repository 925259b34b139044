/** What `chunk-writer.ts` writes. */
export const writtenTorrent = {
  infoHash: 'cd'.repeat(20),
  chunkLength: 256 * 1024,
  length: 400 * 256 * 1024,
};

export function writtenChunk(index: number): Buffer {
  const chunk = Buffer.alloc(writtenTorrent.chunkLength, index & 0xff);
  chunk.writeUInt32BE(index, chunk.length - 4);
  return chunk;
}
