import { AppError } from '../../errors/app-error.js';

/** No access token, or one that does not hold. Always the same words, so that a forger learns nothing. */
export class UnauthenticatedError extends AppError {
  override readonly name = 'UnauthenticatedError';

  constructor() {
    super('unauthenticated', 'You are not signed in, or your sign-in has ended.');
  }
}

/** Unknown name, wrong password, disabled account: one answer for all three. */
export class InvalidCredentialsError extends AppError {
  override readonly name = 'InvalidCredentialsError';

  constructor() {
    super('unauthenticated', 'The name or the password is wrong.');
  }
}

export class ForbiddenError extends AppError {
  override readonly name = 'ForbiddenError';

  constructor(message = 'Your account may not do this.') {
    super('forbidden', message);
  }
}

/** A grant that is forged, expired, or whose session has ended. */
export class GrantInvalidError extends AppError {
  override readonly name = 'GrantInvalidError';

  constructor() {
    super('grant-invalid', 'This link has expired or was never valid. Press play again.');
  }
}

export class TooManyAttemptsError extends AppError {
  override readonly name = 'TooManyAttemptsError';

  constructor(retryAfterSeconds: number) {
    super('rate-limited', 'Too many attempts. Wait a moment before the next one.', { retryAfterSeconds });
  }
}

/** More sign-ins are waiting to be checked than the server is willing to queue. */
export class SignInBusyError extends AppError {
  override readonly name = 'SignInBusyError';

  constructor() {
    super('rate-limited', 'Many people are signing in right now. Try again in a few seconds.', {
      retryAfterSeconds: 5,
    });
  }
}

export class SetupDoneError extends AppError {
  override readonly name = 'SetupDoneError';

  constructor() {
    super('conflict', 'This server has its administrator already. Sign in instead.');
  }
}

export class SetupCodeError extends AppError {
  override readonly name = 'SetupCodeError';

  constructor() {
    super('forbidden', 'That is not the set-up code. The server printed it when it started.');
  }
}

export class UsernameTakenError extends AppError {
  override readonly name = 'UsernameTakenError';

  constructor() {
    super('conflict', 'Somebody has this name already.');
  }
}

/** The change would leave nobody who can administer the server. */
export class LastAdministratorError extends AppError {
  override readonly name = 'LastAdministratorError';

  constructor() {
    super('conflict', 'This is the last administrator. Make somebody else an administrator first.');
  }
}
