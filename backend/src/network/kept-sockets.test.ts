import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, it } from '@jest/globals';
import { KeptSockets } from './kept-sockets.js';
import { loadSystemCalls } from './system-calls.js';

const onLinux = loadSystemCalls() ? it : it.skip;

onLinux('T56 a kept connection lives on in the kernel, deaf, until it is released', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  const [theirs] = (await accepted) as [Socket];
  const kept = new KeptSockets();
  kept.keep(socket);
  expect(kept.size).toBe(1);
  let hasEnded = false;
  const ended = new Promise<void>((resolve) => {
    theirs
      .on('error', () => undefined)
      .on('close', () => {
        hasEnded = true;
        resolve();
      });
  });
  socket.destroy();
  await once(socket, 'close');
  // The kernel takes what comes, as it does for a program that is slow to read; to one that is gone it would be refused.
  for (let round = 0; round < 3; round += 1) {
    await new Promise<void>((resolve, reject) => {
      theirs.write('late', (error) => (error ? reject(error) : resolve()));
    });
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(hasEnded).toBe(false);
  kept.release();
  expect(kept.size).toBe(0);
  await ended;
  expect(hasEnded).toBe(true);
  server.close();
});

it('keeps nothing of a socket that is closed already', () => {
  const kept = new KeptSockets();
  kept.keep(
    connect({ port: 9, host: '127.0.0.1' })
      .on('error', () => undefined)
      .destroy(),
  );
  expect(kept.size).toBe(0);
});
