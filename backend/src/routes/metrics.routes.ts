import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Metrics } from '../logging/metrics.js';
import type { AppEnv } from '../middleware/app-env.js';
import { bearerToken, requireAdministrator } from '../middleware/auth.middleware.js';
import { isLoopback } from '../middleware/client-address.js';
import type { AuthService } from '../services/auth/auth.service.js';
import { problems } from './common.schemas.js';
import { createApi } from './create-api.js';

export interface MetricsRoutesOptions {
  metrics: Metrics;
  auth: Pick<AuthService, 'authenticate'>;
}

const metricsRoute = createRoute({
  method: 'get',
  path: '/metrics',
  tags: ['operation'],
  summary:
    'What the server counts of itself, in the text format of Prometheus; from this machine, or for administrators',
  responses: {
    200: { description: 'Metrics', content: { 'text/plain': { schema: z.string() } } },
    ...problems(401, 403),
  },
});

/** Headers that say the request was passed on: then the machine it comes from says nothing about who asks. */
const forwardingHeaders = ['X-Forwarded-For', 'X-Forwarded-Host', 'X-Real-IP', 'Forwarded', 'Via'];

/** For a collector on the same machine, and for administrators; nobody else learns what is being used and when. */
export function createMetricsRoutes({ metrics, auth }: MetricsRoutesOptions) {
  return createApi().openapi(metricsRoute, async (context) => {
    if (!isFromThisMachine(context)) {
      const principal = await auth.authenticate(bearerToken(context.req.header('Authorization')));
      context.set('principal', principal);
      requireAdministrator(principal);
    }
    return context.text(await metrics.render(), 200, { 'Content-Type': metrics.contentType });
  });
}

function isFromThisMachine(context: Context<AppEnv>): boolean {
  const isForwarded = forwardingHeaders.some((name) => context.req.header(name) !== undefined);
  return !isForwarded && isLoopback(context.var.clientAddress);
}
