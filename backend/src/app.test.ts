import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Application } from './app.js';
import { settings } from './configuration.js';
import { prepareDataFolder } from './data-folder.js';
import { silentLogger } from './logging/logger.js';
import type { SettingDefinition } from './services/settings/setting-definition.js';

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'kinora-test-'));
});
afterEach(async () => {
  await rm(dataDir, { recursive: true, force: true });
});

it('serves while the torrent engine does not start, and says so', async () => {
  const application = await Application.create({
    sources: [{ label: 'test', values: { HOST: '127.0.0.1', PORT: '0', TORRENT_DHT: 'off' } }],
    folder: prepareDataFolder(dataDir),
    logger: silentLogger(),
    version: '0.0.0',
    webUi: path.join(dataDir, 'no-web-ui'),
    engine: { entry: new URL('./no-such-entry.js', import.meta.url), patienceMs: 200 },
  });
  try {
    const { url } = await application.start();
    expect((await fetch(`${url}/health`)).status).toBe(200);
    const ready = await fetch(`${url}/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ checks: { engine: false, database: true } });
  } finally {
    await application.stop();
  }
}, 60_000);

it('a setting is said to hold at once exactly when a part follows it', async () => {
  const application = await Application.create({
    sources: [{ label: 'test', values: { HOST: '127.0.0.1', PORT: '0', TORRENT_DHT: 'off' } }],
    folder: prepareDataFolder(dataDir),
    logger: silentLogger(),
    version: '0.0.0',
    webUi: path.join(dataDir, 'no-web-ui'),
  });
  const live = Object.entries<SettingDefinition>(settings).filter(([, setting]) => setting.live);
  expect([...application.followedSettings].sort()).toEqual(live.map(([name]) => name).sort());
  await application.stop();
});
