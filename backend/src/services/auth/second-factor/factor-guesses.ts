import { AttemptBackoff } from '../attempt-backoff.js';
import { GuessBudget } from '../guess-budget.js';
import { networkOf } from '../network-of.js';
import type { SharedAttempts } from '../shared-attempts.js';

/** A known browser or a live session, whose wrong codes are counted apart from those of strangers. */
export type GuessLane = `device ${string}` | `session ${string}`;

export interface FactorGuessesOptions {
  /** Milliseconds since 1970. */
  now: () => number;
  /** Counts shared by several servers. */
  shared?: SharedAttempts | undefined;
}

/** Wrong codes of all strangers to an account together, before waiting begins. */
const freeCodes = 5;

/** Wrong codes in fifteen minutes: of all lanes of an account together, and of one lane. */
const codesOfLanes = { perSubject: 20, perNetwork: 10 };

/**
 * Wrong recovery codes in fifteen minutes: of an account, and of one lane or network. A code has 48 bits, so that even
 * years of guessing at this rate find none; the limit bounds the load.
 */
const recoveryCodes = { perSubject: 1_000, perNetwork: 10 };

/**
 * Limits guesses at codes. Whoever guesses has the password already and may use up the attempts of strangers, so known
 * browsers, live sessions, recovery codes and enrolments do not draw on those.
 */
export class FactorGuesses {
  private readonly strangers: AttemptBackoff;
  private readonly lanes: GuessBudget;
  private readonly recovery: GuessBudget;

  constructor(options: FactorGuessesOptions) {
    this.strangers = new AttemptBackoff({ ...options, freePerSubject: freeCodes });
    this.lanes = new GuessBudget({ ...options, ...codesOfLanes });
    this.recovery = new GuessBudget({ ...options, ...recoveryCodes });
  }

  /** Begins an attempt with a code of the authenticator app. @throws TooManyAttemptsError */
  beginCode(userId: string, lane: GuessLane | null) {
    const subject = `second factor ${userId}`;
    return lane === null ? this.strangers.beginKnown(subject) : this.lanes.begin(subject, lane);
  }

  /** @throws TooManyAttemptsError */
  beginRecoveryCode(userId: string, lane: GuessLane | null, address: string | null) {
    return this.recovery.begin(`recovery code ${userId}`, lane ?? networkOf(address));
  }

  /** Begins an attempt to confirm a new authenticator app, whose secret the session has. @throws TooManyAttemptsError */
  beginEnrolment(sessionId: string) {
    return this.strangers.beginKnown(`enrolment ${sessionId}`);
  }
}
