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

const problem = (description: string) => ({
  content: { 'application/problem+json': { schema: problemSchema } },
  description,
});

const problemResponses = {
  400: problem('The request is malformed; `errors` names the fields'),
  401: problem('Not signed in, or the access token has expired'),
  403: problem('Not allowed, or the grant is forged or expired'),
  404: problem('No such thing'),
  409: problem('The present state does not allow it'),
  413: problem('The body is too large'),
  415: problem('The body has a type this route does not take'),
  416: problem('The range lies outside the file'),
  422: problem('Understood, but it cannot be done'),
  429: problem('Too many requests; see Retry-After'),
  502: problem('A provider failed or talked nonsense'),
  503: problem('Not ready yet; see Retry-After'),
  504: problem('A provider did not answer in time'),
  507: problem('There is no room for it'),
};

type ProblemResponses = typeof problemResponses;

/** The error answers of a route, by status. */
export function problems<const S extends keyof ProblemResponses>(
  ...statuses: S[]
): Pick<ProblemResponses, S> {
  const picked: Partial<Pick<ProblemResponses, S>> = {};
  for (const status of statuses) picked[status] = problemResponses[status];
  return picked as Pick<ProblemResponses, S>;
}
