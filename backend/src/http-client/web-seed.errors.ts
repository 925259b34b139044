/**
 * Why a web seed did not give what it was asked for. `busy` and `failing` pass; `gone` and `mismatch` say that it has not
 * got this file; `forbidden` that it must not be asked at all.
 */
export type WebSeedFault = 'busy' | 'failing' | 'gone' | 'mismatch' | 'forbidden';

/** Stays within the engine; what viewers are told is made of its sentence. */
export class WebSeedError extends Error {
  override readonly name = 'WebSeedError';

  constructor(
    readonly fault: WebSeedFault,
    /** Never with an address in it: that can hold a key. */
    message: string,
    /** What the server asks to wait, milliseconds; null when it says nothing. */
    readonly retryAfterMs: number | null = null,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}
