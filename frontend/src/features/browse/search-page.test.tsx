/**
 * @jest-environment ./src/test/browser-environment.js
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { QueryClientProvider } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterContextProvider,
} from '@tanstack/react-router';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { ApiContext, createApiClient } from '../../api/client.js';
import { createQueryClient } from '../../api/query-client.js';
import { Session } from '../../api/session.js';
import { type ApiReply, type ApiServer, startApiServer } from '../../test/api-server.js';
import { RecentSearches } from './recent-searches.js';
import { SearchPage } from './search-page.js';

const film = (id: string, title: string) => ({
  id,
  type: 'movie',
  title,
  year: 2010,
  posterUrl: null,
  backdropUrl: null,
  rating: null,
  runtimeSeconds: 900,
  overview: '',
});

describe('SearchPage', () => {
  let server: ApiServer;
  let show: (text: string) => void;
  let answers: Record<string, ApiReply | Promise<ApiReply>>;
  let recent: RecentSearches;

  beforeEach(async () => {
    localStorage.clear();
    recent = new RecentSearches(localStorage);
    answers = {};
    server = await startApiServer((call) => {
      const text = new URL(call.slice(4), 'http://x').searchParams.get('q') ?? '';
      return (
        answers[text] ?? {
          body: { items: [], people: [], stale: false, page: 1, pageSize: 20, total: 0, totalIsLeast: false },
        }
      );
    });
    const session = new Session({ baseUrl: `${server.origin}/api`, fetch, now: () => 0 });
    const api = createApiClient(session, server.origin);
    const queries = createQueryClient();
    const rootRoute = createRootRoute();
    const paths = ['/search', '/movies/$id', '/shows/$id', '/people/$id'].map((path) =>
      createRoute({ getParentRoute: () => rootRoute, path }),
    );
    const router = createRouter({ routeTree: rootRoute.addChildren(paths), history: createMemoryHistory() });
    const page = (text: string) => (
      <ApiContext value={api}>
        <QueryClientProvider client={queries}>
          <RouterContextProvider router={router}>
            <SearchPage text={text} recent={recent} />
          </RouterContextProvider>
        </QueryClientProvider>
      </ApiContext>
    );
    const { rerender } = render(page(''));
    show = (text) => rerender(page(text));
  });

  afterEach(async () => {
    cleanup();
    await server.stop();
  });

  const found = (...titles: string[]): ApiReply => ({
    body: {
      items: titles.map((title) => film(title, title)),
      page: 1,
      pageSize: 20,
      total: titles.length,
      totalIsLeast: false,
    },
  });

  it('lists the films and series found', async () => {
    answers['sin'] = found('Sintel');
    show('sin');
    const link = await screen.findByRole('link', { name: /Sintel/ });
    expect(link.getAttribute('href')).toBe('/movies/Sintel');
    expect(screen.getByText('1 title')).toBeTruthy();
  });

  it('keeps the earlier answer on screen until the next one is there', async () => {
    answers['sin'] = found('Sintel');
    show('sin');
    await screen.findByRole('link', { name: /Sintel/ });
    let release: (reply: ApiReply) => void = () => undefined;
    answers['spri'] = new Promise((resolve) => {
      release = resolve;
    });
    show('spri');
    expect(screen.getByRole('link', { name: /Sintel/ })).toBeTruthy();
    release(found('Spring'));
    await screen.findByRole('link', { name: /Spring/ });
    expect(screen.queryByRole('link', { name: /Sintel/ })).toBeNull();
  });

  it('says that nothing was found, and for what', async () => {
    show('zzz');
    await screen.findByRole('heading', { name: 'Nothing found for “zzz”' });
  });

  it('shows a failure with its request id, and tries again when asked', async () => {
    answers['sin'] = {
      status: 502,
      body: { detail: 'TMDB failed.', code: 'provider-unavailable', requestId: 'req-7' },
    };
    show('sin');
    await screen.findByText('TMDB failed.');
    expect(screen.getByText('req-7')).toBeTruthy();
    answers['sin'] = found('Sintel');
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await screen.findByRole('link', { name: /Sintel/ });
  });

  it('offers recent searches while nothing is asked, and forgets them when told', () => {
    recent.add('night of');
    show('x');
    show('');
    expect(screen.getByRole('link', { name: 'night of' }).getAttribute('href')).toBe('/search?q=night+of');
    fireEvent.click(screen.getByRole('button', { name: 'Clear' }));
    expect(screen.queryByRole('link', { name: 'night of' })).toBeNull();
    expect(recent.list()).toEqual([]);
  });
});
