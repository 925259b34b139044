import { createHash } from 'node:crypto';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ChunkStoreSettings } from '../../chunk-stores/chunk-store-settings.js';
import { openChunkStores } from '../../chunk-stores/chunk-stores.js';
import { crampedDisk } from '../../test-support/cramped-disk.js';
import { hasLibtorrent } from './__fixtures__/loopback-swarm.js';
import { PlayingEngines, play, until, withoutSwarm } from './__fixtures__/playing-engine.js';

const describeSwarm = hasLibtorrent ? describe : describe.skip;
if (!hasLibtorrent) it.skip('needs python3-libtorrent for a seeder that is not WebTorrent', () => undefined);

const MiB = 1024 * 1024;
const masterKeys = [{ id: 'm', key: Buffer.alloc(32, 9) }] as const;

// Real swarms and killed processes take a while on a busy machine.
jest.setTimeout(90_000);

const world = new PlayingEngines();
const { swarm } = world;

beforeAll(() => swarm.open());
afterAll(() => swarm.close());
afterEach(() => world.stop());

describeSwarm('the engine over an encrypted store', () => {
  it('T50 plays what is sealed on disk, also after the process was killed, and nothing of it once it is erased', async () => {
    const payload = await swarm.payload({ files: { 'film.mp4': 6 * MiB } });
    await swarm.seed(payload);
    const root = world.newRoot();
    const settings: ChunkStoreSettings = { kind: 'encrypted', root, masterKeys };
    const engine = await world.start(settings);
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
    const root = world.newRoot();
    const engine = await world.start({ kind: 'encrypted', root, masterKeys });
    await engine.add(payload);
    expect(await play(engine, payload)).toBe(payload.sha256);
    await until(async () => (await journalled(root)) === 48);
    await engine.stop();
    const newest = { id: 'n', key: Buffer.alloc(32, 10) };
    const rotated = await world.start({ kind: 'encrypted', root, masterKeys: [newest, ...masterKeys] });
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

describeSwarm('what has changed on disk', () => {
  it('T50 a flipped bit of what is sealed is found when it is read, and the piece is fetched again', async () => {
    const payload = await swarm.payload({ files: { 'film.mp4': 6 * MiB } });
    await swarm.seed(payload);
    const root = world.newRoot();
    const engine = await world.start({ kind: 'encrypted', root, masterKeys });
    await engine.add(payload);
    expect(await play(engine, payload)).toBe(payload.sha256);
    await until(async () => (await engine.status(payload.infoHash))?.unstoredBytes === 0);
    const [title = ''] = (await readdir(path.join(root, 'sealed'))).filter((name) => name.length === 40);
    const file = path.join(root, 'sealed', title, '0.bin');
    const before = await readFile(file);
    for (const position of [1_000_000, 3_333_333, 3_400_000]) await flipBit(file, position);
    expect(await play(engine, payload)).toBe(payload.sha256);
    await until(async () => (await engine.status(payload.infoHash))?.unstoredBytes === 0);
    const after = await readFile(file);
    // Sealed anew: their key stream is another one.
    for (const position of [1_000_000, 3_333_333, 3_400_000])
      expect(after.subarray(position - 8, position + 8)).not.toEqual(
        before.subarray(position - 8, position + 8),
      );
    await engine.remove(payload.infoHash);
    await engine.add(withoutSwarm(payload));
    expect(await play(engine, payload)).toBe(payload.sha256);
  });

  it('F15 is looked at whole when the sample that is looked at after a kill is not what it was', async () => {
    const payload = await swarm.payload({ files: { 'film.mp4': 6 * MiB } });
    await swarm.seed(payload);
    const root = world.newRoot();
    const engine = await world.start({ kind: 'file', root });
    await engine.add(payload);
    expect(await play(engine, payload)).toBe(payload.sha256);
    await until(async () => (await engine.status(payload.infoHash))?.unstoredBytes === 0);
    process.kill(engine.pid ?? 0, 'SIGKILL');
    const file = path.join(root, payload.infoHash, '0.bin');
    // The sample is the second piece of a file.
    for (const piece of [1, 40, 77]) await flipBit(file, piece * 65_536 + 5);
    await engine.remove(payload.infoHash);
    await engine.add(withoutSwarm(payload));
    await engine.waitForMetadata(payload.infoHash, { timeoutMs: 60_000 });
    const progress = async () => (await engine.progress(payload.infoHash, 0)).downloadedBytes;
    await until(async () => (await progress()) === 93 * 65_536);
    const { ranges } = await engine.progress(payload.infoHash, 0);
    expect(ranges).toEqual([
      { start: 0, end: 65_536 },
      { start: 2 * 65_536, end: 40 * 65_536 },
      { start: 41 * 65_536, end: 77 * 65_536 },
      { start: 78 * 65_536, end: 6 * MiB },
    ]);
    await engine.remove(payload.infoHash);
    await engine.add(payload);
    expect(await play(engine, payload)).toBe(payload.sha256);
  });

  async function flipBit(file: string, position: number): Promise<void> {
    const handle = await open(file, 'r+');
    const byte = Buffer.alloc(1);
    await handle.read(byte, 0, 1, position);
    await handle.write(Buffer.of(byte.readUInt8(0) ^ 0x10), 0, 1, position);
    await handle.close();
  }
});

describeSwarm('the engine over memory', () => {
  it('plays a film larger than the memory, and again from its beginning', async () => {
    const payload = await swarm.payload({ files: { 'film.mp4': 48 * MiB }, pieceLength: 512 * 1024 });
    await swarm.seed(payload);
    const engine = await world.start({ kind: 'memory', maxBytes: 8 * MiB });
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
      const root = world.newRoot();
      const stores = await openChunkStores({ kind: 'file', root });
      if (!(await stores.canEvict())) return;
      const payload = await swarm.payload({ files: { 'film.mp4': 112 * MiB }, pieceLength: MiB });
      await swarm.seed(payload);
      const engine = await world.start(kind === 'file' ? { kind, root } : { kind, root, masterKeys });
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

describeSwarm('the engine over a disk that is full', () => {
  it.each(['file', 'encrypted', 'tiered'] as const)(
    'F24 T21 plays on from memory (%s), says so, and stores again once there is room',
    async (kind) => {
      const disk = await crampedDisk(2_000_000);
      if (!disk) return;
      try {
        // More than what may wait in memory.
        const payload = await swarm.payload({ files: { 'film.mp4': 48 * MiB }, pieceLength: 512 * 1024 });
        await swarm.seed(payload);
        const { directory: root } = disk;
        const engine = await world.start(onDisk(kind, root));
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
        await world.stop();
        await disk.dispose();
      }
    },
  );

  it.each(['file', 'encrypted', 'tiered'] as const)(
    'F24 a viewer who pauses meanwhile goes on, and what waited in memory is stored as soon as there is room (%s)',
    async (kind) => {
      const disk = await crampedDisk(1_000_000);
      if (!disk) return;
      try {
        const payload = await swarm.payload({ files: { 'film.mp4': 12 * MiB } });
        await swarm.seed(payload);
        const engine = await world.start(onDisk(kind, disk.directory));
        await engine.add(payload);
        const { infoHash } = payload;
        const trouble = async () => (await engine.status(infoHash))?.storageTrouble;
        let hasPaused = false;
        const played = await play(engine, payload, async (position) => {
          if (hasPaused || position < 3 * MiB) return;
          hasPaused = true;
          await until(async () => (await trouble()) === 'full');
          await disk.makeRoom();
          await until(async () => (await trouble()) === null);
        });
        expect(played).toBe(payload.sha256);
        await until(async () => (await engine.status(infoHash))?.unstoredBytes === 0);
        await engine.remove(infoHash);
        await engine.add(withoutSwarm(payload));
        expect(await play(engine, payload)).toBe(payload.sha256);
      } finally {
        await world.stop();
        await disk.dispose();
      }
    },
  );

  function onDisk(kind: 'file' | 'encrypted' | 'tiered', root: string): ChunkStoreSettings {
    if (kind === 'file') return { kind, root };
    if (kind === 'encrypted') return { kind, root, masterKeys };
    return { kind, root, memoryBytes: 2 * MiB, s3: null };
  }
});
