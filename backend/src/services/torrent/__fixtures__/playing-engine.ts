// Engines with a store of a kind, and players of theirs.
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { ChunkStoreSettings } from '../../../chunk-stores/chunk-store-settings.js';
import { silentLogger } from '../../../logging/logger.js';
import { SupervisedEngine } from '../supervised.engine.js';
import { LoopbackSwarm, type Payload } from './loopback-swarm.js';

/** The world of one test file: a swarm, and the engines that play from it. */
export class PlayingEngines {
  readonly swarm = new LoopbackSwarm();
  private readonly engines: SupervisedEngine[] = [];
  private count = 0;

  /** Ends the engines of one test. */
  async stop(): Promise<void> {
    for (const engine of this.engines.splice(0)) await engine.stop();
  }

  async start(
    store: ChunkStoreSettings,
    options: Partial<ConstructorParameters<typeof SupervisedEngine>[0]> = {},
  ): Promise<SupervisedEngine> {
    const engine = new SupervisedEngine({
      store,
      dht: false,
      allowPrivatePeers: true,
      logger: silentLogger(),
      // A busy machine must not look like a hung engine here.
      timing: { silenceMs: 5_000 },
      // A machine with much else to do may start it late.
      patienceMs: 60_000,
      ...options,
    });
    this.engines.push(engine);
    await engine.start();
    return engine;
  }

  newRoot(): string {
    return path.join(this.swarm.folder, `stores-${(this.count += 1)}`);
  }
}

/** The SHA-256 sum of what a player of the whole film gets. What `onChunk` answers is waited for. */
export async function play(
  engine: SupervisedEngine,
  payload: Pick<Payload, 'infoHash' | 'bytes'>,
  onChunk?: (position: number) => Promise<void> | void,
): Promise<string> {
  const hash = createHash('sha256');
  const { signal } = new AbortController();
  const range = { start: 0, end: payload.bytes.length };
  let position = 0;
  for await (const chunk of engine.read({ infoHash: payload.infoHash, fileIndex: 0, range, signal })) {
    hash.update(chunk);
    position += chunk.length;
    await onChunk?.(position);
  }
  return hash.digest('hex');
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** The torrent without anybody to fetch it from. */
export const withoutSwarm = ({ infoHash, torrentFile }: Payload) => ({
  infoHash,
  torrentFile,
  announce: [],
});
