import { createMiddleware } from 'hono/factory';
import type { RefusalLog } from '../services/audit/refusal-log.js';
import { networkOf } from '../services/auth/network-of.js';
import type { AppEnv } from './app-env.js';
import { loggedPath } from './logged-path.js';

/** Records requests that were refused to whoever made them (403), or that were too many (429). */
export function auditRefusals(refusals: RefusalLog) {
  return createMiddleware<AppEnv>(async (context, next) => {
    await next();
    const { status } = context.res;
    if (status !== 403 && status !== 429) return;
    const { principal, clientAddress: address, requestId } = context.var;
    const { method } = context.req;
    refusals.record(`${status} ${principal?.userId ?? networkOf(address)}`, {
      actor: principal && { id: principal.userId, name: principal.username },
      origin: { address, requestId, userAgent: null },
      detail: { status, method, path: loggedPath(context.req.path) },
    });
  });
}
