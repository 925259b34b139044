import { describe, expect, it } from '@jest/globals';
import { type FixtureRoute, Fixtures, matchRoute } from './fixtures.js';

const route = (body: string, query?: Record<string, string>, method = 'GET'): FixtureRoute => ({
  method,
  path: '/a',
  status: 200,
  body,
  ...(query === undefined ? {} : { query }),
});

function pick(routes: readonly FixtureRoute[], search: string, method = 'GET'): string | null {
  return matchRoute(routes, { method, path: '/a', query: new URLSearchParams(search) })?.body ?? null;
}

describe('matchRoute', () => {
  it('ignores query parameters that the route does not name', () => {
    expect(pick([route('page', { page: '1' })], 'page=1&language=de&api_key=x')).toBe('page');
    expect(pick([route('page', { page: '1' })], 'page=2')).toBeNull();
  });

  it('takes the most specific of several that fit, whatever their order', () => {
    const routes = [route('any'), route('both', { page: '1', kind: 'x' }), route('page', { page: '1' })];
    expect(pick(routes, 'kind=x&page=1')).toBe('both');
    expect(pick(routes, 'page=1')).toBe('page');
    expect(pick(routes, '')).toBe('any');
  });

  it('takes the first of equals, and minds the method', () => {
    expect(pick([route('first'), route('second')], '')).toBe('first');
    expect(pick([route('get'), route('post', undefined, 'POST')], '', 'POST')).toBe('post');
  });
});

describe('the fixtures', () => {
  it.each(['tmdb', 'trakt', 'yts', 'nordvpn', 'archive'])(
    'of %s name only files that are there',
    (provider) => {
      const fixtures = new Fixtures(provider);
      const missing = fixtures.routes
        .map(({ body }) => body)
        .filter((body) => body !== null && !fixtures.has(body));
      expect(fixtures.routes.length).toBeGreaterThan(0);
      expect(missing).toEqual([]);
    },
  );
});
