import { fileErrorCode } from '../encryption/atomic-file.js';
import { AppError } from '../errors/app-error.js';

/** The chunk was never put, was evicted, or is damaged: it has to be fetched (again). */
export class ChunkMissingError extends Error {
  override readonly name = 'ChunkMissingError';

  constructor(
    readonly index: number,
    reason = 'is not here',
    cause?: unknown,
  ) {
    super(`Chunk ${index} ${reason}`, { cause });
  }
}

export class ChunkStoreClosedError extends Error {
  override readonly name = 'ChunkStoreClosedError';

  constructor() {
    super('The chunk store is closed');
  }
}

/** There is no room for the chunk. Once there is, puts work again. */
export class ChunkStoreFullError extends AppError {
  override readonly name = 'ChunkStoreFullError';

  constructor(cause?: unknown) {
    super('storage-full', 'There is no room left for what is being played.', { cause });
  }
}

/** What is kept cannot be opened with the keys at hand. */
export class ChunkStoreLockedError extends Error {
  override readonly name = 'ChunkStoreLockedError';
}

const outOfSpace = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** The failure of a disk as ours: a full one can be told from a broken one. */
export function diskError(error: unknown): Error {
  if (outOfSpace.has(fileErrorCode(error) ?? '')) return new ChunkStoreFullError(error);
  return error instanceof Error ? error : new Error(String(error));
}
