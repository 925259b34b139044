/** What SQLite or the operating system called its failure (`SQLITE_FULL`, `EACCES`), also when TypeORM has wrapped it. */
export function driverErrorCode(error: unknown): string | null {
  const cause = unwrapped(error);
  return isObject(cause) && 'code' in cause && typeof cause.code === 'string' ? cause.code : null;
}

export function driverErrorMessage(error: unknown): string {
  const cause = unwrapped(error);
  return isObject(cause) && 'message' in cause ? String(cause.message) : String(cause);
}

function unwrapped(error: unknown): unknown {
  return isObject(error) && 'driverError' in error ? error.driverError : error;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
