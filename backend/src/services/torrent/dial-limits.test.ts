import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { silentLogger } from '../../logging/logger.js';
import { extended, RawPeer } from './__fixtures__/raw-peer.js';
import { SupervisedEngine } from './supervised.engine.js';

const infoHash = 'd1a1'.repeat(10);
const folder = await mkdtemp(path.join(tmpdir(), 'kinora-dials-'));
const engine = new SupervisedEngine({
  store: { kind: 'file', root: folder },
  dht: false,
  logger: silentLogger(),
  allowPrivatePeers: true,
  timing: { silenceMs: 5_000 },
});
/** The victim: takes every connection on its ports, at every address of 127/8, and says nothing. */
const victims: Server[] = [];
const calls: { host: string; at: number }[] = [];
const open = new Map<Socket, string>();
let most = 0;
let called: () => void = () => undefined;

beforeAll(async () => {
  for (let n = 0; n < 10; n += 1) {
    const victim = createServer((socket) => {
      const host = socket.localAddress ?? '';
      calls.push({ host, at: performance.now() });
      open.set(socket, host);
      most = Math.max(most, open.size);
      socket.on('error', () => undefined).on('close', () => open.delete(socket));
      called();
    });
    victim.listen(0, '0.0.0.0');
    await once(victim, 'listening');
    victims.push(victim);
  }
  await engine.start();
});

afterAll(async () => {
  await engine.stop();
  for (const socket of open.keys()) socket.destroy();
  for (const victim of victims) victim.close();
  await rm(folder, { recursive: true, force: true });
});

it('a peer that names 9,000 addresses makes us dial 20 a second, 3 an address and 55 in all (T20)', async () => {
  await engine.add({ infoHash, announce: [] });
  const peer = await RawPeer.open(engine.peerPort, infoHash);
  expect(await peer.isGreetedWithin(30_000)).toBe(true);
  const ports = victims.map((victim) => (victim.address() as AddressInfo).port);
  const named = Array.from({ length: 9_000 }, (_, n) =>
    Buffer.from([127, 0, 1 + Math.floor(n / 2_500), 1 + (Math.floor(n / 10) % 250), 0, 0]),
  );
  for (const [n, entry] of named.entries()) entry.writeUInt16BE(ports[n % ports.length] ?? 0, 4);
  const added = Buffer.concat(named);
  const began = performance.now();
  peer.send(extended(0, 'd1:md6:ut_pexi2eee'));
  const flags = Buffer.alloc(named.length);
  const head = [Buffer.from(`d5:added${added.length}:`), added, Buffer.from(`7:added.f${flags.length}:`)];
  peer.send(extended(2, Buffer.concat([...head, flags, Buffer.from('e')])));

  // The peer itself is the 55th.
  await until(() => calls.length >= 54);
  expect(calls.length).toBeGreaterThanOrEqual(54);
  for (const [n, { at }] of calls.entries())
    expect(at - began).toBeGreaterThan(Math.floor(n / 20) * 1_000 - 50);
  for (const host of open.values())
    expect([...open.values()].filter((other) => other === host).length).toBeLessThanOrEqual(3);
  // A third and a fourth second would bring more, were there no end.
  await until(() => false, 1_500);
  expect(most).toBeLessThanOrEqual(55);
  peer.close();
}, 60_000);

function until(condition: () => boolean, atMostMs = 40_000): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      clearTimeout(timer);
      called = () => undefined;
      resolve();
    };
    const timer = setTimeout(settle, atMostMs);
    called = () => {
      if (condition()) settle();
    };
    called();
  });
}
