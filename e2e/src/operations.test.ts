import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import { ApiClient } from './api-client.js';
import { kinora } from './kinora-command.js';
import { KinoraProcess, newDataDir, removeDataDir } from './kinora-process.js';
import { OwnServers } from './own-servers.js';

// A test here runs the program up to a dozen times, on machines that may be busy.
jest.setTimeout(60_000);

// As talkative as it can be: what it prints is searched for secrets when it ends (secret-ledger.ts).
const quiet = { TORRENT_DHT: 'off', TORRENT_TRACKERS: 'http://127.0.0.1:9/announce', LOG_LEVEL: 'trace' };
const own = new OwnServers(quiet);
/** Prints nothing but what went wrong. */
const silent = { ...quiet, LOG_LEVEL: 'silent' };

describe('the command line', () => {
  it.each([
    [[]],
    [['start']],
    [['config']],
    [['keys']],
    [['keys', 'rotate']],
    [['audit', 'verify']],
    [['user', 'add']],
    [['backup']],
    [['doctor']],
    [['setup']],
    [['restore']],
    [['demo']],
    [['user']],
    [['user', 'list']],
    [['user', 'passwd']],
    [['audit']],
  ])('%j --help says what it is for and ends with 0', async (command) => {
    const { code, stdout } = await kinora([...command, '--help']);
    expect(stdout).toMatch(/^Usage: kinora/);
    expect(code).toBe(0);
  });

  it('ends with 2 on a flag or a command it does not know', async () => {
    expect(await kinora(['start', '--prot', '1'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--port'),
    });
    expect((await kinora(['strat'])).code).toBe(2);
    expect((await kinora(['restore'])).code).toBe(2);
  });

  it('lists its commands and its exit codes', async () => {
    const { stdout } = await kinora(['--help']);
    for (const word of ['start', 'setup', 'config', 'doctor', 'user', 'backup', 'restore', 'keys', 'audit'])
      expect(stdout).toMatch(new RegExp(`^  ${word}\\b`, 'm'));
    expect(stdout).toMatch(
      /Exit codes: 0 done .*1 failed, 2 configuration.*3 address taken,\n4 data folder, 5 database, 6 database away, 7 data folder in use;/,
    );
    expect((await kinora(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('says what is wrong, without a stack, with the code for it', async () => {
    const nowhere = path.join(own.dataDir, 'kinora.json');
    await writeFile(nowhere, '{}', { mode: 0o600 });
    const failures: [string[], Record<string, string>, number][] = [
      [['backup'], {}, 1],
      [['restore', path.join(own.dataDir, 'nothing.tar')], {}, 1],
      [['audit', 'verify'], { PORT: 'eighty' }, 2],
      [['keys', 'rotate'], {}, 4],
      [['user', 'list'], { DATA_DIR: nowhere }, 4],
    ];
    for (const [args, environment, expected] of failures) {
      const { code, stdout, stderr } = await kinora(args, { DATA_DIR: own.dataDir, ...environment });
      expect([args, code, stdout]).toEqual([args, expected, '']);
      expect(stderr).toMatch(/^\S.*\.?\n/);
      expect(stderr).not.toMatch(/^ +at /m);
    }
    await writeFile(path.join(own.dataDir, 'kinora.sqlite'), 'this is no database '.repeat(500));
    for (const args of [['backup'], ['user', 'list'], ['audit', 'verify']])
      expect([args, (await kinora(args, { DATA_DIR: own.dataDir })).code]).toEqual([args, 5]);
  });
});

describe('kinora.json', () => {
  it('is what the server starts with, below the environment', async () => {
    await writeFile(
      path.join(own.dataDir, 'kinora.json'),
      JSON.stringify({ ADMIN_USERNAME: 'ada', ADMIN_PASSWORD: 'correct horse battery', HOST: '192.0.2.7' }),
      { mode: 0o600 },
    );
    const server = await own.start();
    expect(await (await fetch(`${server.url}/api/setup`)).json()).toEqual({ needed: false });
    await server.stop();
  });

  it('ends the start with 2 when a name in it is misspelt', async () => {
    await writeFile(path.join(own.dataDir, 'kinora.json'), '{"TORRENT_DTH":"off"}', { mode: 0o600 });
    const { code, output } = await KinoraProcess.launch(silent, own.dataDir).exited;
    expect(output).toContain('is no setting; did you mean TORRENT_DHT?');
    expect(code).toBe(2);
  });

  it('shows in kinora config, beside what the environment says', async () => {
    await writeFile(path.join(own.dataDir, 'kinora.json'), '{"PORT":4242}', { mode: 0o600 });
    const { code, stdout } = await kinora(['config', '--data-dir', own.dataDir], { HOST: '127.0.0.1' });
    expect(stdout).toMatch(/^HOST +127\.0\.0\.1 +environment variable$/m);
    expect(stdout).toMatch(/^PORT +4242 +\/.*kinora\.json$/m);
    expect(code).toBe(0);
  });
});

describe('kinora user', () => {
  const user = (args: readonly string[], input?: string) =>
    kinora(['user', ...args, '--data-dir', own.dataDir], {}, input);

  it('adds, lists and gives a new password beside a running server, which honours it at once', async () => {
    const server = await own.start();
    expect((await user(['list'])).stdout).toBe('There are no users yet.\n');
    expect(await user(['add', 'Ada', '--role', 'admin'], 'velvet otter lantern 42\n')).toMatchObject({
      code: 0,
      stdout: 'Ada can sign in now (admin).\n',
    });
    expect(await (await fetch(`${server.url}/api/setup`)).json()).toEqual({ needed: false });
    const ada = await ApiClient.signIn(server, 'ada', 'velvet otter lantern 42');
    expect((await ada.get('/api/me')).status).toBe(200);

    expect((await user(['passwd', 'ada'], 'granite teapot walrus 77\n')).code).toBe(0);
    expect((await ada.get('/api/me')).status).toBe(401);
    const again = await ApiClient.signIn(server, 'ada', 'granite teapot walrus 77');
    await expect(ApiClient.signIn(server, 'ada', 'velvet otter lantern 42')).rejects.toThrow('401');

    expect(
      (await user(['add', 'kim', '--role', 'child', '--age-limit', '9'], 'purple marble kite 19')).code,
    ).toBe(0);
    expect((await user(['list'])).stdout).toMatch(
      /^Ada {2}admin, since .*\nkim {2}child, up to age 9, since .*\n$/,
    );
    const actions = JSON.stringify((await again.get('/api/admin/audit')).body);
    expect(actions).toContain('user.created');
    expect(actions).toContain('user.password-reset');
    expect(actions).toContain('command line');
    await server.stop();
  });

  it('says what is wrong and changes nothing', async () => {
    const refusals: [string[], string, string][] = [
      [['add', 'a b'], 'velvet otter lantern 42', 'username'],
      [['add', 'ada'], 'short', 'at least 10'],
      [['add', 'ada', '--role', 'king'], 'velvet otter lantern 42', 'allowed is admin, user or child'],
      [['add', 'kim', '--role', 'child'], 'velvet otter lantern 42', 'ageLimit is needed'],
      [['passwd', 'nobody'], 'velvet otter lantern 42', 'no user nobody'],
    ];
    for (const [args, input, reason] of refusals) {
      const { code, stderr } = await user(args, input);
      expect([args, stderr, code]).toEqual([args, expect.stringContaining(reason), 1]);
    }
    expect((await user(['list'])).stdout).toBe('There are no users yet.\n');
  });
});

describe('kinora keys rotate', () => {
  it('beside a running server: new keys sign, nobody is signed out, and the audit log tells', async () => {
    const password = 'velvet otter lantern 42';
    const server = await own.start({ ADMIN_USERNAME: 'ada', ADMIN_PASSWORD: password });
    const ada = await ApiClient.signIn(server, 'ada', password);
    const before = ada.keyId;
    expect((await kinora(['keys', 'rotate', '--data-dir', own.dataDir])).code).toBe(0);
    const signsWith = async () => (await ApiClient.signIn(server, 'ada', password)).keyId;
    // The server looks at the file every two seconds; sign-ins are limited to ten a minute.
    for (let tries = 0; (await signsWith()) === before && tries < 8; tries += 1) await delay(2_500);
    expect(await signsWith()).not.toBe(before);
    expect((await ada.get('/api/me')).status).toBe(200);
    expect(JSON.stringify((await ada.get('/api/admin/audit?action=keys')).body)).toContain('command line');
    await server.stop();
  });
});

describe('kinora backup and restore', () => {
  const password = 'velvet otter lantern 42';

  it('carry a server over: backed up while it writes, restored elsewhere, where everyone can sign in', async () => {
    const server = await own.start();
    await kinora(['user', 'add', 'ada', '--role', 'admin', '--data-dir', own.dataDir], {}, password);
    const ada = await ApiClient.signIn(server, 'ada', password);
    const archive = path.join(own.dataDir, 'kept.tar');

    const writingStops = new AbortController();
    const writing = (async () => {
      for (let number = 0; !writingStops.signal.aborted; number++)
        await ada.post('/api/users', {
          username: `guest-${number}`,
          password: `${password} ${number}`,
          role: 'user',
        });
    })();
    const backup = await kinora(['backup', archive, '--data-dir', own.dataDir]);
    writingStops.abort();
    await writing;
    expect(backup).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('secrets') });
    expect(JSON.stringify((await ada.get('/api/admin/audit?action=backup.created')).body)).toContain(
      'command line',
    );

    expect(await kinora(['restore', archive, '--data-dir', own.dataDir])).toMatchObject({
      code: 7,
      stderr: expect.stringContaining('Stop it first'),
    });
    await server.stop();

    const elsewhere = await newDataDir();
    try {
      const restored = await kinora(['restore', archive, '--data-dir', elsewhere]);
      expect(restored).toMatchObject({ code: 0, stdout: expect.stringContaining('is as it was at') });
      const second = await own.start({}, elsewhere);
      const again = await ApiClient.signIn(second, 'ada', password);
      expect((await again.get('/api/users')).status).toBe(200);
      const told = JSON.stringify((await again.get('/api/admin/audit?action=backup.restored')).body);
      expect(told).toContain('command line');
      await second.stop();
      expect(await kinora(['audit', 'verify', '--data-dir', elsewhere])).toMatchObject({ code: 0 });
    } finally {
      await removeDataDir(elsewhere);
    }
  });

  it('keep what a restore replaces, and touch nothing when the backup is damaged', async () => {
    const archive = path.join(own.dataDir, 'kept.tar');
    await kinora(['user', 'add', 'ada', '--data-dir', own.dataDir], {}, password);
    await kinora(['backup', archive, '--data-dir', own.dataDir]);
    await kinora(['user', 'add', 'bob', '--data-dir', own.dataDir], {}, password);

    const bytes = await readFile(archive);
    bytes.writeUInt8(bytes.readUInt8(9_000) ^ 1, 9_000);
    const damaged = path.join(own.dataDir, 'damaged.tar');
    await writeFile(damaged, bytes);
    expect(await kinora(['restore', damaged, '--data-dir', own.dataDir])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('kinora.sqlite in it is damaged. Nothing was changed.'),
    });
    expect((await kinora(['user', 'list', '--data-dir', own.dataDir])).stdout).toMatch(/^ada .*\nbob /);

    expect((await kinora(['restore', archive, '--data-dir', own.dataDir])).code).toBe(0);
    expect((await kinora(['user', 'list', '--data-dir', own.dataDir])).stdout).toMatch(/^ada .*\n$/);
    const [kept = ''] = (await readdir(own.dataDir)).filter((name) => name.startsWith('replaced-'));
    expect((await kinora(['user', 'list', '--data-dir', path.join(own.dataDir, kept)])).stdout).toContain(
      'bob',
    );
  });
});

describe('kinora doctor', () => {
  it('ends with 0 beside a running server, and with 1 when something is broken', async () => {
    const server = await own.start();
    const environment = { DATA_DIR: own.dataDir, HOST: '127.0.0.1', PORT: new URL(server.url).port };
    const healthy = await kinora(['doctor'], environment);
    expect(healthy.stdout).toMatch(/^ok +port +Kinora answers/m);
    expect(healthy.stdout).toMatch(/^ok +database /m);
    expect(healthy.code).toBe(0);
    const broken = await kinora(['doctor'], { ...environment, YTS_API_URL: 'http://127.0.0.1:9/api' });
    expect(broken.stdout).toMatch(/^broken +YTS +YTS cannot be reached/m);
    expect(broken.code).toBe(1);
    await server.stop();
  });
});
