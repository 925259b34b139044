import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { KinoraProcess, newDataDir, removeDataDir } from './kinora-process.js';

let dataDir: string;

beforeEach(async () => {
  dataDir = await newDataDir();
});

afterEach(() => removeDataDir(dataDir));

const quiet = { TORRENT_DHT: 'off', TORRENT_TRACKERS: 'http://127.0.0.1:9/announce', LOG_LEVEL: 'silent' };

describe('a start that cannot work ends with one clear line and its exit code', () => {
  it('F38 a taken port: 3', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const address = holder.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const { code, output } = await KinoraProcess.launch({ ...quiet, PORT: String(port) }, dataDir).exited;
    holder.close();
    expect(output.trim()).toBe(
      `Kinora cannot start. Port ${port} is taken by another program. Set PORT to a free one.`,
    );
    expect(code).toBe(3);
  });

  it('a data folder that cannot be written: 4', async () => {
    const file = path.join(dataDir, 'a-file');
    await writeFile(file, '');
    const { code, output } = await KinoraProcess.launch(quiet, path.join(file, 'data')).exited;
    expect(output.trim()).toMatch(
      /^Kinora cannot start\. The data folder .* cannot be written .*DATA_DIR.*$/,
    );
    expect(code).toBe(4);
  });

  const mayMount = spawnSync('unshare', ['-rm', 'true']).status === 0;
  (mayMount ? it : it.skip)('F38 a data folder on a file system that is read-only: 4', async () => {
    const script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"';
    const through = ['unshare', '-rm', 'sh', '-c', script, dataDir];
    const { code, output } = await KinoraProcess.launch(quiet, dataDir, through).exited;
    expect(output.trim()).toMatch(/^Kinora cannot start\. .* cannot be written .*$/);
    expect(code).toBe(4);
  });

  const mayUnplug = spawnSync('unshare', ['-rn', 'true']).status === 0;
  (mayUnplug ? it : it.skip)(
    'F38 an address that the machine does not have, for want of IPv6: 3',
    async () => {
      // In a network of its own, whose one interface is down.
      const through = ['unshare', '-rn'];
      const { code, output } = await KinoraProcess.launch({ ...quiet, HOST: '::1' }, dataDir, through).exited;
      expect(output.trim()).toBe(
        'Kinora cannot start. The address ::1 is not one of this machine. Set HOST to one that is.',
      );
      expect(code).toBe(3);
    },
  );

  const mayLimit = spawnSync('prlimit', ['--nofile=64', 'true']).status === 0;
  (mayLimit ? it.each([24, 64, 256, 511]) : it.skip.each([64]))(
    'F34 a limit of %i open files: 2, with what to raise',
    async (files) => {
      const through = ['prlimit', `--nofile=${files}`];
      const { code, output } = await KinoraProcess.launch(quiet, dataDir, through).exited;
      expect(output.trim()).toMatch(
        /^Kinora needs at least 512 open files, and this process may have \d+\. .*ulimit -n.*$/,
      );
      expect(code).toBe(2);
      expect(await readdir(dataDir)).toEqual([]);
    },
  );

  it('F12 a corrupt database: 5, and the file is left as it was', async () => {
    const database = path.join(dataDir, 'kinora.sqlite');
    await writeFile(database, 'this is no database, and it is long enough to look like one '.repeat(100));
    const before = await stat(database);
    const { code, output } = await KinoraProcess.launch(quiet, dataDir).exited;
    expect(output.trim()).toMatch(/^Kinora cannot start\. The database .* is damaged.*$/);
    expect(code).toBe(5);
    expect((await stat(database)).size).toBe(before.size);
  });

  it('a wrong setting: 2, named with what was read and what is allowed', async () => {
    const { code, output } = await KinoraProcess.launch(
      { ...quiet, PORT: 'eighty', TORRENT_DHT: 'perhaps' },
      dataDir,
    ).exited;
    expect(output).toContain(
      'PORT (environment variable): read "eighty", allowed is a number from 0 to 65535',
    );
    expect(output).toContain('TORRENT_DHT (environment variable): read "perhaps", allowed is on or off');
    expect(code).toBe(2);
    expect(await readdir(dataDir)).toEqual([]);
  });
});

describe('a start', () => {
  it('T49 keeps everything for this user alone', async () => {
    const kinora = await KinoraProcess.start(quiet, path.join(dataDir, 'data'));
    await kinora.stop();
    const modes = await modesBelow(path.join(dataDir, 'data'));
    expect(Object.keys(modes).length).toBeGreaterThan(2);
    for (const [file, mode] of Object.entries(modes)) expect([file, mode & 0o077]).toEqual([file, 0]);
  });

  it('F18 ends with 0 when asked, and starts again on the same data', async () => {
    const first = await KinoraProcess.start(
      { ...quiet, ADMIN_USERNAME: 'ada', ADMIN_PASSWORD: 'correct horse battery' },
      dataDir,
    );
    expect(first.setupCode).toBe('');
    expect((await first.stop()).code).toBe(0);
    const second = await KinoraProcess.start(quiet, dataDir);
    const answer = await fetch(`${second.url}/api/setup`);
    expect(await answer.json()).toEqual({ needed: false });
    expect((await second.stop()).code).toBe(0);
  });

  it('F15 starts again after kill -9', async () => {
    await (await KinoraProcess.start(quiet, dataDir)).kill();
    const again = await KinoraProcess.start(quiet, dataDir);
    expect((await fetch(`${again.url}/ready`)).status).toBe(200);
    await again.stop();
  });

  it('F31 is refused with 7 while another server has the data folder, and not once that one was killed', async () => {
    const first = await KinoraProcess.start(quiet, dataDir);
    const refusedAt = performance.now();
    const { code, output } = await KinoraProcess.launch(quiet, dataDir).exited;
    expect(output.trim()).toBe(
      `Kinora cannot start. Another Kinora is using the data folder ${dataDir}. Stop it first, or set DATA_DIR to a folder of this one's own.`,
    );
    expect(code).toBe(7);
    // Two seconds on a quiet machine, most of them for loading the program.
    expect(performance.now() - refusedAt).toBeLessThan(20_000);
    expect((await fetch(`${first.url}/ready`)).status).toBe(200);

    await first.kill();
    const third = await KinoraProcess.start(quiet, dataDir);
    expect((await fetch(`${third.url}/ready`)).status).toBe(200);
    expect((await third.stop()).code).toBe(0);
    // What is left of the lock means nothing.
    expect(await readdir(dataDir)).toContain('server.lock');
  });

  const mayUnshare = spawnSync('unshare', ['-rm', 'true']).status === 0;
  (mayUnshare ? it : it.skip)(
    'writes to its data folder alone: everything else may be read-only',
    async () => {
      const data = path.join(dataDir, 'data');
      await mkdir(data);
      const walls =
        'mount --make-rprivate / && mount --bind "$DATA_DIR" "$DATA_DIR" && mount -o remount,bind,ro / && exec "$@"';
      const kinora = await KinoraProcess.start(quiet, data, ['unshare', '-rm', 'sh', '-c', walls, 'sh']);
      while ((await fetch(`${kinora.url}/ready`)).status !== 200);
      expect(await readdir(dataDir)).toEqual(['data']);
      expect((await kinora.stop()).code).toBe(0);
    },
  );

  it('prints one line with the address and the set-up code, once an administrator is missing', async () => {
    await mkdir(dataDir, { recursive: true });
    const kinora = await KinoraProcess.start(quiet, dataDir);
    expect(kinora.output.trim()).toMatch(
      /^Kinora is ready: http:\/\/127\.0\.0\.1:\d+, set-up code [A-Z0-9-]+$/,
    );
    await kinora.stop();
  });
});

async function modesBelow(folder: string): Promise<Record<string, number>> {
  const names = await readdir(folder, { recursive: true });
  const entries = await Promise.all(
    ['.', ...names].map(async (name) => [name, (await stat(path.join(folder, name))).mode & 0o777] as const),
  );
  return Object.fromEntries(entries);
}
