import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Tunnel } from './tunnel.js';
import { TunnelNames } from './tunnel-names.js';

// Loopback stands for the tunnel; that nothing leaves otherwise is shown in network namespaces by the e2e suite.
const tunnel: Tunnel = { interfaceName: 'lo', address: '127.0.0.1', nameServers: ['127.0.0.1'] };

describe('TunnelNames', () => {
  let server: Socket;
  let port: number;
  let asked: number;
  let answer: (question: Buffer) => Buffer | null;

  beforeEach(async () => {
    asked = 0;
    server = createSocket('udp4');
    server.on('message', (question, { port: theirs, address }) => {
      asked += 1;
      const reply = answer(question);
      if (reply) server.send(reply, theirs, address);
    });
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    port = server.address().port;
  });

  afterEach(() => {
    server.close();
  });

  const withAddress = (question: Buffer) => {
    const reply = Buffer.concat([
      question,
      Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7]),
    ]);
    reply.writeUInt16BE(0x8180, 2);
    reply.writeUInt16BE(1, 6);
    return reply;
  };

  it('asks once, and remembers for a minute', async () => {
    answer = withAddress;
    let now = 0;
    const names = new TunnelNames(tunnel, { port, now: () => now });
    expect(await names.resolve('tracker.example')).toEqual(['192.0.2.7']);
    expect(await names.resolve('tracker.example')).toEqual(['192.0.2.7']);
    expect(asked).toBe(1);
    now = 61_000;
    await names.resolve('tracker.example');
    expect(asked).toBe(2);
  });

  it('asks nobody for addresses and for this machine', async () => {
    const names = new TunnelNames(tunnel, { port });
    expect(await names.resolve('192.0.2.1')).toEqual(['192.0.2.1']);
    expect(await names.resolve('localhost')).toEqual(['127.0.0.1']);
    expect(asked).toBe(0);
  });

  it('says so when the name does not exist, and when nobody answers', async () => {
    answer = (question) => {
      const reply = Buffer.from(question);
      reply.writeUInt16BE(0x8183, 2);
      return reply;
    };
    await expect(new TunnelNames(tunnel, { port }).resolve('nobody.example')).rejects.toMatchObject({
      code: 'ENOTFOUND',
    });
    answer = () => null;
    const hasty = new TunnelNames(tunnel, { port, timeoutMs: 50 });
    await expect(hasty.resolve('tracker.example')).rejects.toMatchObject({ code: 'EAI_AGAIN' });
  });

  it('asks nobody when there is no server to ask through the tunnel', async () => {
    const names = new TunnelNames({ ...tunnel, nameServers: [] }, { port });
    await expect(names.resolve('tracker.example')).rejects.toMatchObject({ code: 'EAI_AGAIN' });
  });
});
