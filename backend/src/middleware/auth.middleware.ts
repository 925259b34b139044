import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { NotFoundError } from '../errors/app-error.js';
import { ForbiddenError, UnauthenticatedError } from '../services/auth/auth.errors.js';
import type { AuthService } from '../services/auth/auth.service.js';
import type { Principal } from '../services/auth/principal.js';
import type { Reauthentication } from '../services/auth/second-factor/reauthentication.js';
import type { AppEnv } from './app-env.js';
import type { RateClass } from './rate-class.js';

export type Access = 'public' | 'user' | 'admin';

/** Who may call a route. */
export interface AccessRule {
  /** In capitals. `GET` covers HEAD. */
  method: string;
  /** As the router knows it: `/api/movies/:id`. A last segment `*` stands for any rest. */
  path: string;
  access: Access;
  /**
   * `recent`: the session's user must have proved who they are in the last ten minutes (RFC 9470), because a session
   * that somebody else got hold of must not be able to do this.
   */
  proof?: 'recent';
  /** Which quota its requests are counted against; `api` if left out. */
  rate?: RateClass;
}

/**
 * Lets a request through when a rule allows it: deny by default. A path without a rule is told not to exist, to
 * everyone; a route that was forgotten in the table is thus closed, not open. Errors: not-found, unauthenticated,
 * forbidden, reauthentication-required.
 */
export function accessControl(
  rules: readonly AccessRule[],
  auth: Pick<AuthService, 'authenticate'>,
  reauthentication: Pick<Reauthentication, 'requireRecent'>,
) {
  return createMiddleware<AppEnv>(async (context, next) => {
    const rule = findRule(rules, context.req.method, context.req.path);
    if (!rule) throw new NotFoundError('This address');
    context.set('rateClass', rule.rate ?? 'api');
    if (rule.access !== 'public') {
      const principal = await auth.authenticate(bearerToken(context.req.header('Authorization')));
      // First of all known, so that a refusal can say who was refused.
      context.set('principal', principal);
      if (rule.access === 'admin') requireAdministrator(principal);
      if (rule.proof === 'recent') reauthentication.requireRecent(principal);
    }
    await next();
  });
}

/** The principal, on a route whose rule demands one. @throws UnauthenticatedError */
export function requireUser(context: Context<AppEnv>): Principal {
  const { principal } = context.var;
  if (!principal) throw new UnauthenticatedError();
  return principal;
}

/**
 * The rule for a request, or null when there is none, which means: refused. Of several that fit, the one whose path
 * says most literally what was asked counts.
 */
export function findRule(rules: readonly AccessRule[], method: string, path: string): AccessRule | null {
  const wanted = method === 'HEAD' ? 'GET' : method;
  const segments = path.split('/');
  let best: { rule: AccessRule; literals: number } | null = null;
  for (const rule of rules) {
    if (rule.method !== wanted) continue;
    const literals = literalMatches(rule.path.split('/'), segments);
    if (literals !== null && (best === null || literals > best.literals)) best = { rule, literals };
  }
  return best?.rule ?? null;
}

/** @throws ForbiddenError */
export function requireAdministrator({ role }: Principal): void {
  if (role !== 'admin') throw new ForbiddenError();
}

/** RFC 6750 section 2.1. @throws UnauthenticatedError */
export function bearerToken(header: string | undefined): string {
  const [, token] = /^Bearer +([\w.~+/-]+=*)$/i.exec(header ?? '') ?? [];
  if (token === undefined) throw new UnauthenticatedError();
  return token;
}

/** How many segments are the same word for word; null when the path does not fit. */
function literalMatches(pattern: readonly string[], segments: readonly string[]): number | null {
  const open = pattern.at(-1) === '*';
  if (open ? segments.length < pattern.length : segments.length !== pattern.length) return null;
  let literals = 0;
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (part === '*' && index === pattern.length - 1) break;
    if (part.startsWith(':')) {
      if (segment === '') return null;
    } else if (part === segment) {
      literals += 1;
    } else {
      return null;
    }
  }
  return literals;
}
