import { AppError } from '../../errors/app-error.js';

/** A season or a show is to be marked, and nobody knows what belongs to it. */
export class EpisodesUnknownError extends AppError {
  override readonly name = 'EpisodesUnknownError';

  constructor() {
    super('conflict', 'The episodes of this show are not known yet. Open its page first.');
  }
}

/** Progress names a series and no episode, or a film and an episode. */
export class EpisodeMismatchError extends AppError {
  override readonly name = 'EpisodeMismatchError';

  constructor(type: 'movie' | 'show') {
    const message =
      type === 'show'
        ? 'This is a series: send season and episode of what plays.'
        : 'This is a film: it has no season and episode.';
    super('validation-failed', message, { errors: [{ field: 'body.episode', message }] });
  }
}

/** Saves come faster than the disk takes them. */
export class SavesBusyError extends AppError {
  override readonly name = 'SavesBusyError';

  constructor() {
    super('timeout', 'Too much is being saved at once. Try again in a moment.', { retryAfterSeconds: 5 });
  }
}
