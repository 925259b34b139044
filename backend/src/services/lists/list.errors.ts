import { AppError } from '../../errors/app-error.js';

/** Somebody has as many lists, or a list as many titles, as there may be. */
export class ListFullError extends AppError {
  override readonly name = 'ListFullError';

  constructor(what: string) {
    super('conflict', what);
  }
}

/** A list that is kept in step with one elsewhere is changed there. */
export class ListFollowsError extends AppError {
  override readonly name = 'ListFollowsError';

  constructor() {
    super('conflict', 'This list follows a list elsewhere. Change it there.');
  }
}
