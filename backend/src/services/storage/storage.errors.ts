import { AppError } from '../../errors/app-error.js';

/** What is to be played does not fit beside what is being played and what is pinned. */
export class StorageFullError extends AppError {
  override readonly name = 'StorageFullError';

  constructor(neededBytes: number, roomBytes: number) {
    super(
      'storage-full',
      `This film needs ${inWords(neededBytes)} of storage and ${inWords(Math.max(0, roomBytes))} can be made free. An administrator can delete or unpin something, or raise the limit.`,
    );
  }
}

/** Somebody is watching it. */
export class StorageInUseError extends AppError {
  override readonly name = 'StorageInUseError';

  constructor() {
    super('conflict', 'This is being played. Delete it when nobody watches.');
  }
}

function inWords(bytes: number): string {
  const [unit, size] = bytes >= 1e9 ? ['GB', 1e9] : ['MB', 1e6];
  return `${(bytes / size).toFixed(1)} ${unit}`;
}
