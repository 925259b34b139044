import { AppError } from '../../errors/app-error.js';

/** What Trakt's refusal means (its statuses, provider file `trakt.md`). */
export type TraktFault =
  /** 401: the token is missing, expired or revoked. */
  | 'unauthorized'
  /** 403, or `invalid_client`: this server's client id is dead. */
  | 'client-refused'
  | 'not-found'
  /** 409: it has that already. */
  | 'duplicate'
  /** 420: the limit of a free account. */
  | 'account-limit'
  | 'invalid'
  /** 423: the user has to write to Trakt. */
  | 'locked'
  /** 426. */
  | 'vip-only'
  | 'rate-limited'
  /** 5xx, the CDN's 52x, or an answer that makes no sense. */
  | 'unavailable'
  /** No complete answer: whether it arrived nobody knows. */
  | 'no-answer';

const sentences: Record<TraktFault, string> = {
  unauthorized: 'Trakt no longer knows this link. Connect again.',
  'client-refused':
    'Trakt refuses this server: its client id is unknown or was deleted. An administrator has to set a new one.',
  'not-found': 'Trakt does not know this title.',
  duplicate: 'Trakt has this already.',
  'account-limit': 'The limit of your Trakt account is reached. Remove something there, or upgrade it.',
  invalid: 'Trakt will not take this.',
  locked: 'Trakt has locked this account. Its support has to unlock it.',
  'vip-only': 'Trakt offers this to VIP accounts only.',
  'rate-limited': 'Trakt asks us to slow down.',
  unavailable: 'Trakt has trouble of its own.',
  'no-answer': 'Trakt does not answer.',
};

/** Trakt said no, or nothing. */
export class TraktError extends AppError {
  override readonly name = 'TraktError';

  constructor(
    readonly fault: TraktFault,
    { retryAfterSeconds, cause }: { retryAfterSeconds?: number | undefined; cause?: unknown } = {},
  ) {
    super('provider-unavailable', sentences[fault], {
      cause,
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    });
  }
}

/** There is no client id and secret in the settings. */
export class TraktNotConfiguredError extends AppError {
  override readonly name = 'TraktNotConfiguredError';

  constructor() {
    super('conflict', 'Trakt is not set up on this server. An administrator can add a client id and secret.');
  }
}

/** The user has no link. */
export class TraktNotLinkedError extends AppError {
  override readonly name = 'TraktNotLinkedError';

  constructor() {
    super('conflict', 'Your account is not connected to Trakt.');
  }
}
