import type { z } from '@hono/zod-openapi';
import type { Context, ErrorHandler, NotFoundHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { AppError, NotFoundError } from '../errors/app-error.js';
import type { ErrorCode } from '../errors/error-codes.js';
import type { AppEnv } from '../middleware/app-env.js';
import { proofLifetimeMs } from '../services/auth/second-factor/reauthentication.js';
import type { problemSchema } from './common.schemas.js';

type Problem = z.infer<typeof problemSchema>;

/** The one place where a failure becomes a status. A code without a line here does not compile. */
const statuses = {
  'validation-failed': [400, 'Some fields are wrong'],
  'malformed-request': [400, 'The request cannot be read'],
  'unsupported-media-type': [415, 'Unsupported media type'],
  'payload-too-large': [413, 'Too large'],
  'torrent-invalid': [400, 'Invalid torrent'],
  'magnet-invalid': [400, 'Invalid magnet link'],
  'torrent-unplayable': [422, 'Nothing to play'],
  unauthenticated: [401, 'Not signed in'],
  'reauthentication-required': [401, 'Confirm that it is you'],
  forbidden: [403, 'Not allowed'],
  'grant-invalid': [403, 'Grant refused'],
  'not-found': [404, 'Not found'],
  conflict: [409, 'Conflict'],
  misdirected: [421, 'Misdirected request'],
  'rate-limited': [429, 'Too many requests'],
  'provider-unavailable': [502, 'Provider unavailable'],
  'provider-timeout': [504, 'Provider too slow'],
  'no-sources': [404, 'No sources'],
  'metadata-timeout': [503, 'Not ready yet'],
  'engine-unavailable': [503, 'Engine unavailable'],
  'network-closed': [503, 'Waiting for the VPN'],
  'storage-full': [507, 'Storage full'],
  'database-unavailable': [503, 'Database unavailable'],
  timeout: [504, 'Too slow'],
  'setting-refused': [422, 'The setting does not work'],
  'setting-untested': [409, 'The setting cannot be tried'],
} as const satisfies Record<ErrorCode, readonly [ContentfulStatusCode, string]>;

/** The framework's own refusals by their status; any other is a request it could not read. */
const frameworkCodes: Readonly<Partial<Record<number, ErrorCode>>> = {
  403: 'forbidden',
  413: 'payload-too-large',
  415: 'unsupported-media-type',
};

/** Turns whatever a handler threw into problem details (RFC 9457). What nobody foresaw becomes an opaque 500 and one log line. */
export const errorHandler: ErrorHandler<AppEnv> = (error, context) => {
  if (error instanceof AppError) {
    const [status, title] = statuses[error.code];
    if (status >= 500) context.var.logger.warn({ err: error, code: error.code }, 'request failed');
    return answer(context, status, {
      code: error.code,
      title,
      detail: error.message,
      ...(error.errors.length > 0 && { errors: [...error.errors] }),
      retryAfterSeconds: error.retryAfterSeconds,
    });
  }
  // The framework's own refusals: a body that is no JSON, a cross-site request.
  if (error instanceof HTTPException && error.status < 500) {
    const code = frameworkCodes[error.status] ?? 'malformed-request';
    const [status, title] = statuses[code];
    return answer(context, status, { code, title, detail: error.message || title });
  }
  context.var.logger.error({ err: error }, 'unexpected failure');
  return answer(context, 500, {
    code: 'internal',
    title: 'Something went wrong',
    detail: 'Kinora hit a fault of its own. The server log has the details under this request id.',
  });
};

export const notFoundHandler: NotFoundHandler<AppEnv> = (context) =>
  errorHandler(new NotFoundError(`${context.req.method} ${context.req.path}`), context);

interface Answer extends Pick<Problem, 'code' | 'title'> {
  detail: string;
  errors?: Problem['errors'];
  retryAfterSeconds?: number | undefined;
}

function answer(context: Context<AppEnv>, status: ContentfulStatusCode, given: Answer): Response {
  const { retryAfterSeconds, ...rest } = given;
  const problem: Problem = {
    type: `urn:kinora:problem:${given.code}`,
    status,
    requestId: context.var.requestId,
    ...rest,
  };
  return context.body(JSON.stringify(problem), status, {
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
    // RFC 9110 section 15.5.2: a 401 says how to be let in.
    ...(status === 401 && { 'WWW-Authenticate': bearerChallenge(given.code) }),
    ...(retryAfterSeconds !== undefined && { 'Retry-After': String(Math.ceil(retryAfterSeconds)) }),
  });
}

/** RFC 9470: a token that is good, but too old a proof for what was asked. */
function bearerChallenge(code: string): string {
  if (code !== 'reauthentication-required') return 'Bearer';
  return `Bearer error="insufficient_user_authentication", max_age="${proofLifetimeMs / 1000}"`;
}
