import { z } from '@hono/zod-openapi';

/** RFC 9457 problem details, the one shape of every error answer. */
export const problemSchema = z
  .object({
    type: z.string().openapi({ example: 'about:blank#not-found' }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().optional(),
    code: z.string().openapi({ description: 'Closed list of failure codes', example: 'not-found' }),
    requestId: z.string().openapi({ description: 'Names this request in the server log' }),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .openapi('Problem');

export const idSchema = z
  .string()
  .min(1)
  .max(64)
  .openapi({ description: 'Opaque id', example: '0198f2c0-6f0e-7000-8000-000000000000' });

export const idParams = z.object({ id: idSchema.openapi({ param: { name: 'id', in: 'path' } }) });

export const pageQuery = z.object({
  page: z.coerce.number().int().min(1).max(500).default(1),
  pageSize: z.coerce.number().int().min(1).max(100).default(20),
});

/** A page of a list, the same everywhere. */
export function pageOf<T extends z.ZodType>(item: T, name: string) {
  return z
    .object({
      items: z.array(item),
      page: z.number().int(),
      pageSize: z.number().int(),
      total: z.number().int(),
    })
    .openapi(name);
}

export function json<T extends z.ZodType>(schema: T, description: string) {
  return { content: { 'application/json': { schema } }, description };
}

const descriptions = {
  400: 'The request is malformed; `errors` names the fields',
  401: 'Not signed in, or the access token has expired',
  403: 'Not allowed, or the grant is forged or expired',
  404: 'No such thing',
  409: 'The present state does not allow it',
  413: 'The body is too large',
  415: 'The body has a type this route does not take',
  416: 'The range lies outside the file',
  422: 'Understood, but it cannot be played',
  429: 'Too many requests; see Retry-After',
  502: 'A provider failed or talked nonsense',
  503: 'Not ready yet; see Retry-After',
  504: 'A provider did not answer in time',
} as const;

type ProblemStatus = keyof typeof descriptions;
type ProblemResponses<S extends ProblemStatus> = {
  [K in S]: { content: { 'application/problem+json': { schema: typeof problemSchema } }; description: string };
};

/** The error answers of a route, by status. */
export function problems<const S extends ProblemStatus>(...statuses: S[]): ProblemResponses<S> {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      { content: { 'application/problem+json': { schema: problemSchema } }, description: descriptions[status] },
    ]),
  ) as ProblemResponses<S>;
}
