import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ChunkStoreSettings } from '../../chunk-stores/chunk-store-settings.js';
import { openChunkStores } from '../../chunk-stores/chunk-stores.js';
import { silentLogger } from '../../logging/logger.js';
import { crampedDisk } from '../../test-support/cramped-disk.js';
import { SmallS3Server } from '../../test-support/s3-server.js';
import { hasLibtorrent, LoopbackSwarm, type Payload } from './__fixtures__/loopback-swarm.js';
import { SupervisedEngine } from './supervised.engine.js';

const describeSwarm = hasLibtorrent ? describe : describe.skip;
if (!hasLibtorrent) it.skip('needs python3-libtorrent for a seeder that is not WebTorrent', () => undefined);

const MiB = 1024 * 1024;
const masterKeys = [{ id: 'm', key: Buffer.alloc(32, 9) }] as const;

// Real swarms and killed processes take a while on a busy machine.
jest.setTimeout(90_000);

let swarm: LoopbackSwarm;
const engines: SupervisedEngine[] = [];
let count = 0;

beforeAll(async () => {
  swarm = await new LoopbackSwarm().open();
});

afterAll(() => swarm.close());

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.stop();
});

async function start(store: ChunkStoreSettings): Promise<SupervisedEngine> {
  const engine = new SupervisedEngine({
    store,
    dht: false,
    allowPrivatePeers: true,
    logger: silentLogger(),
    // A busy machine must not look like a hung engine here.
    timing: { silenceMs: 5_000 },
  });
  engines.push(engine);
  await engine.start();
  return engine;
}

const newRoot = () => path.join(swarm.folder, `stores-${(count += 1)}`);

/** The SHA-256 sum of what a player of the whole film gets. */
async function play(engine: SupervisedEngine, payload: Payload, onChunk?: () => void): Promise<string> {
  const hash = createHash('sha256');
  const { signal } = new AbortController();
  const range = { start: 0, end: payload.bytes.length };
  for await (const chunk of engine.read({ infoHash: payload.infoHash, fileIndex: 0, range, signal })) {
    hash.update(chunk);
    onChunk?.();
  }
  return hash.digest('hex');
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}

const withoutSwarm = ({ infoHash, torrentFile }: Payload) => ({ infoHash, torrentFile, announce: [] });

describeSwarm('the engine over an encrypted store', () => {
  it('T50 plays what is sealed on disk, also after the process was killed, and nothing of it once it is erased', async () => {
    const payload = await swarm.payload({ files: { 'film.mp4': 6 * MiB } });
    await swarm.seed(payload);
    const root = newRoot();
    const settings: ChunkStoreSettings = { kind: 'encrypted', root, masterKeys };
    const engine = await start(settings);
    await engine.add(payload);
    let chunks = 0;
    const first = engine.pid ?? 0;
    const played = await play(engine, payload, () => {
      chunks += 1;
      if (chunks === 10) process.kill(first, 'SIGKILL');
    });
    expect(played).toBe(payload.sha256);
    // What was on its way to the disk when the process was killed.
    expect(await play(engine, payload)).toBe(payload.sha256);

    await until(async () => (await journalled(root)) === 96);
    process.kill(engine.pid ?? 0, 'SIGKILL');
    await engine.remove(payload.infoHash);
    await engine.add(withoutSwarm(payload));
    expect(await play(engine, payload)).toBe(payload.sha256);
    const files = await readdir(root, { recursive: true, withFileTypes: true });
    for (const file of files) {
      expect(file.name).not.toContain(payload.infoHash);
      if (!file.isFile()) continue;
      const bytes = await readFile(path.join(file.parentPath, file.name));
      expect(bytes.includes(payload.bytes.subarray(3 * MiB, 3 * MiB + 16))).toBe(false);
    }

    await engine.remove(payload.infoHash, { deleteData: true });
    expect(await readdir(path.join(root, 'sealed'))).toEqual(['names.bin']);
    await engine.add(withoutSwarm(payload));
    expect((await engine.progress(payload.infoHash, 0)).downloadedBytes).toBe(0);
  });

  it('opens what older master keys sealed, and refuses to start without any that fits', async () => {
    const payload = await swarm.payload();
    await swarm.seed(payload);
    const root = newRoot();
    const engine = await start({ kind: 'encrypted', root, masterKeys });
    await engine.add(payload);
    expect(await play(engine, payload)).toBe(payload.sha256);
    await until(async () => (await journalled(root)) === 48);
    await engine.stop();
    const newest = { id: 'n', key: Buffer.alloc(32, 10) };
    const rotated = await start({ kind: 'encrypted', root, masterKeys: [newest, ...masterKeys] });
    await rotated.add(withoutSwarm(payload));
    expect(await play(rotated, payload)).toBe(payload.sha256);
    await expect(openChunkStores({ kind: 'encrypted', root, masterKeys: [newest] })).rejects.toThrow(
      'backup',
    );
  });

  async function journalled(root: string): Promise<number> {
    const [title] = (await readdir(path.join(root, 'sealed'))).filter((name) => name.length === 40);
    const bytes = await readFile(path.join(root, 'sealed', title ?? '', 'pieces.bin')).catch(() =>
      Buffer.alloc(0),
    );
    return [...bytes.subarray(64)].reduce(
      (sum, byte) => sum + byte.toString(2).replaceAll('0', '').length,
      0,
    );
  }
});

describeSwarm('the engine over memory', () => {
  it('plays a film larger than the memory, and again from its beginning', async () => {
    const payload = await swarm.payload({ files: { 'film.mp4': 48 * MiB }, pieceLength: 512 * 1024 });
    await swarm.seed(payload);
    const engine = await start({ kind: 'memory', maxBytes: 8 * MiB });
    await engine.add(payload);
    expect(await play(engine, payload)).toBe(payload.sha256);
    expect(await play(engine, payload)).toBe(payload.sha256);
    // The store's memory, and at most 32 MiB that wait for room in it.
    const { downloadedBytes } = await engine.progress(payload.infoHash, 0);
    expect(downloadedBytes).toBeLessThanOrEqual(40 * MiB);
  });
});

describeSwarm('the engine while there is too little room', () => {
  it.each(['file', 'encrypted'] as const)(
    'F24 gives back pieces that nobody is watching (%s), plays on, and gets them again when they are wanted',
    async (kind) => {
      const root = newRoot();
      const stores = await openChunkStores({ kind: 'file', root });
      if (!(await stores.canEvict())) return;
      const payload = await swarm.payload({ files: { 'film.mp4': 112 * MiB }, pieceLength: MiB });
      await swarm.seed(payload);
      const engine = await start(kind === 'file' ? { kind, root } : { kind, root, masterKeys });
      await engine.add(payload);
      const { infoHash } = payload;
      const which = { bytes: 40 * MiB, headBytes: 6 * MiB, tailBytes: 2 * MiB };
      const hash = createHash('sha256');
      const { signal } = new AbortController();
      let position = 0;
      let given = 0;
      const range = { start: 0, end: payload.bytes.length };
      for await (const chunk of engine.read({ infoHash, fileIndex: 0, range, signal })) {
        hash.update(chunk);
        position += chunk.length;
        if (given > 0 || position < 100 * MiB) continue;
        const isAllThere = async () => {
          const { downloadedBytes } = await engine.progress(infoHash, 0);
          return downloadedBytes === 112 * MiB && (await engine.status(infoHash))?.unstoredBytes === 0;
        };
        await until(isAllThere);
        const before = await allocated(root);
        given = await engine.forgetPieces(infoHash, which);
        expect(before - (await allocated(root))).toBeGreaterThan(39 * MiB);
      }
      expect(given).toBe(40 * MiB);
      expect(hash.digest('hex')).toBe(payload.sha256);
      const { ranges } = await engine.progress(infoHash, 0);
      expect(ranges[0]).toEqual({ start: 0, end: 6 * MiB });
      expect(ranges[1]?.start).toBe(46 * MiB);
      expect(await play(engine, payload)).toBe(payload.sha256);
    },
  );

  async function allocated(folder: string): Promise<number> {
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    const sizes = files.map(
      async ({ parentPath, name }) => (await stat(path.join(parentPath, name))).blocks * 512,
    );
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }
});

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
        return kind === 's3' ? { kind, ...shared } : { kind, root: newRoot(), ...shared };
      };
      const payload = await swarm.payload({ files: { 'film.mp4': 8 * MiB }, pieceLength: 256 * 1024 });
      await swarm.seed(payload);
      const [one, two] = [await start(settings()), await start(settings())];
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
      const three = await start(settings());
      await three.add(payload);
      expect(await play(three, payload)).toBe(payload.sha256);
      await three.remove(payload.infoHash, { deleteData: true });
      expect(stored()).toEqual([]);
    },
  );

  it('plays from the swarm while the object store is away', async () => {
    const payload = await swarm.payload();
    await swarm.seed(payload);
    const engine = await start({ kind: 's3', memoryBytes: 4 * MiB, s3: s3.settings });
    s3.isUp = false;
    await engine.add(payload);
    expect(await play(engine, payload)).toBe(payload.sha256);
    expect((await engine.status(payload.infoHash))?.failure).toBeNull();
    s3.isUp = true;
  });
});

describeSwarm('the engine over a disk that is full', () => {
  it.each(['file', 'encrypted'] as const)(
    'F24 T21 plays on from memory (%s), says so, and stores again once there is room',
    async (kind) => {
      const disk = await crampedDisk(2_000_000);
      if (!disk) return;
      try {
        // More than what may wait in memory.
        const payload = await swarm.payload({ files: { 'film.mp4': 48 * MiB }, pieceLength: 512 * 1024 });
        await swarm.seed(payload);
        const { directory: root } = disk;
        const engine = await start(kind === 'file' ? { kind, root } : { kind, root, masterKeys });
        const { pid } = engine;
        await engine.add(payload);
        expect(await play(engine, payload)).toBe(payload.sha256);
        expect(await engine.status(payload.infoHash)).toMatchObject({
          stage: 'ready',
          failure: null,
          storageTrouble: 'full',
        });
        expect(engine.pid).toBe(pid);
        await disk.makeRoom();
        const small = await swarm.payload({ files: { 'film.mp4': MiB } });
        await swarm.seed(small);
        await engine.remove(payload.infoHash, { deleteData: true });
        await engine.add(small);
        expect(await play(engine, small)).toBe(small.sha256);
        expect((await engine.status(small.infoHash))?.storageTrouble).toBeNull();
      } finally {
        for (const engine of engines.splice(0)) await engine.stop();
        await disk.dispose();
      }
    },
  );

  it('F24 writes what waited in memory as soon as there is room', async () => {
    const disk = await crampedDisk(1_000_000);
    if (!disk) return;
    try {
      const payload = await swarm.payload({ files: { 'film.mp4': 6 * MiB } });
      await swarm.seed(payload);
      const engine = await start({ kind: 'file', root: disk.directory });
      await engine.add(payload);
      expect(await play(engine, payload)).toBe(payload.sha256);
      const { infoHash } = payload;
      expect((await engine.status(infoHash))?.storageTrouble).toBe('full');
      await disk.makeRoom();
      await until(async () => (await engine.status(infoHash))?.storageTrouble === null);
      await engine.remove(infoHash);
      await engine.add(withoutSwarm(payload));
      expect(await play(engine, payload)).toBe(payload.sha256);
    } finally {
      for (const engine of engines.splice(0)) await engine.stop();
      await disk.dispose();
    }
  });
});
