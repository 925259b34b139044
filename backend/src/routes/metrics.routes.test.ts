import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type KinoraApi, openKinoraApi } from '../test-support/kinora-api.js';

let kinora: KinoraApi;

beforeEach(async () => {
  kinora = await openKinoraApi();
});
afterEach(() => kinora.dispose());

const here = { address: '127.0.0.1' };
const read = async (): Promise<string> => (await kinora.request('GET', '/metrics', here)).text();

describe('GET /metrics', () => {
  it('answers this machine, in the format of Prometheus', async () => {
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
      const answer = await kinora.request('GET', '/metrics', { address });
      expect([address, answer.status]).toEqual([address, 200]);
      expect(answer.headers.get('Content-Type')).toMatch(/^text\/plain; version=0\.0\.4/);
    }
  });

  it('answers administrators, and nobody else, from elsewhere', async () => {
    const { token: admin } = await kinora.signIn('ada', 'correct horse battery', 'admin');
    const { token: user } = await kinora.signIn('bob', 'correct horse battery', 'user');
    expect((await kinora.request('GET', '/metrics')).status).toBe(401);
    expect((await kinora.request('GET', '/metrics', { token: user })).status).toBe(403);
    expect((await kinora.request('GET', '/metrics', { token: admin })).status).toBe(200);
  });

  it.each(['X-Forwarded-For', 'X-Forwarded-Host', 'X-Real-IP', 'Forwarded', 'Via'])(
    'does not take a proxy on this machine for this machine: %s',
    async (header) => {
      const headers = { [header]: '127.0.0.1' };
      expect((await kinora.request('GET', '/metrics', { ...here, headers })).status).toBe(401);
    },
  );

  it('counts requests by the pattern of their route, whatever the path', async () => {
    for (const id of ['one', 'two']) await kinora.request('GET', `/api/movies/${id}`);
    await kinora.request('GET', '/no/such/address');
    await kinora.request('PROPFIND', '/health');
    await kinora.request('GET', '/health');
    const text = await read();
    const count = (labels: string) =>
      text.split('\n').find((line) => line.startsWith(`kinora_http_request_seconds_count{${labels}}`));
    expect(count('method="GET",route="/health",status="200"')).toMatch(/ 1$/);
    expect(count('method="GET",route="other",status="404"')).toMatch(/ 1$/);
    expect(text).not.toContain('PROPFIND');
    expect(text).not.toContain('/no/such');
    expect(text).not.toContain('movies/one');
  });

  it('counts a refusal by the route that was refused', async () => {
    await kinora.request('GET', '/api/movies/one');
    expect(await read()).toMatch(/_count\{method="GET",route="(\/api\/movies\/:id)",status="401"\} 1/);
  });
});
