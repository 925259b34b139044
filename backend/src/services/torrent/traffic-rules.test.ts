import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../logging/logger.js';
import { hasLibtorrent, LoopbackSwarm, type Payload } from './__fixtures__/loopback-swarm.js';
import { SupervisedEngine } from './supervised.engine.js';
import type { TrafficRules } from './traffic-rules.js';

/** At which the film of six megabytes takes longer than its test may. */
const crawl = 64 * 1024;

let swarm: LoopbackSwarm;
const engines: SupervisedEngine[] = [];

beforeEach(async () => {
  swarm = await new LoopbackSwarm().open();
});
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.stop()));
  await swarm.close();
});

async function start(rules: TrafficRules = {}): Promise<SupervisedEngine> {
  const engine = new SupervisedEngine({
    store: { kind: 'file', root: path.join(swarm.folder, `engine-${engines.length}`) },
    dht: false,
    allowPrivatePeers: true,
    logger: silentLogger(),
    // A busy machine must not look like a hung engine here.
    timing: { silenceMs: 10_000 },
    ...rules,
  });
  engines.push(engine);
  await engine.start();
  return engine;
}

/** Reads it all, and does something when the first bytes are here. */
async function read(engine: SupervisedEngine, film: Payload, onFirst: () => void): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const range = { start: 0, end: film.bytes.length };
  const { signal } = new AbortController();
  for await (const chunk of engine.read({ infoHash: film.infoHash, fileIndex: 0, range, signal })) {
    if (chunks.push(chunk) === 1) onFirst();
  }
  return Buffer.concat(chunks);
}

const describeSwarm = hasLibtorrent ? describe : describe.skip;

describeSwarm('rules of traffic', () => {
  it('a download limit that is lifted holds no reader back any more', async () => {
    const film = await swarm.payload({ files: { 'film.mp4': 6 * 1024 * 1024 } });
    await swarm.seed(film);
    const engine = await start({ downloadLimit: crawl });
    await engine.add(film);
    expect((await read(engine, film, () => engine.useTraffic({}))).equals(film.bytes)).toBe(true);
  }, 90_000);

  it('an upload limit that is lifted holds nobody back who reads from us, and what is set outlives the process', async () => {
    const film = await swarm.payload({ files: { 'film.mp4': 6 * 1024 * 1024 } });
    await swarm.seed(film);
    const giver = await start();
    await giver.add(film);
    await read(giver, film, () => undefined);
    giver.useTraffic({ uploadLimit: crawl });
    const before = giver.pid ?? 0;
    process.kill(before, 'SIGKILL');
    while (giver.pid === before || !giver.isReady()) await new Promise((resolve) => setTimeout(resolve, 20));
    const taker = await start();
    const { infoHash, torrentFile } = film;
    await taker.add({ infoHash, torrentFile, announce: [], peers: [`127.0.0.1:${giver.peerPort}`] });
    const had: Promise<number>[] = [];
    const whole = await read(taker, film, () => {
      had.push(taker.progress(infoHash, 0).then(({ downloadedBytes }) => downloadedBytes));
      giver.useTraffic({});
    });
    expect(whole.equals(film.bytes)).toBe(true);
    expect(await had[0]).toBeLessThan(film.bytes.length / 2);
  }, 90_000);
});
