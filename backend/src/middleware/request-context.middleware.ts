import { randomUUID } from 'node:crypto';
import { createMiddleware } from 'hono/factory';
import type { Logger } from '../logging/logger.js';
import type { AppEnv } from './app-env.js';
import { clientAddress, readTrustedProxies } from './client-address.js';
import { loggedPath } from './logged-path.js';

export interface RequestContextOptions {
  logger: Logger;
  /** Addresses and CIDR ranges whose X-Forwarded-For is believed. */
  trustedProxies: readonly string[];
}

/**
 * Gives every request a name, a logger that says it, and the address it comes from, and logs one line when it has been
 * answered. Query strings and grants are left out of that line.
 */
export function requestContext({ logger, trustedProxies }: RequestContextOptions) {
  const isTrusted = readTrustedProxies(trustedProxies);
  return createMiddleware<AppEnv>(async (context, next) => {
    const startedAt = performance.now();
    const requestId = randomUUID();
    // Without a server around it (tests, or a mount in another app) there is no environment.
    const bindings = context.env as AppEnv['Bindings'] | undefined;
    const address = clientAddress(
      bindings?.incoming?.socket.remoteAddress,
      context.req.header('X-Forwarded-For'),
      isTrusted,
    );
    const log = logger.child({ requestId });
    context.set('requestId', requestId);
    context.set('logger', log);
    context.set('clientAddress', address);
    context.set('principal', null);
    await next();
    context.header('X-Request-Id', requestId);
    log.info(
      {
        method: context.req.method,
        path: loggedPath(context.req.path),
        status: context.res.status,
        address,
        ms: Math.round(performance.now() - startedAt),
      },
      'request',
    );
  });
}
