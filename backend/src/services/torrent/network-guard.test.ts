// @proof: a request or packet that got through once has got through, so a failure is never run again.
import dgram from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'undici';
import { datagramLookup, letThroughTo, publicOnlyAgent } from './network-guard.js';

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

  it('reaches a port of its own process while it is let through, by that address alone, and never after', async () => {
    const dispatcher = publicOnlyAgent();
    const ask = (host: string) => request(`http://${host}:${port}/`, { dispatcher, reset: true });
    const end = letThroughTo(port);
    expect((await ask('127.0.0.1')).statusCode).toBe(200);
    await expect(ask('localhost')).rejects.toThrow('not a public address');
    end();
    await expect(ask('127.0.0.1')).rejects.toThrow('not a public address');
    expect(hits).toBe(1);
    await dispatcher.destroy();
  });
});

describe('datagramLookup (T15)', () => {
  it('lets no datagram go to a private address, by number or by name, once it may be one', async () => {
    const heard: string[] = [];
    const listener = dgram.createSocket('udp4').on('message', () => heard.push('datagram'));
    listener.bind(0, '0.0.0.0');
    await once(listener, 'listening');
    const port = listener.address().port;
    for (const host of ['127.0.0.1', 'localhost', '0.0.0.0', '10.0.0.1', '169.254.169.254']) {
      const socket = dgram.createSocket({ type: 'udp4', lookup: datagramLookup() });
      const sent = new Promise((resolve) => socket.send('x', port, host, resolve));
      expect(await sent).toMatchObject({ code: 'EBLOCKED' });
      socket.close();
    }
    // What was sent before would be here by now.
    const last = dgram.createSocket('udp4');
    last.send('end', port, '127.0.0.1');
    await once(listener, 'message');
    expect(heard).toEqual(['datagram']);
    last.close();
    listener.close();
  });

  it.each([
    ['private alone', ['10.1.2.3', '192.168.0.1'], null],
    ['public at last', ['127.0.0.1', '8.8.8.8'], '8.8.8.8'],
    ['nothing', [], null],
  ])('of a name that leads to %s takes what is public', async (_what, addresses, chosen) => {
    const lookup = datagramLookup((_host, _options, callback) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: 4 })),
      ),
    );
    const found = await new Promise((resolve) =>
      lookup('name.example', { family: 4 }, (error, address) => resolve(error ? null : address)),
    );
    expect(found).toBe(chosen);
  });

  it('asks for the name each time, so that it may not change its mind (T15)', async () => {
    const answers = ['8.8.8.8', '127.0.0.1'];
    const lookup = datagramLookup((_host, _options, callback) =>
      callback(null, [{ address: answers.shift() ?? '', family: 4 }]),
    );
    const ask = () =>
      new Promise((resolve) =>
        lookup('name.example', { family: 4 }, (error, address) => resolve(error?.code ?? address)),
      );
    expect([await ask(), await ask()]).toEqual(['8.8.8.8', 'EBLOCKED']);
  });
});
