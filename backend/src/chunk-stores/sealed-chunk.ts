import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';

/** Plain bytes of a block: what has to be opened to read one of them, and what peers ask for at a time. */
export const blockLength = 16 * 1024;
const nonceLength = 12;
const tagLength = 16;
const overhead = nonceLength + tagLength;
/** Blocks sealed or opened before others get their turn: 4 MiB, about two milliseconds. */
const blocksPerTurn = 256;

/** Which chunk it is; bound to every block, so that none can stand in another's place. */
export interface ChunkIdentity {
  index: number;
  /** Plain bytes of the chunk. */
  length: number;
}

export function sealedLength(length: number): number {
  return length + Math.ceil(length / blockLength) * overhead;
}

/**
 * Each block is nonce, sealed bytes and tag (AES-256-GCM). Nonces are random, anew with every call, so writing a chunk
 * again uses other ones. 96 random bits: even after 2^32 blocks (64 TiB) under one key the chance that any two
 * are equal is 2^-33 (NIST SP 800-38D allows 2^-32).
 */
export async function sealChunk(key: Uint8Array, chunk: Uint8Array, index: number): Promise<Buffer> {
  const sealed = Buffer.allocUnsafe(sealedLength(chunk.length));
  const count = Math.ceil(chunk.length / blockLength);
  const nonces = randomBytes(count * nonceLength);
  let at = 0;
  for (let block = 0; block < count; block += 1) {
    if (block % blocksPerTurn === blocksPerTurn - 1) await setImmediate();
    const nonce = nonces.subarray(block * nonceLength, (block + 1) * nonceLength);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    cipher.setAAD(blockName({ index, length: chunk.length }, block));
    at += nonce.copy(sealed, at);
    at += cipher.update(chunk.subarray(block * blockLength, (block + 1) * blockLength)).copy(sealed, at);
    cipher.final();
    at += cipher.getAuthTag().copy(sealed, at);
  }
  return sealed;
}

/** Where the blocks lie, sealed, that hold the plain bytes from `start` to `end`. */
export function sealedSpan({ length }: ChunkIdentity, start: number, end: number) {
  if (start === end) return { firstBlock: 0, offset: 0, length: 0 };
  const firstBlock = Math.floor(start / blockLength);
  const offset = firstBlock * (blockLength + overhead);
  const lastEnd = Math.ceil(end / blockLength) * (blockLength + overhead);
  return { firstBlock, offset, length: Math.min(lastEnd, sealedLength(length)) - offset };
}

/** The plain bytes from `start` to `end` out of what lies at `sealedSpan`; null when a single bit of it is not as it was sealed. */
export async function openBlocks(
  key: Uint8Array,
  sealed: Uint8Array,
  chunk: ChunkIdentity,
  { start, end }: { start: number; end: number },
): Promise<Buffer | null> {
  const { firstBlock, length } = sealedSpan(chunk, start, end);
  if (sealed.length !== length) return null;
  const plain = Buffer.allocUnsafe(end - start);
  let at = 0;
  for (let block = firstBlock; at < sealed.length; block += 1) {
    if ((block - firstBlock) % blocksPerTurn === blocksPerTurn - 1) await setImmediate();
    const bytes = sealed.subarray(at, at + blockLength + overhead);
    const opened = openBlock(key, bytes, blockName(chunk, block));
    if (!opened) return null;
    const from = Math.max(0, start - block * blockLength);
    const to = Math.min(opened.length, end - block * blockLength);
    opened.copy(plain, Math.max(0, block * blockLength - start), from, to);
    at += bytes.length;
  }
  return plain;
}

function openBlock(key: Uint8Array, sealed: Uint8Array, name: Uint8Array): Buffer | null {
  if (sealed.length <= overhead) return null;
  const opener = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceLength), {
    authTagLength: tagLength,
  });
  opener.setAAD(name);
  opener.setAuthTag(sealed.subarray(-tagLength));
  const plain = opener.update(sealed.subarray(nonceLength, -tagLength));
  try {
    opener.final();
    return plain;
  } catch {
    return null;
  }
}

function blockName({ index, length }: ChunkIdentity, block: number): Buffer {
  const name = Buffer.alloc(12);
  name.writeUInt32BE(index, 0);
  name.writeUInt32BE(block, 4);
  name.writeUInt32BE(length, 8);
  return name;
}
