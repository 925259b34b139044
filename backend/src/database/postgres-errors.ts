import { AppError } from '../errors/app-error.js';
import { driverErrorCode, driverErrorMessage } from './driver-error.js';

// The codes: https://www.postgresql.org/docs/current/errcodes-appendix.html

/** The server went away, does not take us in, or the network between is broken. */
const lostCodes =
  /^(08\w{3}|28\w{3}|3D000|57P\w{2}|53300|25P03|E(CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|NOTFOUND|AI_AGAIN|NOENT))$/;
/** What the driver says without a code. */
const lostMessages =
  /Connection terminated|Connection ended|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable|Client was closed|Query read timeout|Query runner already released/i;

/** Whether the database could not be asked, whatever the question. */
export function isLost(error: unknown): boolean {
  return lostCodes.test(driverErrorCode(error) ?? '') || lostMessages.test(driverErrorMessage(error));
}

/** Turns what anybody may meet into one of ours; anything else comes back as it is. */
export function asAppError(error: unknown): unknown {
  if (error instanceof AppError) return error;
  if (isLost(error)) return unavailable(error);
  // A statement that took longer than it may.
  if (driverErrorCode(error) === '57014')
    return new AppError('timeout', tooSlow, { retryAfterSeconds: 5, cause: error });
  return error;
}

const tooSlow = 'The database is busy. Try again in a moment.';

export function unavailable(cause?: unknown): AppError {
  return new AppError('database-unavailable', 'The database does not answer. Try again in a moment.', {
    retryAfterSeconds: 5,
    cause,
  });
}
