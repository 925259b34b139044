import { createMiddleware } from 'hono/factory';
import { ForbiddenError } from '../services/auth/auth.errors.js';
import type { AppEnv } from './app-env.js';

export interface SameOriginOptions {
  /** The address people type, when the server knows it. */
  publicUrl: string | undefined;
}

/**
 * For routes that act on a cookie: refuses requests that another site's page made. Browsers say where a request comes
 * from (Sec-Fetch-Site on https and localhost, Origin on every POST); a client that says neither is no browser, and
 * carries no cookie but its own. SameSite=Strict stands in front of this; either would do alone.
 */
export function sameOrigin({ publicUrl }: SameOriginOptions) {
  const publicOrigin = publicUrl === undefined ? null : new URL(publicUrl).origin;
  return createMiddleware<AppEnv>(async (context, next) => {
    const site = context.req.header('Sec-Fetch-Site');
    const origin = context.req.header('Origin');
    const foreign =
      site !== undefined
        ? site !== 'same-origin'
        : origin !== undefined &&
          origin !== publicOrigin &&
          hostOf(origin) !== context.req.header('Host')?.toLowerCase();
    if (foreign) throw new ForbiddenError('This may only be asked by the pages of this server.');
    await next();
  });
}

/** Scheme left out: behind a proxy this server sees http where the browser sees https. */
function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
