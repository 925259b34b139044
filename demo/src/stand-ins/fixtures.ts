import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

/** One entry of a provider's routes.json. */
export interface FixtureRoute {
  method: string;
  /** `*` = may happen on any call; used for failures only. */
  path: string;
  /** The parameters that pick this answer; others are ignored. */
  query?: Record<string, string>;
  status: number;
  headers?: Record<string, string>;
  /** A file beside routes.json; null = no body. */
  body: string | null;
}

/** The recorded answers of one provider: a folder of demo/fixtures. They are ours, so they are trusted as they are. */
export class Fixtures {
  readonly #folder: string;
  readonly routes: readonly FixtureRoute[];

  constructor(provider: string) {
    this.#folder = fileURLToPath(new URL(`../../fixtures/${provider}`, import.meta.url));
    const { routes } = JSON.parse(this.text('routes.json')) as { routes: FixtureRoute[] };
    this.routes = routes;
  }

  text(path: string): string {
    return readFileSync(join(this.#folder, path), 'utf8');
  }

  object(path: string): JsonObject {
    return JSON.parse(this.text(path)) as JsonObject;
  }

  has(path: string): boolean {
    return existsSync(join(this.#folder, path));
  }

  /** File names in one of its folders, sorted. */
  list(path: string): string[] {
    return readdirSync(join(this.#folder, path)).sort();
  }
}

/**
 * The route for a request: its method and path, and every query entry that the route names. The one that names most
 * wins, then the first.
 */
export function matchRoute(
  routes: readonly FixtureRoute[],
  request: { method: string; path: string; query: URLSearchParams },
): FixtureRoute | null {
  let best: FixtureRoute | null = null;
  let bestScore = -1;
  for (const route of routes) {
    if (route.method !== request.method || route.path !== request.path) continue;
    const wanted = Object.entries(route.query ?? {});
    if (!wanted.every(([name, value]) => request.query.get(name) === value)) continue;
    if (wanted.length > bestScore) {
      best = route;
      bestScore = wanted.length;
    }
  }
  return best;
}

/** The answer of this status that the provider may give to any call, or null. */
export function anyCallRoute(routes: readonly FixtureRoute[], status: number): FixtureRoute | null {
  return routes.find((route) => route.path === '*' && route.status === status) ?? null;
}

/** Members of an array of objects; anything else is left out. */
export function objects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter((item) => isObject(item)) : [];
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

export function numberOf(value: Json | undefined): number {
  return typeof value === 'number' ? value : 0;
}
