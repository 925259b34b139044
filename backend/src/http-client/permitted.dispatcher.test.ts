import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { request } from 'undici';
import { sendJson, startUpstream, type Upstream } from '../test-support/upstream.js';
import { isNearby, NetworkClosedError, PermittedDispatcher } from './permitted.dispatcher.js';

describe('PermittedDispatcher', () => {
  let upstream: Upstream;
  let dispatcher: PermittedDispatcher;

  beforeEach(async () => {
    upstream = await startUpstream(sendJson({}));
    dispatcher = new PermittedDispatcher();
  });

  afterEach(async () => {
    await dispatcher.destroy();
    await upstream.stop();
  });

  const ask = async () => {
    const { statusCode, body } = await request(upstream.url, { dispatcher });
    await body.dump();
    return statusCode;
  };

  it('sends nothing until it is permitted', async () => {
    await expect(ask()).rejects.toThrow(NetworkClosedError);
    expect(upstream.requests).toEqual([]);
    dispatcher.setPermission({ kind: 'open' });
    expect(await ask()).toBe(200);
  });

  it('says why it sends nothing', async () => {
    dispatcher.setPermission({ kind: 'closed', reason: 'tun0 is down.' });
    await expect(ask()).rejects.toThrow('tun0 is down.');
  });

  it('ends a request under way when the permission goes', async () => {
    upstream.answer(() => dispatcher.setPermission({ kind: 'closed', reason: 'tun0 is down.' }));
    dispatcher.setPermission({ kind: 'open' });
    await expect(ask()).rejects.toThrow();
  });

  it('knows the own network from the internet', () => {
    for (const host of ['127.0.0.1', 'localhost', '192.168.1.5', '10.0.0.7', 'jackett', 'fd00::1'])
      expect([host, isNearby(host)]).toEqual([host, true]);
    for (const host of ['8.8.8.8', 'yts.example', '2001:4860::1', '192.168.1.5.example'])
      expect([host, isNearby(host)]).toEqual([host, false]);
  });
});
