import { once } from 'node:events';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ReceiveMemory } from './receive-memory.js';

const memory = new ReceiveMemory();
const { connect } = net;
const sent = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
const server = net.createServer((socket) => void socket.end(sent));

beforeAll(async () => {
  memory.install();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(() => {
  Object.assign(net, { connect });
  server.close();
});

/** All that the server sends; `take` is shown each packet as it comes. */
async function receive(take: (packet: Buffer) => void): Promise<Buffer> {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('it does not listen');
  const socket = net.connect({ host: '127.0.0.1', port: address.port });
  const got: Buffer[] = [];
  socket.on('data', (packet: Buffer) => {
    got.push(Buffer.from(packet));
    take(packet);
  });
  await once(socket, 'close');
  return Buffer.concat(got);
}

describe('ReceiveMemory', () => {
  it('receives in the same memory once it is given back, and what was sent', async () => {
    const memories = new Set<ArrayBufferLike>();
    const got = await receive((packet) => {
      memories.add(packet.buffer);
      memory.giveBack(packet);
    });
    expect(got).toEqual(sent);
    expect(memories.size).toBe(1);
  });

  it('leaves alone what is not given back, and what is given back in part or twice', async () => {
    const packets: Buffer[] = [];
    await receive((packet) => {
      packets.push(packet);
      memory.giveBack(packet.subarray(0, 1));
    });
    expect(Buffer.concat(packets)).toEqual(sent);
    const first = packets[0];
    if (!first) throw new Error('nothing came');
    memory.giveBack(first);
    memory.giveBack(first);
    const later: ArrayBufferLike[] = [];
    await receive((packet) => later.push(packet.buffer));
    expect(later.filter((bytes) => bytes === first.buffer).length).toBeLessThanOrEqual(1);
  });

  it('waits with reading for whoever does not take what came', async () => {
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('it does not listen');
    const socket = net.connect({ host: '127.0.0.1', port: address.port });
    await once(socket, 'readable');
    const got: Buffer[] = [];
    for await (const packet of socket) got.push(packet as Buffer);
    expect(Buffer.concat(got)).toEqual(sent);
  });
});
