import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { sendJson, startUpstream, type Upstream } from '../../test-support/upstream.js';
import { checkTrakt } from './trakt.check.js';

const [clientId, clientSecret] = ['a-client-of-ours', 'a-secret-of-ours'];
const device = {
  device_code: 'a-device-code',
  user_code: 'ABCD1234',
  verification_url: 'https://trakt.example/activate',
  expires_in: 600,
  interval: 5,
};
let upstream: Upstream;
let polled: number;

beforeEach(async () => {
  polled = 400;
  upstream = await startUpstream((request, response) => {
    const { url = '', headers } = request;
    if (url === '/oauth/device/code') sendJson(device)(request, response);
    else if (url === '/oauth/device/token') response.writeHead(polled).end();
    else if (headers['trakt-api-key'] === clientId) sendJson([])(request, response);
    else response.writeHead(403).end();
  });
});
afterEach(() => upstream.stop());

const check = (given: { clientId?: string; clientSecret?: string }) =>
  checkTrakt(
    { apiUrl: upstream.url, authUrl: upstream.url, clientId: undefined, clientSecret: undefined, ...given },
    '0',
  );

it('tries id and secret on both hosts', async () => {
  expect(await check({ clientId, clientSecret })).toMatchObject({
    verdict: 'ok',
    text: `${upstream.url} answers and takes the client id and secret`,
  });
  expect(upstream.requests).toEqual([
    '/movies/trending?limit=1',
    '/oauth/device/code',
    '/oauth/device/token',
  ]);
});

it('tries an id that has no secret yet, and says what is missing', async () => {
  expect(await check({ clientId })).toMatchObject({
    verdict: 'note',
    text: expect.stringContaining('TRAKT_CLIENT_SECRET'),
  });
  expect(await check({ clientId: 'another-client' })).toEqual({
    subject: 'Trakt',
    verdict: 'broken',
    text: 'Trakt refuses this client id.',
  });
});

it('asks nothing without an id', async () => {
  expect(await check({})).toMatchObject({ verdict: 'note', text: 'off' });
  expect(await check({ clientSecret })).toMatchObject({
    verdict: 'note',
    text: expect.stringContaining('TRAKT_CLIENT_ID'),
  });
  expect(upstream.requests).toEqual([]);
});

it.each([401, 403, 404])('takes status %i of the token for a refusal of the secret', async (status) => {
  polled = status;
  const finding = await check({ clientId, clientSecret });
  expect(finding).toEqual({
    subject: 'Trakt',
    verdict: 'broken',
    text: 'Trakt refuses this client secret.',
  });
});

it('T48 may be passed when Trakt does not answer, and tells no secret', async () => {
  await upstream.stop();
  const finding = await check({ clientId, clientSecret });
  expect(finding).toMatchObject({ verdict: 'broken', mayPass: true, text: 'Trakt does not answer.' });
  expect(JSON.stringify(finding)).not.toContain(clientSecret);
});
