/** A command cannot do what it was asked to. The message is for the operator; the exit code is 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
