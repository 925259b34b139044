import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ChunkStoreSettings } from '../../chunk-stores/chunk-store-settings.js';
import { SmallS3Server } from '../../test-support/s3-server.js';
import { hasLibtorrent } from './__fixtures__/loopback-swarm.js';
import { PlayingEngines, play, until, withoutSwarm } from './__fixtures__/playing-engine.js';

const describeSwarm = hasLibtorrent ? describe : describe.skip;
if (!hasLibtorrent) it.skip('needs python3-libtorrent for a seeder that is not WebTorrent', () => undefined);

const MiB = 1024 * 1024;

// Real swarms take a while on a busy machine.
jest.setTimeout(90_000);

const world = new PlayingEngines();
const { swarm } = world;

beforeAll(() => swarm.open());
afterAll(() => swarm.close());
afterEach(() => world.stop());

describeSwarm('engines over one object store', () => {
  let s3: SmallS3Server;
  beforeAll(async () => {
    s3 = await new SmallS3Server().start();
  });
  afterAll(() => s3.stop());

  it.each(['s3', 'tiered'] as const)(
    'play without the swarm what another has fetched (%s), and from the swarm what is not as it was',
    async (kind) => {
      const settings = (): ChunkStoreSettings => {
        const shared = { memoryBytes: 4 * MiB, s3: s3.settings };
        return kind === 's3' ? { kind, ...shared } : { kind, root: world.newRoot(), ...shared };
      };
      const payload = await swarm.payload({ files: { 'film.mp4': 8 * MiB }, pieceLength: 256 * 1024 });
      await swarm.seed(payload);
      const [one, two] = [await world.start(settings()), await world.start(settings())];
      await one.add(payload);
      expect(await play(one, payload)).toBe(payload.sha256);
      const stored = () => [...s3.objects.keys()].filter((key) => key.includes(payload.infoHash));
      await until(() => Promise.resolve(stored().length === 32));
      await one.stop();

      await two.add(withoutSwarm(payload));
      expect(await play(two, payload)).toBe(payload.sha256);
      await two.remove(payload.infoHash);

      const [damaged = ''] = stored().filter((key) => key.endsWith('/17'));
      s3.objects.set(damaged, Buffer.alloc(256 * 1024, 1));
      const three = await world.start(settings());
      await three.add(payload);
      expect(await play(three, payload)).toBe(payload.sha256);
      await three.remove(payload.infoHash, { deleteData: true });
      expect(stored()).toEqual([]);
    },
  );

  it('plays from the swarm while the object store is away', async () => {
    const payload = await swarm.payload();
    await swarm.seed(payload);
    const engine = await world.start({ kind: 's3', memoryBytes: 4 * MiB, s3: s3.settings });
    s3.isUp = false;
    await engine.add(payload);
    expect(await play(engine, payload)).toBe(payload.sha256);
    expect((await engine.status(payload.infoHash))?.failure).toBeNull();
    s3.isUp = true;
  });
});
