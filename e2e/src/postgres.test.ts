import { spawnSync } from 'node:child_process';
import { cp, readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEMO_CACHE, type DemoWorld, startDemoWorld } from '@kinora/demo/world';
import { PostgresServer, postgresPrograms } from '../../backend/src/test-support/postgres-server.js';
import { ApiClient, textAt } from './api-client.js';
import { kinora as command } from './kinora-command.js';
import { KinoraProcess, newDataDir, removeDataDir } from './kinora-process.js';
import { noteSecrets } from './secret-ledger.js';

const minute = 60_000;
const password = 'correct horse battery';
const databasePassword = 'the-password-of-the-database';

// Where PostgreSQL may be installed, `npm test` installs it.
const onPostgres = postgresPrograms() === null ? describe.skip : describe;

onPostgres('a server with DATABASE_URL=postgres://', () => {
  let world: DemoWorld;
  let postgres: PostgresServer;
  let environment: Record<string, string>;
  let dataDir: string;
  let server: KinoraProcess;
  let api: ApiClient;
  let filmId: string;

  beforeAll(async () => {
    noteSecrets(databasePassword);
    world = await startDemoWorld({ cacheDir: DEMO_CACHE, uploadBytesPerSecond: 8_000_000 });
    postgres = await PostgresServer.start();
    const url = await postgres.createDatabase('kinora');
    environment = {
      ...world.environment,
      DATABASE_URL: url.replace('@', `:${databasePassword}@`),
      LOG_LEVEL: 'debug',
    };
    dataDir = await newDataDir();
    server = await KinoraProcess.start(environment, dataDir);
  }, 5 * minute);

  afterAll(async () => {
    await server.stop();
    await postgres.dispose();
    await world.stop();
    await removeDataDir(dataDir);
  });

  it(
    'begins with an empty database: set-up, sign-in, search, play',
    async () => {
      const setup = await fetch(`${server.url}/api/setup`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ code: server.setupCode, username: 'ada', password }),
      });
      expect(setup.status).toBe(201);
      api = await ApiClient.signIn(server, 'ada', password);
      filmId = textAt((await api.get('/api/search?q=big%20buck')).body, 'items', 0, 'id');
      expect((await api.get(`/api/movies/${filmId}`)).body).toMatchObject({ title: 'Big Buck Bunny' });
      const playing = await api.post('/api/playback', { mediaId: filmId });
      expect(playing.status).toBe(201);
      expect(await api.bytes(textAt(playing.body, 'url'), 'bytes=0-99999')).toHaveLength(100_000);
      const progress = { positionSeconds: 42, durationSeconds: 600, state: 'paused' };
      expect((await api.put(`/api/progress/${filmId}`, progress)).status).toBeLessThan(300);
      const values = { STORAGE_LIMIT: '19GB' };
      expect((await api.patch('/api/admin/settings', { values })).status).toBe(200);
    },
    3 * minute,
  );

  it(
    'has everything after a restart',
    async () => {
      expect((await server.stop()).code).toBe(0);
      server = await KinoraProcess.start(environment, dataDir);
      api = await ApiClient.signIn(server, 'ada', password);
      expect((await api.get('/api/continue-watching')).body).toMatchObject({
        items: [{ mediaId: filmId, positionSeconds: 42 }],
      });
      expect((await api.get('/api/admin/settings')).body).toMatchObject({
        settings: expect.arrayContaining([
          expect.objectContaining({ name: 'DATABASE_URL', isSet: true, value: null }),
        ]),
      });
      expect((await api.get('/api/admin/audit')).body).toMatchObject({
        items: expect.arrayContaining([expect.objectContaining({ action: 'settings.changed' })]),
      });
    },
    3 * minute,
  );

  it(
    'shares the database with another server that has the same keys',
    async () => {
      const other = await newDataDir();
      await cp(path.join(dataDir, 'secrets'), path.join(other, 'secrets'), { recursive: true });
      const second = await KinoraProcess.start({ ...environment, TORRENT_PORT: '0' }, other);
      expect((await api.at(second).get('/api/continue-watching')).body).toMatchObject({
        items: [{ mediaId: filmId }],
      });
      expect((await second.stop()).code).toBe(0);
      await removeDataDir(other);
    },
    3 * minute,
  );

  it(
    'serves the command line: accounts, doctor, audit',
    async () => {
      const given = { ...environment, DATA_DIR: dataDir };
      expect(await command(['user', 'add', 'bob'], given, `${password}\n`)).toMatchObject({ code: 0 });
      expect((await command(['user', 'list'], given)).stdout).toMatch(/ada.*\n.*bob/);
      expect(await command(['audit', 'verify'], given)).toMatchObject({ code: 0 });
      const { stdout } = await command(['doctor'], given);
      expect(stdout).toMatch(
        /ok +database +PostgreSQL 127\.0\.0\.1:\d+\/kinora, version \d+.*tables are there/,
      );
      expect(stdout).toMatch(/ok +secrets/);
    },
    3 * minute,
  );

  it(
    'is backed up with its tables and its keys, and refuses to be restored over',
    async () => {
      const given = { ...environment, DATA_DIR: dataDir };
      const archive = path.join(dataDir, 'backup.tar');
      expect(await command(['backup', archive], given)).toMatchObject({ code: 0 });
      const folder = await newDataDir();
      expect(spawnSync('tar', ['-xf', archive, '-C', folder]).status).toBe(0);
      expect(await readdir(path.join(folder, 'secrets'))).toContain('keys.json');
      const copy = await postgres.createDatabase('copy');
      const restored = spawnSync('pg_restore', [
        '--no-owner',
        '--exit-on-error',
        `--dbname=${copy}`,
        path.join(folder, 'database.pgdump'),
      ]);
      expect(String(restored.stderr)).toBe('');
      expect(await postgres.sql('SELECT username FROM users ORDER BY username', 'copy')).toBe('ada\nbob');
      const refused = await command(['restore', archive], given);
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('leaves alone') });
      const elsewhere = await command(['restore', archive], { DATA_DIR: folder });
      expect(elsewhere).toMatchObject({ code: 1, stderr: expect.stringContaining('pg_restore') });
      await removeDataDir(folder);
    },
    3 * minute,
  );

  it(
    'says so while the database is away, and goes on when it is back',
    async () => {
      await postgres.kill();
      const away = await api.get('/api/history');
      expect(away).toMatchObject({ status: 503, body: { code: 'database-unavailable', status: 503 } });
      expect(away.headers.get('Retry-After')).toBe('5');
      const ready = await fetch(`${server.url}/ready`);
      expect([ready.status, await ready.json()]).toMatchObject([503, { checks: { database: false } }]);
      expect((await fetch(`${server.url}/health`)).status).toBe(200);
      await postgres.begin();
      await until(async () => (await fetch(`${server.url}/ready`)).status === 200);
      await until(async () => (await api.get('/api/history')).status === 200);
      const progress = { positionSeconds: 43, durationSeconds: 600, state: 'paused' };
      expect((await api.put(`/api/progress/${filmId}`, progress)).status).toBeLessThan(300);
    },
    3 * minute,
  );

  it(
    'takes over from a SQLite file: the same account, the same session, the same place in the film',
    async () => {
      const folder = await newDataDir();
      const { DATABASE_URL: _, ...before } = environment;
      const onFile = await KinoraProcess.start(before, folder);
      const setup = await fetch(`${onFile.url}/api/setup`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ code: onFile.setupCode, username: 'eve', password }),
      });
      expect(setup.status).toBe(201);
      const eve = await ApiClient.signIn(onFile, 'eve', password);
      const film = textAt((await eve.get('/api/search?q=big%20buck')).body, 'items', 0, 'id');
      const progress = { positionSeconds: 77, durationSeconds: 600, state: 'paused' };
      expect((await eve.put(`/api/progress/${film}`, progress)).status).toBeLessThan(300);
      const given = { ...before, DATA_DIR: folder };
      const address = await postgres.createDatabase('moved');
      const early = await command(['move-database', address], given);
      expect(early).toMatchObject({ code: 7, stderr: expect.stringContaining('Another Kinora') });
      expect((await onFile.stop()).code).toBe(0);

      const moved = await command(['move-database', address], given);
      expect(moved).toMatchObject({ code: 0, stdout: expect.stringContaining('/moved now') });
      const onServer = await KinoraProcess.start(before, folder);
      expect((await eve.at(onServer).get('/api/continue-watching')).body).toMatchObject({
        items: [{ mediaId: film, positionSeconds: 77 }],
      });
      expect((await onServer.stop()).code).toBe(0);
      expect(await postgres.sql('SELECT username FROM users', 'moved')).toBe('eve');
      const again = await command(['move-database', address], given);
      expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('already') });
      await removeDataDir(folder);
    },
    3 * minute,
  );

  it('ends a start in one line when there is no such database', async () => {
    const folder = await newDataDir();
    const wrong = environment['DATABASE_URL']?.replace(/\w+$/, 'nowhere') ?? '';
    const { code, output } = await KinoraProcess.launch({ ...environment, DATABASE_URL: wrong }, folder)
      .exited;
    expect(code).toBe(6);
    expect(output).toMatch(/Kinora cannot start. The database PostgreSQL .*nowhere cannot be used/);
    await removeDataDir(folder);
  });
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + minute; !(await isSo()); ) {
    if (Date.now() > end) throw new Error('It did not come to that.');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
