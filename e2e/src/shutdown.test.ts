import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEMO_CACHE, type DemoWorld, startDemoWorld } from '@kinora/demo/world';
import { ApiClient, textAt } from './api-client.js';
import { KinoraProcess, newDataDir, removeDataDir } from './kinora-process.js';

const minute = 60_000;
const password = 'correct horse battery';

describe('a server that is asked to stop while it streams', () => {
  let world: DemoWorld;
  let dataDir: string;
  let kinora: KinoraProcess;

  beforeAll(async () => {
    // Slow enough that the film is still on its way when the server stops.
    world = await startDemoWorld({ cacheDir: DEMO_CACHE, uploadBytesPerSecond: 400_000 });
    dataDir = await newDataDir();
  }, 5 * minute);

  afterAll(async () => {
    await kinora.kill();
    await world.stop();
    await removeDataDir(dataDir);
  });

  const start = async () => {
    const account = { ADMIN_USERNAME: 'ada', ADMIN_PASSWORD: password };
    kinora = await KinoraProcess.start({ ...world.environment, ...account, LOG_LEVEL: 'info' }, dataDir);
    return ApiClient.signIn(kinora, 'ada', password);
  };
  const metric = async (line: RegExp) => line.test(await (await fetch(`${kinora.url}/metrics`)).text());

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'F18 %s: ends it within ten seconds with 0, and keeps what it had',
    async (signal) => {
      const api = await start();
      const { body: found } = await api.get('/api/search?q=big%20buck');
      const play = await api.post('/api/playback', { mediaId: textAt(found, 'items', 0, 'id') });
      expect(play.status).toBe(201);
      const stream = await fetch(kinora.url + textAt(play.body, 'url'));
      const reader = stream.body?.getReader();
      const first = await reader?.read();
      expect(first?.value?.length).toBeGreaterThan(0);
      while (!(await metric(/^kinora_streams_open 1$/m)));
      expect(await metric(/^kinora_engine_restarts_total 0$/m)).toBe(true);

      const askedAt = performance.now();
      const stopped = kinora.stop(signal);
      // It gets no more than what was on its way; how the end is told depends on where it was cut.
      const ended = (async () => {
        while (!(await reader?.read())?.done);
      })().catch(() => undefined);
      const { code, output } = await stopped;
      expect(performance.now() - askedAt).toBeLessThan(10_000);
      await ended;
      expect(code).toBe(0);
      const lines = output.split('\n').filter((line) => line.startsWith('{'));
      const levels = lines.map((line) => (JSON.parse(line) as { level: number }).level);
      expect(levels.length).toBeGreaterThan(1);
      expect(lines.filter((_, index) => (levels[index] ?? 0) >= 50)).toEqual([]);

      const again = await start();
      const { body: storage } = await again.get('/api/admin/storage');
      expect((storage as { totalBytes: number }).totalBytes).toBeGreaterThan(0);
      const { body: log } = await again.get('/api/admin/audit?action=playback.started');
      expect((log as { total: number }).total).toBeGreaterThan(0);
      expect((await again.get('/api/admin/audit/verify')).body).toMatchObject({ intact: true });
      await kinora.stop();
    },
    2 * minute,
  );
});
