// What a server says about itself to its operator: its log, which holds no secret, and its metrics.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { ApiClient, textAt } from './api-client.js';
import { OwnServers } from './own-servers.js';
import { leaksIn } from './secret-ledger.js';

jest.setTimeout(60_000);

// As talkative as it can be: what it prints is searched for secrets when it ends (secret-ledger.ts).
const quiet = { TORRENT_DHT: 'off', TORRENT_TRACKERS: 'http://127.0.0.1:9/announce', LOG_LEVEL: 'trace' };
const own = new OwnServers(quiet);

describe('what a server tells of itself', () => {
  const password = 'velvet otter lantern 42';
  const tmdbToken = 'a-token-of-no-service';

  it('T48 never a secret in its log, over a whole run at its most talkative', async () => {
    const server = await own.start({
      LOG_LEVEL: 'trace',
      ADMIN_USERNAME: 'ada',
      ADMIN_PASSWORD: password,
      TMDB_API_TOKEN: tmdbToken,
      TMDB_API_URL: 'http://127.0.0.1:9',
    });
    const json = { 'Content-Type': 'application/json' };
    const login = (given: string) =>
      fetch(`${server.url}/api/auth/login`, {
        method: 'POST',
        headers: json,
        body: JSON.stringify({ username: 'ada', password: given }),
      });
    const wrong = 'wrong wrong wrong 1';
    expect((await login(wrong)).status).toBe(401);
    const signedIn = await login(password);
    const accessToken = textAt(await signedIn.json(), 'accessToken');
    const [cookie = ''] = (signedIn.headers.get('Set-Cookie') ?? '').split(';');
    const headers = { ...json, Authorization: `Bearer ${accessToken}` };
    await fetch(`${server.url}/api/home?token=${accessToken}`, { headers });
    await fetch(`${server.url}/api/auth/refresh`, {
      method: 'POST',
      headers: { ...headers, Cookie: cookie },
    });
    const magnet = `magnet:?xt=urn:btih:${'a'.repeat(40)}`;
    const play = await fetch(`${server.url}/api/playback`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ magnet }),
    });
    const url = textAt(await play.json(), 'url');
    await fetch(server.url + url, {
      headers: { Range: 'bytes=0-0' },
      signal: AbortSignal.timeout(500),
    }).catch(() => undefined);
    await server.stop();

    const keys = await readFile(path.join(own.dataDir, 'secrets', 'keys.json'), 'utf8');
    const secrets = [
      password,
      wrong,
      tmdbToken,
      accessToken,
      cookie.slice(cookie.indexOf('=') + 1),
      url.split('/').at(-1) ?? '',
      ...[...keys.matchAll(/"[\w/+]{43}="/g)].map(([text]) => text.slice(1, -1)),
    ];
    expect(secrets.length).toBeGreaterThan(8);
    expect(server.output.split('\n').length).toBeGreaterThan(6);
    expect(secrets.filter((secret) => secret === '' || server.output.includes(secret))).toEqual([]);
  });

  it('T48 and every other server of these tests is searched likewise: a secret in its log would be found', async () => {
    const server = await own.start({ ADMIN_USERNAME: 'ada', ADMIN_PASSWORD: password });
    const ada = await ApiClient.signIn(server, 'ada', password);
    await ada.get(`/api/home?token=${ada.keyId}`);
    const keys = await readFile(path.join(own.dataDir, 'secrets', 'keys.json'), 'utf8');
    const [key = ''] = /[\w/+]{43}=/.exec(keys) ?? [];
    expect(leaksIn(server.output)).toEqual([]);
    for (const secret of [
      password,
      key,
      'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJlLXRoYXQtaXMtbG9uZw',
    ])
      expect(leaksIn(`${server.output}{"msg":"${secret}"}`)).toHaveLength(1);
    await server.stop();
  });

  it('metrics for a collector on the same machine, and whether each dependency works', async () => {
    const server = await own.start();
    expect(await (await fetch(`${server.url}/ready`)).json()).toEqual({
      status: 'ready',
      checks: { engine: true, database: true },
    });
    const text = await (await fetch(`${server.url}/metrics`)).text();
    for (const name of [
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_p99_seconds',
      'kinora_http_request_seconds_count{method="GET",route="/ready",status="200"} 1',
      'kinora_engine_up 1',
      'kinora_streams_open 0',
    ])
      expect(text).toContain(name);
    await server.stop();
  });
});
