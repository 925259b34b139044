import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'undici';
import { publicOnlyAgent } from './network-guard.js';

let server: Server;
let hits = 0;
let port = 0;

beforeAll(async () => {
  server = createServer((_request, response) => {
    hits += 1;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
});

describe('publicOnlyAgent', () => {
  it('reaches no loopback server, however it is spelled (T15)', async () => {
    const dispatcher = publicOnlyAgent();
    for (const host of [
      '127.0.0.1',
      'localhost',
      '2130706433',
      '0x7f.1',
      '0177.0.0.1',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '0.0.0.0',
    ]) {
      await expect(request(`http://${host}:${port}/`, { dispatcher })).rejects.toThrow(
        'not a public address',
      );
    }
    expect(hits).toBe(0);
    await dispatcher.close();
  });
});
