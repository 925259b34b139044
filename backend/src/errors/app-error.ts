import type { ErrorCode } from './error-codes.js';

/** One wrong field of a request, named the way the client sent it (`body.password`, `query.page`). */
export interface FieldError {
  field: string;
  message: string;
}

export interface AppErrorOptions {
  /** The failure underneath, for the log. It never reaches a client. */
  cause?: unknown;
  /** Per-field faults, for `validation-failed`. */
  errors?: readonly FieldError[];
  /** When trying again makes sense, in seconds. */
  retryAfterSeconds?: number;
}

/**
 * A failure with a meaning. The message is written for the person who sees it: what happened and, where
 * there is one, what to do. It holds no internals; those go into `cause`.
 */
export class AppError extends Error {
  override readonly name: string = 'AppError';
  readonly errors: readonly FieldError[];
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: AppErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.errors = options.errors ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** Something was asked for by an id that names nothing (or nothing the asker may know of). */
export class NotFoundError extends AppError {
  override readonly name = 'NotFoundError';

  constructor(what: string) {
    super('not-found', `${what} not found.`);
  }
}
