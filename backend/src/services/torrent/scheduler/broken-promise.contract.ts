/** A rule the scheduler must never break was broken. */
class BrokenPromiseError extends Error {
  override readonly name = 'BrokenPromiseError';
}

/** Throws when a rule does not hold. */
export function promise(holds: boolean, breach: string): asserts holds {
  if (!holds) throw new BrokenPromiseError(breach);
}
