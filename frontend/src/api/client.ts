import type { Api } from '@kinora/backend/client';
import type { ClientResponse } from 'hono/client';
import { hc } from 'hono/client';
import { createContext, use } from 'react';
import { readProblem } from './problem.js';
import type { Session } from './session.js';

/** The server as the pages see it: typed calls, and the session that signs them. */
export interface ApiClient {
  /** Typed by the server's own routes; a wrong path or body does not compile. */
  readonly http: ReturnType<typeof connect>['api'];
  readonly session: Session;
  /** Whether the server tells of changes as they happen now; without, pages ask from time to time. */
  readonly isLive: () => boolean;
  /** For what has no typed shape (binary bodies, requests that outlive the page). */
  url(path: string): string;
}

/** @param origin where the server is; empty for the page's own origin. */
export function createApiClient(
  session: Session,
  origin = '',
  isLive: ApiClient['isLive'] = () => false,
): ApiClient {
  return { http: connect(session, origin).api, session, isLive, url: (path) => `${origin}/api${path}` };
}

function connect(session: Session, origin: string) {
  return hc<Api>(origin === '' ? '/' : origin, { fetch: session.fetch });
}

/** The body of an answer that said yes, by its documented status. */
type Body<R> =
  R extends ClientResponse<infer T, infer S, infer _F> ? (S extends 200 | 201 ? T : never) : never;

/**
 * @throws ApiError when the server said no
 * @throws UnreachableError when it said nothing
 */
export async function answer<R extends ClientResponse<unknown>>(call: Promise<R>): Promise<Body<R>> {
  const response = await call;
  if (!response.ok) throw await readProblem(response);
  return (await response.json()) as Body<R>;
}

/** For calls whose answer has no body. Throws as `answer` does. */
export async function done(call: Promise<ClientResponse<unknown>>): Promise<void> {
  const response = await call;
  if (!response.ok) throw await readProblem(response);
}

export const ApiContext = createContext<ApiClient | null>(null);

export function useApi(): ApiClient {
  const api = use(ApiContext);
  if (!api) throw new Error('useApi is called outside of ApiContext');
  return api;
}
