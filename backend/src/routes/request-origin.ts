import type { Context } from 'hono';
import type { AppEnv } from '../middleware/app-env.js';
import type { RequestOrigin } from '../services/audit/request-origin.js';

export function requestOrigin(context: Context<AppEnv>): RequestOrigin {
  return {
    address: context.var.clientAddress,
    requestId: context.var.requestId,
    userAgent: context.req.header('User-Agent') ?? null,
  };
}
