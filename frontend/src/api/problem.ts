/** One field of a form that the server refused. */
export interface FieldProblem {
  field: string;
  message: string;
}

/** An answer of the server that says no: RFC 9457 problem details, or whatever stood in their place. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly requestId: string | null,
    readonly fields: readonly FieldProblem[] = [],
  ) {
    super(message);
  }

  /** What is wrong with a field of the body, if anything. */
  fieldMessage(name: string): string | undefined {
    return this.fields.find(({ field }) => field === name || field === `body.${name}`)?.message;
  }
}

/** What is wrong with a field, as a sentence begins. */
export function fieldError(error: Error | null, name: string): string | undefined {
  const message = error instanceof ApiError ? error.fieldMessage(name) : undefined;
  return message && `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
}

/** The server could not be reached at all. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';

  constructor(cause: unknown) {
    super('The server does not answer. Check that it runs and that this device is connected.', { cause });
  }
}

/** Reads a refused answer. A proxy may have answered in HTML, so nothing about the body is believed. */
export async function readProblem(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  const problem = isRecord(body) ? body : {};
  const detail =
    text(problem['detail']) ?? text(problem['title']) ?? `The server answered ${response.status}.`;
  const requestId = text(problem['requestId']) ?? response.headers.get('x-request-id');
  const errors = Array.isArray(problem['errors']) ? problem['errors'].filter(isFieldProblem) : [];
  return new ApiError(response.status, text(problem['code']) ?? 'unknown', detail, requestId, errors);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isFieldProblem(value: unknown): value is FieldProblem {
  return isRecord(value) && typeof value['field'] === 'string' && typeof value['message'] === 'string';
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
