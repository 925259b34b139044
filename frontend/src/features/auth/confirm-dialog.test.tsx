/**
 * @jest-environment ./src/test/browser-environment.js
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { ApiContext, createApiClient } from '../../api/client.js';
import { createQueryClient } from '../../api/query-client.js';
import { Session } from '../../api/session.js';
import { type ApiReply, type ApiServer, startApiServer } from '../../test/api-server.js';
import { ConfirmForm } from './confirm-dialog.js';

const nothing = { password: false, totp: false, recoveryCode: false, passkey: null };

describe('ConfirmForm', () => {
  let server: ApiServer;
  let answers: Record<string, ApiReply>;

  beforeEach(async () => {
    answers = {};
    server = await startApiServer((call) => answers[call.split('?')[0] ?? ''] ?? { status: 404, body: {} });
  });

  afterEach(async () => {
    cleanup();
    await server.stop();
  });

  const open = (options: object) => {
    answers['POST /api/auth/reauthenticate/options'] = { body: { ...nothing, ...options } };
    const session = new Session({ baseUrl: `${server.origin}/api`, fetch, now: () => 0 });
    render(
      <ApiContext value={createApiClient(session, server.origin)}>
        <QueryClientProvider client={createQueryClient()}>
          <ConfirmForm onConfirmed={() => undefined} />
        </QueryClientProvider>
      </ApiContext>,
    );
  };

  it('asks an account without second factors for the password alone', async () => {
    open({ password: true });
    await screen.findByLabelText('Your password');
    expect(screen.queryByRole('button', { name: /^Use/ })).toBeNull();
  });

  it('asks an account with second factors for a code or a recovery code, never for the password', async () => {
    open({ totp: true, recoveryCode: true });
    await screen.findByLabelText('Code from your authenticator app');
    expect(screen.queryByLabelText('Your password')).toBeNull();
    expect(screen.queryByRole('button', { name: 'Use your password' })).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Use a recovery code' }));
    expect(screen.getByLabelText('Recovery code')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Use a code' })).toBeTruthy();
  });

  it('says when nothing is left to confirm with', async () => {
    open({});
    await screen.findByText(/you have no recovery codes left/);
    expect(screen.queryByRole('button', { name: 'Confirm' })).toBeNull();
  });
});
