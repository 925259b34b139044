import { createRoute, z } from '@hono/zod-openapi';
import type { OverviewService, PlayNow, ServerOverview } from '../services/overview/overview.service.js';
import { json, problems } from './common.schemas.js';
import { createApi } from './create-api.js';

const bytes = z.number().int().min(0);

export const overviewSchema = z
  .object({
    version: z.string(),
    startedAt: z.iso.datetime(),
    memoryBytes: bytes.openapi({ description: "Of the server's process, without the torrent engine's" }),
    plays: z.array(
      z.object({
        id: z.string(),
        username: z.string().nullable(),
        title: z.string(),
        mediaId: z.string().nullable(),
        stage: z.enum([
          'starting',
          'finding-peers',
          'fetching-metadata',
          'buffering',
          'ready',
          'stalled',
          'failed',
        ]),
        message: z.string(),
        peers: z.number().int(),
        downloadBytesPerSecond: bytes,
        uploadBytesPerSecond: bytes,
        elapsedSeconds: z.number(),
      }),
    ),
    storage: z.object({ totalBytes: bytes, limitBytes: bytes, freeBytes: bytes, minFreeBytes: bytes }),
    vpn: z.object({ policy: z.string(), state: z.string(), reason: z.string() }),
    concerns: z.array(
      z.object({
        area: z.enum(['server', 'vpn', 'storage', 'jobs', 'indexers', 'settings']),
        weight: z.enum(['broken', 'worth-knowing']),
        message: z.string().openapi({ description: 'A sentence for people' }),
      }),
    ),
  })
  .openapi('ServerOverview');

const overviewRoute = createRoute({
  method: 'get',
  path: '/admin/overview',
  tags: ['operation'],
  security: [{ bearer: [] }],
  summary: 'How the server does: who plays what, what it keeps, and what needs somebody',
  responses: { 200: json(overviewSchema, 'How it does'), ...problems(401, 403) },
});

export interface OverviewRoutesOptions {
  overview: OverviewService;
}

export function createOverviewRoutes({ overview }: OverviewRoutesOptions) {
  return createApi().openapi(overviewRoute, async (context) =>
    context.json(presentOverview(await overview.get()), 200),
  );
}

function presentOverview(overview: ServerOverview): z.infer<typeof overviewSchema> {
  return {
    ...overview,
    startedAt: overview.startedAt.toISOString(),
    plays: overview.plays.map(presentPlay),
  };
}

function presentPlay({ username, state }: PlayNow) {
  const { id, title, mediaId, stage, message, peers, elapsedSeconds } = state;
  const { downloadBytesPerSecond, uploadBytesPerSecond } = state;
  return {
    ...{ id, username, title, mediaId, stage, message, peers, elapsedSeconds },
    ...{ downloadBytesPerSecond, uploadBytesPerSecond },
  };
}
