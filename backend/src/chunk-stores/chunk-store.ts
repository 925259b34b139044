/** As the `abstract-chunk-store` interface calls back: an error, or null and the value. */
export type ChunkCallback<T = undefined> = (error: Error | null, value?: T) => void;

/** Part of a chunk, in bytes from its start; all of it when left out. */
export interface ChunkPart {
  offset?: number;
  length?: number;
}

/**
 * Keeps the pieces of one torrent: the interface of `abstract-chunk-store`, whose callbacks the engine's library wants,
 * and what a restart needs. Every store passes `chunk-store.contract.ts`.
 */
export interface ChunkStore {
  /** Bytes of every chunk but the last. */
  readonly chunkLength: number;
  /** Whether the bytes of a chunk may be written over once `put` has called back without an error; not when left out. */
  readonly isDoneWithPuts?: boolean;
  /** Calls back when the chunk can be read. Of two puts of one chunk the later counts. Errors: `ChunkStoreFullError`. */
  put(index: number, chunk: Uint8Array, callback?: ChunkCallback): void;
  /** Errors: `ChunkMissingError` for what is not here, or no longer as it was put. */
  get(
    index: number,
    part: ChunkPart | null | ChunkCallback<Uint8Array>,
    callback?: ChunkCallback<Uint8Array>,
  ): void;
  /** Which of `count` chunks are here (bit 7 of byte 0 is chunk 0), and whether that can be believed without hashing them. */
  storedChunks(count: number): Promise<{ bits: Uint8Array; sameBoot: boolean }>;
  /** Whoever could not believe it has looked at every chunk, and has forgotten what was not intact: from now on it can be believed. */
  confirmStored(): Promise<void>;
  /** Counts a chunk as not here, for everyone: its bytes are not what they should be. */
  forget(index: number): Promise<void>;
  /** Gives back the room that chunks take here. Answers which of them cannot be read any more: all but those shared with others. */
  evict(indexes: readonly number[]): Promise<readonly number[]>;
  /** Waits for what is under way and lets go; afterwards every call fails. */
  close(callback?: ChunkCallback): void;
  /** Closes, and nothing of it stays. */
  destroy(callback?: ChunkCallback): void;
}

/** What a store must know of the torrent it keeps. */
export interface ChunkLayout {
  /** Sum of the files, bytes. */
  length?: number;
  /** The torrent's files in order; one endless file when left out. */
  files?: readonly { offset: number; length: number }[];
}

/** The bytes of chunk `index` when all chunks together are `total` long. */
export function lengthOfChunk(index: number, chunkLength: number, total: number): number {
  return Math.max(0, Math.min(chunkLength, total - index * chunkLength));
}

/** The part as begin and end; throws when the chunk has no such bytes. */
export function spanOf(index: number, { offset = 0, length }: ChunkPart, chunkLength: number) {
  const end = length === undefined ? chunkLength : offset + length;
  if (offset < 0 || end > chunkLength || end < offset) throw new Error(`No such bytes in chunk ${index}`);
  return { start: offset, end };
}

/** The two ways to call `get`, as one. */
export function readGetArguments(
  part: ChunkPart | null | ChunkCallback<Uint8Array>,
  callback: ChunkCallback<Uint8Array> | undefined,
): { part: ChunkPart; callback: ChunkCallback<Uint8Array> } {
  if (typeof part === 'function') return { part: {}, callback: part };
  return { part: part ?? {}, callback: callback ?? (() => undefined) };
}

/** Tells a callback how work ended. */
export function callBack<T>(work: Promise<T>, callback: ChunkCallback<T> = () => undefined): void {
  work.then(
    (value) => callback(null, value),
    (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
  );
}

export function putChunk(store: ChunkStore, index: number, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) =>
    store.put(index, chunk, (error) => (error ? reject(error) : resolve())),
  );
}

export function getChunk(store: ChunkStore, index: number, part: ChunkPart = {}): Promise<Uint8Array> {
  return new Promise((resolve, reject) =>
    store.get(index, part, (error, chunk) =>
      chunk ? resolve(chunk) : reject(error ?? new Error('Neither a chunk nor an error')),
    ),
  );
}

export function closeStore(store: ChunkStore): Promise<void> {
  return new Promise((resolve, reject) => store.close((error) => (error ? reject(error) : resolve())));
}

export function destroyStore(store: ChunkStore): Promise<void> {
  return new Promise((resolve, reject) => store.destroy((error) => (error ? reject(error) : resolve())));
}
