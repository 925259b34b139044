/** How an answer's body goes wrong. `truncated` ends the connection half-way; the others are complete answers. */
export const FAILURE_BODIES = ['malformed', 'empty', 'html', 'truncated'] as const;
export type FailureBody = (typeof FAILURE_BODIES)[number];

/** What a stand-in does wrong. Without `status` and `body` it only answers late. */
export interface Failure {
  /** HTTP status; with it the provider's own error body is sent where its fixtures have one. */
  status?: number;
  /** Milliseconds before the answer. */
  delayMs?: number;
  body?: FailureBody;
  /** Only for paths that match; all of them unless told. */
  path?: RegExp;
  /** How many requests go wrong; every one until `heal()` unless told. */
  times?: number;
}

/** The failures asked of one stand-in, oldest first. */
export class FailurePlan {
  #failures: { failure: Failure; left: number }[] = [];

  fail(failure: Failure): void {
    this.#failures.push({ failure, left: failure.times ?? Number.POSITIVE_INFINITY });
  }

  heal(): void {
    this.#failures = [];
  }

  /** The failure that a request to this path meets, counted as used; null when it is answered well. */
  take(path: string): Failure | null {
    const entry = this.#failures.find(
      ({ failure }) => failure.path === undefined || path.search(failure.path) >= 0,
    );
    if (entry === undefined) return null;
    entry.left -= 1;
    if (entry.left <= 0) this.#failures = this.#failures.filter((other) => other !== entry);
    return entry.failure;
  }
}
