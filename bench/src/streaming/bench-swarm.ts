import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { Server } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Scenario } from './scenarios.js';
import { listenBefore } from './shaped-link.js';

export const python = '/usr/bin/python3';
const script = fileURLToPath(new URL('./seeder.py', import.meta.url));

export interface BenchSwarm {
  infoHash: string;
  magnet: string;
  announce: string;
  torrentPath: string;
  torrent: Buffer;
  stop: () => void;
}

interface Address {
  host: string;
  port: number;
}

/** A scenario's seeders of `film`, what stands before them, and a tracker that names exactly these. */
export async function startSwarm(
  { seeders }: Scenario,
  film: string,
  { folder, pieceBytes = 1 << 20 }: { folder: string; pieceBytes?: number },
): Promise<BenchSwarm> {
  const isShaped = seeders.some(({ rate }) => rate !== undefined);
  const seats = seeders.map((_, index) => ({ host: `127.0.1.${11 + index}`, port: 17_301 + index }));
  const faces = isShaped
    ? seeders.map((_, index) => ({ host: `127.0.1.${41 + index}`, port: 17_401 + index }))
    : seats;
  const tracker = await startTracker(faces);
  const torrentPath = path.join(folder, `film-${pieceBytes}.torrent`);
  const made = execFileSync(python, [
    script,
    'make',
    film,
    torrentPath,
    tracker.announce,
    String(pieceBytes),
  ]);
  const magnet = made.toString().trim();
  const child = spawn(
    python,
    [
      script,
      'seed',
      torrentPath,
      path.dirname(film),
      seats.map(({ host, port }) => `${host}:${port}`).join(','),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { SHAPED: isShaped ? '1' : '0' } },
  );
  const failed = once(child, 'exit').then(() => {
    throw new Error('The seeders ended');
  });
  await Promise.race([once(child.stdout, 'data'), failed]);
  failed.catch(() => undefined);
  const links: Server[] = [];
  for (const [index, shape] of seeders.entries()) {
    const seat = seats[index];
    const face = faces[index];
    if (isShaped && seat && face) links.push(await listenBefore(seat, face, shape));
  }
  return {
    infoHash: /btih:([0-9a-f]{40})/i.exec(magnet)?.[1]?.toLowerCase() ?? '',
    magnet,
    announce: tracker.announce,
    torrentPath,
    torrent: readFileSync(torrentPath),
    stop: () => {
      child.kill('SIGKILL');
      tracker.server.close();
      tracker.server.closeAllConnections();
      for (const link of links) link.close();
    },
  };
}

/** A fixed list, so that no contestant is handed the dead peers of the one before (BEP 23). */
async function startTracker(peers: readonly Address[]): Promise<{ server: HttpServer; announce: string }> {
  const list = Buffer.concat(
    peers.map(({ host, port }) => Buffer.from([...host.split('.').map(Number), port >> 8, port & 255])),
  );
  const head = `d8:completei${peers.length}e10:incompletei0e8:intervali1800e12:min intervali900e5:peers${list.length}:`;
  const server = createServer((_request, response) =>
    response.end(Buffer.concat([Buffer.from(head), list, Buffer.from('e')])),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { server, announce: `http://127.0.0.1:${port}/announce` };
}
