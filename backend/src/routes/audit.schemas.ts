import { createRoute, z } from '@hono/zod-openapi';
import { auditOutcomes } from '../entities/audit-event.entity.js';
import { idSchema, json, pageOf, pageQuery, problems } from './common.schemas.js';

export const auditEventSchema = z
  .object({
    id: idSchema,
    position: z.number().int().openapi({ description: '1, 2, 3, and so on, without a gap' }),
    at: z.iso.datetime(),
    action: z.string().openapi({ example: 'session.created' }),
    outcome: z.enum(auditOutcomes),
    actorId: z.string().nullable(),
    actorName: z.string().nullable(),
    address: z.string().nullable(),
    requestId: z.string().nullable(),
    detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    hash: z.string().openapi({ description: 'Over this event and the hash of the one before' }),
  })
  .openapi('AuditEvent');

const filterQuery = z.object({
  action: z
    .string()
    .max(64)
    .regex(/^[a-z]+(\.[a-z-]+)?$/)
    .optional()
    .openapi({ description: 'An action (`session.created`), or a whole area (`session`)' }),
  actorId: idSchema.optional(),
  outcome: z.enum(auditOutcomes).optional(),
  since: z.iso.datetime().optional(),
  until: z.iso.datetime().optional(),
});

export const auditRoute = createRoute({
  method: 'get',
  path: '/admin/audit',
  tags: ['audit'],
  security: [{ bearer: [] }],
  summary: 'The audit log, latest first',
  request: {
    query: pageQuery
      .extend({ page: z.coerce.number().int().min(1).max(20_000).default(1) })
      .extend(filterQuery.shape),
  },
  responses: { 200: json(pageOf(auditEventSchema, 'AuditPage'), 'Events'), ...problems(400, 401, 403) },
});

export const auditExportRoute = createRoute({
  method: 'get',
  path: '/admin/audit/export',
  tags: ['audit'],
  security: [{ bearer: [] }],
  summary: 'The audit log as a file, oldest first',
  request: { query: filterQuery.extend({ format: z.enum(['jsonl', 'csv']).default('jsonl') }) },
  responses: {
    200: {
      content: {
        'application/jsonl': { schema: z.string() },
        'text/csv': { schema: z.string() },
      },
      description: 'One event a line',
    },
    ...problems(400, 401, 403),
  },
});

export const auditVerifyRoute = createRoute({
  method: 'get',
  path: '/admin/audit/verify',
  tags: ['audit'],
  security: [{ bearer: [] }],
  summary: 'Whether the audit log is as it was written',
  responses: {
    200: json(
      z
        .object({
          intact: z.boolean(),
          checked: z.number().int().openapi({ description: 'Events found in order' }),
          position: z.number().int().nullable().openapi({ description: 'The first place that is wrong' }),
          fault: z.enum(['removed', 'changed', 'cut-off']).nullable(),
        })
        .openapi('AuditVerdict'),
      'The verdict',
    ),
    ...problems(401, 403),
  },
});
