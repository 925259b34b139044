import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../logging/logger.js';
import { SupervisedEngine } from './supervised.engine.js';
import { parseTorrentFile } from './torrent-file.js';

const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const program = fileURLToPath(new URL('./__fixtures__/webrtc-seeder.ts', import.meta.url));
const folder = await mkdtemp(path.join(tmpdir(), 'kinora-webrtc-'));
const engine = new SupervisedEngine({
  store: { kind: 'file', root: folder },
  dht: false,
  logger: silentLogger(),
  allowPrivatePeers: true,
  webRtc: { stunServers: [] },
  timing: { silenceMs: 30_000 },
});
let seeder: ChildProcess | null = null;

beforeAll(async () => {
  await engine.start();
});

afterAll(async () => {
  seeder?.kill('SIGKILL');
  await engine.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('WebRTC peers', () => {
  it('are met at a WebSocket tracker, describe the torrent and send all of it', async () => {
    const child = spawn(process.execPath, ['--import', loader, program], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    seeder = child;
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const { announce, torrentFile, bytes } = JSON.parse(await nextOf(lines)) as Record<string, string>;
    const { infoHash } = parseTorrentFile(Buffer.from(torrentFile ?? '', 'hex')).metadata;
    await engine.add({ infoHash, announce: [announce ?? ''] });
    expect(await nextOf(lines)).toBe('heard');
    child.stdin.write('seed\n');
    const { name } = await engine.waitForMetadata(infoHash, { timeoutMs: 120_000 });
    expect(name).toBe('film.mp4');
    const film = Buffer.from(bytes ?? '', 'hex');
    const chunks: Uint8Array[] = [];
    const range = { start: 0, end: film.length };
    const { signal } = new AbortController();
    for await (const chunk of engine.read({ infoHash, fileIndex: 0, range, signal })) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(film)).toBe(true);
    expect((await engine.status(infoHash))?.peers).toBe(1);
  }, 240_000);

  it('cannot be made of what a tracker says that makes no sense (T02, T19)', async () => {
    const infoHash = 'ab'.repeat(20);
    const hash = Buffer.from(infoHash, 'hex').toString('latin1');
    const offer = (sdp: unknown) => ({
      action: 'announce',
      info_hash: hash,
      peer_id: 'x',
      offer_id: 'y',
      offer: { type: 'offer', sdp },
    });
    const said = [
      'null',
      '5',
      '{',
      '[]',
      '{}',
      JSON.stringify({ action: 'announce' }),
      JSON.stringify({ action: 'announce', info_hash: 5, interval: 'x' }),
      JSON.stringify(offer(5)),
      JSON.stringify(offer('v=0')),
      JSON.stringify(offer('x'.repeat(100_000))),
      JSON.stringify(offer(`v=0\r\na=candidate:${'9 '.repeat(1_000)}`)),
      'x'.repeat(500_000),
      ...Array.from({ length: 100 }, () => JSON.stringify(offer('v=0\r\n'))),
    ];
    const told = new EventEmitter();
    const isTold = once(told, 'told');
    const server = createServer().on('upgrade', (request, socket) => {
      const key = `${request.headers['sec-websocket-key'] ?? ''}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
      const accept = createHash('sha1').update(key).digest('base64');
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      socket.once('data', () => {
        for (const text of said) socket.write(frame(text));
        told.emit('told');
      });
      socket.on('error', () => undefined);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const process = engine.pid;
    await engine.add({ infoHash, announce: [`ws://127.0.0.1:${(server.address() as AddressInfo).port}`] });
    await isTold;
    while ((await engine.status(infoHash))?.trackerWarning === null) await delay(50);
    await delay(500);
    expect(await engine.status(infoHash)).toMatchObject({ peers: 0, failure: null });
    expect(engine.pid).toBe(process);
    await engine.remove(infoHash);
    server.closeAllConnections();
    server.close();
  }, 120_000);
});

async function nextOf(lines: AsyncIterator<string, undefined>): Promise<string> {
  const line: IteratorResult<string, undefined> = await lines.next();
  return line.value ?? '';
}

/** A text message of a WebSocket server (RFC 6455, section 5.2). */
function frame(text: string): Buffer {
  const payload = Buffer.from(text);
  const head = Buffer.alloc(10);
  head[0] = 0x81;
  head[1] = 127;
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}
