import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpClient } from '../../http-client/http-client.js';
import { silentLogger } from '../../logging/logger.js';
import { startUpstream, type Upstream } from '../../test-support/upstream.js';
import { NordVpnStatusProvider } from './nordvpn.status-provider.js';

// Shapes as the two endpoints give them; the values are of the documentation's address ranges.
const insights = {
  ip: '203.0.113.17',
  country: 'Italy',
  country_code: 'IT',
  isp_asn: 64500,
  protected: true,
  longitude: 9.1895,
};
const info = { ...insights, isp_asn: 'Fixture Hosting Ltd', region: 'Lombardy', gdpr: true };

describe('NordVpnStatusProvider', () => {
  let upstream: Upstream;
  let http: HttpClient;
  let provider: NordVpnStatusProvider;
  const { signal } = new AbortController();

  beforeEach(async () => {
    upstream = await startUpstream(() => undefined);
    http = new HttpClient({
      provider: 'NordVPN',
      userAgent: 'Kinora/test',
      logger: silentLogger(),
      retry: { attempts: 1, baseMs: 0, capMs: 0 },
      breaker: { failures: 1_000, halfOpenAfterMs: 1_000 },
    });
    provider = new NordVpnStatusProvider(http, upstream.url);
  });

  afterEach(async () => {
    await http.close();
    await upstream.stop();
  });

  const answerWith = (body: unknown, type = 'application/json', status = 200) =>
    upstream.answer((_request, response) => {
      response.writeHead(status, { 'Content-Type': type });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });

  it.each([
    ['insights, its number for an organisation', insights, true],
    ['info, its text for an organisation', info, true],
    ['no', { ...insights, protected: false }, false],
    ['nothing but the word', { protected: true }, true],
    ['fields nobody knows', { ...insights, planet: 'Mars' }, true],
  ])('reads %s', async (_name, body, isProtected) => {
    answerWith(body);
    expect(await provider.ask(signal)).toMatchObject({ isProtected });
  });

  it.each([
    [
      'IPv6, as an address without a place has',
      { ip: '2001:db8::17', country: '', protected: false },
      '2001:db8::17',
    ],
    ['what is no address', { ip: '<script>', protected: false }, null],
    ['none', { protected: false }, null],
    ['a number', { ip: 7, protected: false }, null],
  ])('tells the address: %s', async (_name, body, address) => {
    answerWith(body);
    expect((await provider.ask(signal)).address).toBe(address);
  });

  it.each<[string, unknown, string?, number?]>([
    ['a page of HTML with 403, as the CDN sends', '<html>Forbidden</html>', 'text/html', 403],
    ['a page of HTML with 200', '<html>protected</html>', 'text/html'],
    ['429', '', 'application/json', 429],
    ['500', '', 'application/json', 500],
    ['no JSON', '{"protected": tru'],
    ['an empty body', ''],
    ['a list', [{ protected: true }]],
    ['no such field', { ip: '203.0.113.17' }],
    ['null', { protected: null }],
    ['"true" in quotes', { protected: 'true' }],
    ['1', { protected: 1 }],
    ['another spelling', { Protected: true }],
    ['the word one level deeper', { data: { protected: true } }],
    ['"true" alone', true],
  ])('F23 throws for %s: that is no yes', async (...row) => {
    const [, body, type, status] = row;
    answerWith(body, type, status);
    await expect(provider.ask(signal)).rejects.toThrow();
  });

  it('asks the other endpoint when the first is out of order', async () => {
    upstream.answer((request, response) => {
      const isInfo = request.url === '/v1/ips/info';
      response.writeHead(isInfo ? 200 : 500, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(info));
    });
    expect(await provider.ask(signal)).toEqual({ isProtected: true, address: '203.0.113.17' });
  });

  it('F23 throws when nobody listens', async () => {
    await upstream.stop();
    await expect(provider.ask(signal)).rejects.toThrow('cannot be reached');
  });

  it('ends when it is told to', async () => {
    upstream.answer(() => undefined);
    const abort = new AbortController();
    const asking = provider.ask(abort.signal);
    abort.abort(new Error('no longer wanted'));
    await expect(asking).rejects.toThrow('no longer wanted');
  });
});
