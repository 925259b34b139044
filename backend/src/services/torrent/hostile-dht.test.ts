import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { silentLogger } from '../../logging/logger.js';
import { SupervisedEngine } from './supervised.engine.js';

const hostile = [
  'd-3:',
  'l-3:',
  'd-3:e',
  `d1:q4:ping1:ad2:id-9:e1:t2:aa1:y1:qe`,
  'l'.repeat(1_400),
  'd1:rd5:nodes-26:e1:t2:aa1:y1:re',
  'd1:ad2:id5:shorte1:q9:get_peers1:t2:aa1:y1:qe',
  'd1:ai5e1:q4:ping1:t2:aa1:y1:qe',
  'd1:q4:ping1:y1:qe',
  'd1:t0:1:y1:ee',
  'd1:eli201e1:xe1:t2:aa1:y1:ee',
  'i5e',
  '',
  'x',
];

(process.platform === 'linux' ? it : it.skip)(
  'T01 T02 the engine survives datagrams that no DHT node would send',
  async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'kinora-dht-'));
    const engine = new SupervisedEngine({
      store: { kind: 'file', root: folder },
      dht: true,
      logger: silentLogger(),
      allowPrivatePeers: true,
      timing: { silenceMs: 30_000 },
    });
    const stranger = createSocket('udp4').bind(0, '127.0.0.1');
    let answers = 0;
    stranger.on('message', () => (answers += 1));
    await once(stranger, 'listening');
    try {
      await engine.start();
      const infoHash = 'd1a4'.repeat(10);
      await engine.add({ infoHash, announce: [] });
      const { pid = 0 } = engine;
      let ports = await datagramPorts(pid);
      while (ports.length === 0) {
        await delay(50);
        ports = await datagramPorts(pid);
      }
      const ping = 'd1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe';
      for (const text of [...hostile, ...hostile])
        for (const port of ports) stranger.send(Buffer.from(text, 'latin1'), port, '127.0.0.1');
      // One that is as it should be is answered: so it has read the others.
      while (answers === 0) {
        for (const port of ports) stranger.send(ping, port, '127.0.0.1');
        await delay(50);
      }
      expect(await engine.status(infoHash)).toMatchObject({ failure: null });
      expect(engine.pid).toBe(pid);
    } finally {
      stranger.close();
      await engine.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
);

/** UDP ports (IPv4) that a process has open. */
async function datagramPorts(pid: number): Promise<number[]> {
  const fds = await readdir(`/proc/${pid}/fd`);
  const targets = await Promise.all(fds.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  const own = new Set(targets.map((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1]));
  const lines = (await readFile(`/proc/${pid}/net/udp`, 'utf8')).trim().split('\n').slice(1);
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => own.has(columns[9]))
    .map((columns) => Number.parseInt(columns[1]?.split(':')[1] ?? '0', 16));
}
