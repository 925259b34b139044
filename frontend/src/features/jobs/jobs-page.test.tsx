/**
 * @jest-environment ./src/test/browser-environment.js
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { ApiContext, createApiClient } from '../../api/client.js';
import { createQueryClient } from '../../api/query-client.js';
import { Session } from '../../api/session.js';
import { type ApiReply, type ApiServer, startApiServer } from '../../test/api-server.js';
import { JobsPage } from './jobs-page.js';

const job = (facts: object = {}) => ({
  name: 'followed-lists',
  description: 'Reads the lists that follow one of TMDB.',
  schedule: { everySeconds: 21_600, cron: null },
  running: false,
  paused: false,
  failures: 0,
  nextRunAt: new Date(Date.now() + 3_600_000).toISOString(),
  lastStartedAt: null,
  lastFinishedAt: null,
  lastOutcome: null,
  lastMessage: null,
  ...facts,
});

describe('JobsPage', () => {
  let server: ApiServer;
  let answers: Record<string, ApiReply>;

  beforeEach(async () => {
    answers = { 'GET /api/admin/jobs': { body: { items: [job()] } } };
    server = await startApiServer((call) => answers[call.split('?')[0] ?? ''] ?? { status: 404, body: {} });
    const session = new Session({ baseUrl: `${server.origin}/api`, fetch, now: () => 0 });
    render(
      <ApiContext value={createApiClient(session, server.origin)}>
        <QueryClientProvider client={createQueryClient()}>
          <JobsPage />
        </QueryClientProvider>
      </ApiContext>,
    );
  });

  afterEach(async () => {
    cleanup();
    await server.stop();
  });

  it('says what a job does, when it runs next and how it went last', async () => {
    await screen.findByRole('heading', { name: 'Followed lists' });
    expect(screen.getByRole('status').textContent).toBe('Next in 1 hour');
    expect(screen.getByText('Has not run yet')).toBeTruthy();
  });

  it('runs a job now and shows that it runs', async () => {
    const button = await screen.findByRole('button', { name: /^Run(ning| now): Followed lists/ });
    const running = job({ running: true });
    answers['POST /api/admin/jobs/followed-lists/run'] = { status: 202, body: running };
    answers['GET /api/admin/jobs'] = { body: { items: [running] } };
    fireEvent.click(button);
    await waitFor(() => expect(screen.getByRole('status').textContent).toBe('Running'));
    expect(button.hasAttribute('disabled')).toBe(true);
    expect(server.requests).toContain('POST /api/admin/jobs/followed-lists/run');
  });

  it('says why a job could not be run', async () => {
    const button = await screen.findByRole('button', { name: /^Run(ning| now): Followed lists/ });
    answers['POST /api/admin/jobs/followed-lists/run'] = {
      status: 409,
      body: { detail: 'The job is running.', code: 'conflict' },
    };
    fireEvent.click(button);
    await screen.findByText('The job is running.');
  });

  it('pauses a job, which can then be resumed', async () => {
    const button = await screen.findByRole('button', { name: 'Pause Followed lists' });
    const paused = job({ paused: true, nextRunAt: null });
    answers['PATCH /api/admin/jobs/followed-lists'] = { body: paused };
    answers['GET /api/admin/jobs'] = { body: { items: [paused] } };
    fireEvent.click(button);
    await screen.findByRole('button', { name: 'Resume Followed lists' });
    expect(screen.getByRole('status').textContent).toBe('Paused');
  });
});
