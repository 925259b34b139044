import { OpenAPIHono } from '@hono/zod-openapi';
import { AppError, type FieldError } from '../errors/app-error.js';
import type { AppEnv } from '../middleware/app-env.js';

/** What zod says of one wrong value. */
interface Issue {
  path: readonly PropertyKey[];
  message: string;
  code?: string;
  errors?: readonly (readonly Issue[])[];
}

/**
 * A part of the API. Every part is made here, so that a request that does not fit its schema ends the same
 * way everywhere: as `validation-failed`, with each wrong field named the way the client sent it.
 */
export function createApi(): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (result.success) return;
      throw new AppError('validation-failed', 'Some fields are missing or wrong.', {
        errors: fieldErrors(result.error.issues, result.target === 'json' ? 'body' : result.target),
      });
    },
  });
}

/** Flattens zod's issues; of a union the member that came closest speaks. */
export function fieldErrors(issues: readonly Issue[], target: string): FieldError[] {
  return issues.flatMap((issue) => {
    const members = issue.code === 'invalid_union' ? (issue.errors ?? []) : [];
    const closest = [...members].sort((a, b) => a.length - b.length || depth(b) - depth(a))[0];
    if (closest) return fieldErrors(closest, target);
    return [{ field: [target, ...issue.path.map(String)].join('.'), message: issue.message }];
  });
}

function depth(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}
