import { createHash } from 'node:crypto';
import { createMiddleware } from 'hono/factory';
import type { AppEnv } from './app-env.js';

/**
 * Gives JSON answers to GET an entity tag, so that who has the same answer already is sent none (RFC 9110, sections
 * 8.8.3 and 13.1.2). Answers are for one person and language: others must not keep them, and the person's browser asks
 * each time. Everything is decided before: who may not see it gets no 304 either.
 */
export function entityTags() {
  return createMiddleware<AppEnv>(async (context, next) => {
    await next();
    const { req, res } = context;
    const isJson = res.headers.get('Content-Type')?.startsWith('application/json') ?? false;
    if (req.method !== 'GET' || res.status !== 200 || !isJson || res.headers.has('Cache-Control')) return;
    const body = await res.arrayBuffer();
    const tag = `"${createHash('sha256').update(Buffer.from(body)).digest('base64url').slice(0, 22)}"`;
    const headers = new Headers(res.headers);
    headers.set('ETag', `W/${tag}`);
    headers.set('Cache-Control', 'private, no-cache');
    headers.append('Vary', 'Authorization');
    headers.append('Vary', 'Accept-Language');
    const isKnown = matchesEntityTag(req.header('If-None-Match'), tag);
    if (isKnown) headers.delete('Content-Type');
    // Taken away first, for Hono lays the headers of an answer that is there over the new one's.
    context.res = undefined;
    context.res = isKnown
      ? new Response(null, { status: 304, headers })
      : new Response(body, { status: 200, headers });
  });
}

/**
 * Returns whether an If-None-Match header names a tag, or is `*` (RFC 9110 section 13.1.2). The comparison is weak: `W/`
 * does not matter. `tag` is in quotes, without `W/`.
 */
export function matchesEntityTag(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === tag);
}
