import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { hasLibtorrent } from './__fixtures__/loopback-swarm.js';
import { PlayingEngines, play } from './__fixtures__/playing-engine.js';
import type { TrafficRules } from './traffic-rules.js';

/** At which the film of six megabytes takes longer than its test may. */
const crawl = 64 * 1024;

const world = new PlayingEngines();
const { swarm } = world;

beforeAll(() => swarm.open());
afterAll(() => swarm.close());
afterEach(() => world.stop());

const start = (rules: TrafficRules = {}) => world.start({ kind: 'file', root: world.newRoot() }, rules);

/** Does something when the first bytes have come. */
const atFirst = (act: () => void) => {
  let isFirst = true;
  return () => {
    if (isFirst) act();
    isFirst = false;
  };
};

const describeSwarm = hasLibtorrent ? describe : describe.skip;

describeSwarm('rules of traffic', () => {
  it('a download limit that is lifted holds no reader back any more', async () => {
    const film = await swarm.payload({ files: { 'film.mp4': 6 * 1024 * 1024 } });
    await swarm.seed(film);
    const engine = await start({ downloadLimit: crawl });
    await engine.add(film);
    expect(
      await play(
        engine,
        film,
        atFirst(() => engine.useTraffic({})),
      ),
    ).toBe(film.sha256);
  }, 90_000);

  it('an upload limit that is lifted holds nobody back who reads from us, and what is set outlives the process', async () => {
    const film = await swarm.payload({ files: { 'film.mp4': 6 * 1024 * 1024 } });
    await swarm.seed(film);
    const giver = await start();
    await giver.add(film);
    await play(giver, film);
    giver.useTraffic({ uploadLimit: crawl });
    const before = giver.pid ?? 0;
    process.kill(before, 'SIGKILL');
    while (giver.pid === before || !giver.isReady()) await new Promise((resolve) => setTimeout(resolve, 20));
    const taker = await start();
    const { infoHash, torrentFile } = film;
    await taker.add({ infoHash, torrentFile, announce: [], peers: [`127.0.0.1:${giver.peerPort}`] });
    const had: Promise<number>[] = [];
    const sum = await play(
      taker,
      film,
      atFirst(() => {
        had.push(taker.progress(infoHash, 0).then(({ downloadedBytes }) => downloadedBytes));
        giver.useTraffic({});
      }),
    );
    expect(sum).toBe(film.sha256);
    expect(await had[0]).toBeLessThan(film.bytes.length / 2);
  }, 90_000);
});
