import { execFile } from 'node:child_process';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { NetworkPermission } from '../../network/tunnel.js';
import type { Trial } from './__fixtures__/confined-process.js';

const run = promisify(execFile);
const program = fileURLToPath(new URL('./__fixtures__/confined-process.ts', import.meta.url));
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

const closed: NetworkPermission = { kind: 'closed', reason: 'tun0 is down.' };
const through = (interfaceName: string): NetworkPermission => ({
  kind: 'bound',
  tunnel: { interfaceName, address: '127.0.0.1', nameServers: [] },
});

jest.setTimeout(60_000);

describe('T56 a confined process', () => {
  let web: Server;
  let bucket: Server;
  let datagrams: dgram.Socket;
  let heard: string[];

  beforeAll(async () => {
    heard = [];
    web = createServer((_request, answer) => answer.end());
    web.on('connection', () => heard.push('connection'));
    bucket = createServer((_request, answer) => answer.end());
    datagrams = dgram.createSocket('udp4').on('message', () => heard.push('datagram'));
    web.listen(0, '127.0.0.1');
    bucket.listen(0, '127.0.0.1');
    await Promise.all([once(web, 'listening'), once(bucket, 'listening')]);
    datagrams.bind(portOf(web), '127.0.0.1');
    await once(datagrams, 'listening');
  });

  afterEach(() => {
    heard.splice(0);
  });

  afterAll(() => {
    for (const server of [web, bucket]) server.close();
    datagrams.close();
  });

  async function tryOut(permission: NetworkPermission, acts: Trial['acts']): Promise<Record<string, string>> {
    const storage = `http://127.0.0.1:${portOf(bucket)}`;
    const trial: Trial = { permission, storage, port: portOf(web), acts };
    const { stdout } = await run(process.execPath, ['--import', loader, program, JSON.stringify(trial)]);
    return (JSON.parse(stdout) as { outcomes: Record<string, string> }).outcomes;
  }

  it('reaches nobody while nothing is permitted, and listens to nobody, but has its bucket', async () => {
    expect(await tryOut(closed, ['tcp', 'tcp6', 'http', 'datagram', 'name', 'listen', 'storage'])).toEqual({
      tcp: 'ENETUNREACH',
      tcp6: 'ENETUNREACH',
      http: 'ENETUNREACH',
      datagram: 'ENETUNREACH',
      name: 'ENETUNREACH',
      listen: '127.0.0.1',
      storage: 'from 127.0.0.1',
    });
    expect(heard).toEqual([]);
  });

  it('reaches others from the tunnel alone, and not by IPv6', async () => {
    const outcomes = await tryOut(through('lo'), ['tcp', 'tcp6', 'http', 'datagram', 'listen', 'storage']);
    expect(outcomes).toMatchObject({
      tcp: 'from 127.0.0.1',
      http: 'status 200',
      datagram: 'sent',
      listen: '127.0.0.1',
      storage: 'from 127.0.0.1',
    });
    expect(outcomes['tcp6']).not.toContain('from');
  });

  // Elsewhere sockets are bound to the address alone.
  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('reaches nobody through an interface that is not there, and still its bucket', async () => {
    const outcomes = await tryOut(through('gone0'), ['tcp', 'http', 'datagram', 'storage']);
    for (const act of ['tcp', 'http', 'datagram']) expect(outcomes[act]).toMatch(/^E/);
    expect(outcomes['storage']).toBe('from 127.0.0.1');
    expect(heard).toEqual([]);
  });

  it('is as ever when all is open', async () => {
    expect(await tryOut({ kind: 'open' }, ['tcp', 'http', 'datagram', 'name', 'listen'])).toEqual({
      tcp: 'from 127.0.0.1',
      http: 'status 200',
      datagram: 'sent',
      name: 'found',
      listen: '0.0.0.0',
    });
  });
});

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
