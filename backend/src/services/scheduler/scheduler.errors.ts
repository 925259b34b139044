import { AppError } from '../../errors/app-error.js';

/** The job is being run already, here or by another server. */
export class JobRunningError extends AppError {
  override readonly name = 'JobRunningError';

  constructor() {
    super('conflict', 'The job is running already.');
  }
}
