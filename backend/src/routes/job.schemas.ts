import { createRoute, z } from '@hono/zod-openapi';
import { json, pageOf, pageQuery, problems } from './common.schemas.js';

const outcomeSchema = z.enum(['ok', 'failed', 'timed-out', 'stopped', 'lost']);

export const jobSchema = z
  .object({
    name: z.string(),
    description: z.string(),
    schedule: z.object({
      everySeconds: z.number().nullable(),
      cron: z.string().nullable().openapi({ description: 'In UTC; null when it runs at an interval' }),
    }),
    running: z.boolean(),
    paused: z.boolean(),
    failures: z.number().int().openapi({ description: 'In a row' }),
    nextRunAt: z.iso.datetime().nullable().openapi({ description: 'Null while it is paused' }),
    lastStartedAt: z.iso.datetime().nullable(),
    lastFinishedAt: z.iso.datetime().nullable(),
    lastOutcome: outcomeSchema.nullable().openapi({ description: '`lost`: the server ended over it' }),
    lastMessage: z.string().nullable(),
  })
  .openapi('Job');

export const jobRunSchema = z
  .object({
    id: z.string(),
    trigger: z.enum(['schedule', 'retry', 'manual']),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    outcome: outcomeSchema.nullable().openapi({ description: 'Null while it runs' }),
    message: z.string().nullable(),
  })
  .openapi('JobRun');

const jobParams = z.object({
  name: z
    .string()
    .min(1)
    .max(64)
    .openapi({ param: { name: 'name', in: 'path' } }),
});

const shared = { tags: ['jobs'], security: [{ bearer: [] }] };

export const jobsRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/admin/jobs',
  summary: 'Regular work: when it runs next, how it went last',
  responses: {
    200: json(z.object({ items: z.array(jobSchema) }), 'All jobs, by name'),
    ...problems(401, 403),
  },
});

export const runJobRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/admin/jobs/{name}/run',
  summary: 'Run a job now, also a paused one',
  request: { params: jobParams },
  responses: { 202: json(jobSchema, 'It runs'), ...problems(401, 403, 404, 409) },
});

export const updateJobRoute = createRoute({
  ...shared,
  method: 'patch',
  path: '/admin/jobs/{name}',
  summary: 'Pause or resume a job',
  request: {
    params: jobParams,
    body: {
      content: {
        'application/json': { schema: z.strictObject({ paused: z.boolean() }).openapi('JobChanges') },
      },
      required: true,
    },
  },
  responses: { 200: json(jobSchema, 'Changed'), ...problems(400, 401, 403, 404) },
});

export const jobRunsRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/admin/jobs/{name}/runs',
  summary: 'How the last fifty runs went, latest first',
  request: { params: jobParams, query: pageQuery },
  responses: { 200: json(pageOf(jobRunSchema, 'JobRunPage'), 'Runs'), ...problems(400, 401, 403, 404) },
});
