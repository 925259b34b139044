import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { kinora } from './kinora-command.js';
import { KinoraProcess, newDataDir, removeDataDir } from './kinora-process.js';

let dataDir: string;

beforeEach(async () => {
  dataDir = await newDataDir();
});
afterEach(() => removeDataDir(dataDir));

const quiet = { TORRENT_DHT: 'off', TORRENT_TRACKERS: 'http://127.0.0.1:9/announce', LOG_LEVEL: 'silent' };

describe('the command line', () => {
  it.each([[[]], [['start']], [['config']], [['keys']], [['keys', 'rotate']], [['audit', 'verify']]])(
    '%j --help says what it is for and ends with 0',
    async (command) => {
      const { code, stdout } = await kinora([...command, '--help']);
      expect(stdout).toMatch(/^Usage: kinora/);
      expect(code).toBe(0);
    },
  );

  it('ends with 2 on a flag or a command it does not know', async () => {
    expect(await kinora(['start', '--prot', '1'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--port'),
    });
    expect((await kinora(['strat'])).code).toBe(2);
  });
});

describe('kinora.json', () => {
  it('is what the server starts with, below the environment', async () => {
    await writeFile(
      path.join(dataDir, 'kinora.json'),
      JSON.stringify({ ADMIN_USERNAME: 'ada', ADMIN_PASSWORD: 'correct horse battery', HOST: '192.0.2.7' }),
      { mode: 0o600 },
    );
    const server = await KinoraProcess.start(quiet, dataDir);
    expect(await (await fetch(`${server.url}/api/setup`)).json()).toEqual({ needed: false });
    await server.stop();
  });

  it('ends the start with 2 when a name in it is misspelt', async () => {
    await writeFile(path.join(dataDir, 'kinora.json'), '{"TORRENT_DTH":"off"}', { mode: 0o600 });
    const { code, output } = await KinoraProcess.launch(quiet, dataDir).exited;
    expect(output).toContain('is no setting; did you mean TORRENT_DHT?');
    expect(code).toBe(2);
  });

  it('shows in kinora config, beside what the environment says', async () => {
    await writeFile(path.join(dataDir, 'kinora.json'), '{"PORT":4242}', { mode: 0o600 });
    const { code, stdout } = await kinora(['config', '--data-dir', dataDir], { HOST: '127.0.0.1' });
    expect(stdout).toMatch(/^HOST +127\.0\.0\.1 +environment variable$/m);
    expect(stdout).toMatch(/^PORT +4242 +\/.*kinora\.json$/m);
    expect(code).toBe(0);
  });
});
