// A process of its own, since there is no way back from confinement: tries what it is told, and prints what came of it.
import dgram from 'node:dgram';
import dns from 'node:dns';
import { connect, createServer } from 'node:net';
import type { NetworkPermission } from '../../../network/tunnel.js';
import { confineNetwork } from '../confined-network.js';

export interface Trial {
  permission: NetworkPermission;
  /** Address of the bucket. */
  storage: string | null;
  /** Somebody on loopback who listens at this TCP and UDP port, and is a web server. */
  port: number;
  /** What is done. */
  acts: readonly ('tcp' | 'tcp6' | 'storage' | 'http' | 'datagram' | 'name' | 'listen')[];
}

type Outcome = string;

async function outcomeOf(act: Trial['acts'][number], { port, storage }: Trial): Promise<Outcome> {
  switch (act) {
    case 'tcp':
      return dial('127.0.0.1', port);
    case 'tcp6':
      return dial('::1', port);
    case 'storage': {
      const url = new URL(storage ?? 'http://127.0.0.1:1');
      return dial(url.hostname, Number(url.port));
    }
    case 'http':
      return fetch(`http://127.0.0.1:${port}/`).then(
        ({ status }) => `status ${status}`,
        (error: unknown) => codeOf(error instanceof Error ? error.cause : error),
      );
    case 'datagram':
      return new Promise((resolve) => {
        const socket = dgram.createSocket('udp4');
        socket.on('error', (error) => resolve(codeOf(error)));
        socket.send('x', port, '127.0.0.1', (error) => {
          resolve(error ? codeOf(error) : 'sent');
          socket.close();
        });
      });
    case 'name':
      return new Promise((resolve) => {
        dns.lookup('localhost', (error) => resolve(error ? codeOf(error) : 'found'));
      });
    case 'listen':
      return new Promise((resolve) => {
        const server = createServer().listen(0, '0.0.0.0', () => {
          const at = server.address();
          resolve(typeof at === 'object' && at !== null ? at.address : 'nowhere');
          server.close();
        });
      });
  }
}

function dial(host: string, port: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => {
      resolve(`from ${socket.localAddress ?? ''}`);
      socket.destroy();
    });
    socket.on('error', (error) => resolve(codeOf(error)));
  });
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error);
}

const trial = JSON.parse(process.argv[2] ?? '{}') as Trial;
confineNetwork(trial.permission, trial.storage === null ? null : new URL(trial.storage));
const outcomes: Record<string, Outcome> = {};
for (const act of trial.acts) outcomes[act] = await outcomeOf(act, trial);
process.stdout.write(`${JSON.stringify({ outcomes })}\n`, () => process.exit(0));
