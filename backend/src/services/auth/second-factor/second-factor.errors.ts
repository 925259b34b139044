import { AppError } from '../../../errors/app-error.js';

/** A code, recovery code or passkey that does not fit. */
export class SecondFactorRefusedError extends AppError {
  override readonly name = 'SecondFactorRefusedError';

  /** @param field of the request body */
  constructor(field: string, message: string) {
    super('validation-failed', 'That did not confirm that it is you.', {
      errors: [{ field: `body.${field}`, message }],
    });
  }
}

/** The password alone does not confirm a session of an account with second factors. */
export class FactorRequiredError extends AppError {
  override readonly name = 'FactorRequiredError';

  constructor() {
    const message = 'is not enough for an account with a second factor';
    super('validation-failed', 'Confirm with your second factor.', {
      errors: [{ field: 'body.password', message }],
    });
  }
}

/** The ticket of a sign-in is forged, expired, used, or older than a change of the password. */
export class SignInExpiredError extends AppError {
  override readonly name = 'SignInExpiredError';

  constructor() {
    super('unauthenticated', 'This sign-in has expired. Enter your name and password again.');
  }
}

/** No account goes with the passkey, or it does not fit; one answer for all, so that a stranger learns nothing. */
export class PasskeyRefusedError extends AppError {
  override readonly name = 'PasskeyRefusedError';

  constructor() {
    super('unauthenticated', 'This passkey does not sign in here.');
  }
}

/** Browsers offer no passkeys at the address that was used. */
export class PasskeysUnavailableError extends AppError {
  override readonly name = 'PasskeysUnavailableError';

  constructor() {
    super('conflict', 'Passkeys need an https address with a name, or localhost.');
  }
}

export class PasskeyConflictError extends AppError {
  override readonly name = 'PasskeyConflictError';

  constructor() {
    super('conflict', 'This passkey is already in use.');
  }
}

export class TooManyPasskeysError extends AppError {
  override readonly name = 'TooManyPasskeysError';

  constructor(limit: number) {
    super('conflict', `An account can have ${limit} passkeys. Remove one first.`);
  }
}

export class TotpActiveError extends AppError {
  override readonly name = 'TotpActiveError';

  constructor() {
    super('conflict', 'This account already has an authenticator app. Remove it first.');
  }
}

export class TotpNotBegunError extends AppError {
  override readonly name = 'TotpNotBegunError';

  constructor() {
    super('conflict', 'The set-up of the authenticator app has to be started again.');
  }
}

export class NoSecondFactorError extends AppError {
  override readonly name = 'NoSecondFactorError';

  constructor() {
    super('conflict', 'Add an authenticator app or a passkey first.');
  }
}

/** The session's user has not proved who they are for a while, and what was asked for matters (RFC 9470). */
export class ReauthenticationRequiredError extends AppError {
  override readonly name = 'ReauthenticationRequiredError';

  constructor() {
    super('reauthentication-required', 'Confirm that it is you.');
  }
}
