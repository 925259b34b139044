import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { describeConfiguration } from '../cli/config.command.js';
import { ConfigurationError, readConfiguration } from '../configuration.js';
import { gatherSettings } from './configuration-sources.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'kinora-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, content: string, mode = 0o600): string => {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  chmodSync(file, mode);
  return file;
};
const gather = (environment: Record<string, string> = {}, flags: Record<string, string> = {}) =>
  gatherSettings(flags, { DATA_DIR: folder, ...environment });
const read = (environment: Record<string, string> = {}, flags: Record<string, string> = {}) =>
  readConfiguration(gather(environment, flags).sources);
const faultsOf = (environment: Record<string, string> = {}): string => {
  try {
    read(environment);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults.join('\n');
    throw error;
  }
  return 'none';
};

const token = 'a-token-of-no-service';

describe('kinora.json', () => {
  it('F36 damaged in 300 ways is either understood or named as what cannot be used, and left as it is', () => {
    const sound = JSON.stringify({
      PORT: 1111,
      LOG_LEVEL: 'warn',
      TORRENT_DHT: false,
      YTS_API_URL: ['http://a.example'],
    });
    let named = 0;
    for (let n = 0; n < 300; n += 1) {
      const at = (n * 7) % sound.length;
      const damage = [
        () => sound.slice(0, at),
        () => sound.slice(0, at) + String.fromCharCode(n % 256) + sound.slice(at + 1),
        () => sound.slice(0, at) + '\u0000'.repeat(n) + sound.slice(at),
        () => sound.slice(at) + sound.slice(0, at),
        () => sound.replace('1111', ['[]', '{}', '-1', '1e9', 'null', '"x"', 'true'][n % 7] ?? ''),
        () => '['.repeat(n * 100),
      ][n % 6];
      const file = write('kinora.json', damage?.() ?? '');
      const before = readFileSync(file);
      const faults = faultsOf();
      if (faults !== 'none') {
        named += 1;
        // By the file, or by the setting in it.
        expect(faults).toMatch(/kinora\.json/);
      }
      expect(readFileSync(file).equals(before)).toBe(true);
    }
    expect(named).toBeGreaterThan(200);
  });

  it('counts below flags and the environment, and takes texts, numbers, switches and lists', () => {
    write(
      'kinora.json',
      JSON.stringify({
        PORT: 1111,
        HOST: '127.0.0.3',
        LOG_LEVEL: 'warn',
        TORRENT_DHT: false,
        YTS_API_URL: ['http://a.example/api', 'http://b.example/api'],
        PUBLIC_URL: null,
      }),
    );
    expect(read({ HOST: '127.0.0.2' }, { LOG_LEVEL: 'error' })).toMatchObject({
      PORT: 1111,
      HOST: '127.0.0.2',
      LOG_LEVEL: 'error',
      TORRENT_DHT: false,
      YTS_API_URL: ['http://a.example/api', 'http://b.example/api'],
      PUBLIC_URL: undefined,
    });
  });

  it('names the file where a value in it is wrong', () => {
    const file = write('kinora.json', '{"PORT":"eighty"}');
    expect(faultsOf()).toBe(`PORT (${file}): read "eighty", allowed is a number from 0 to 65535`);
  });

  it('refuses names nobody knows, with the nearest, and DATA_DIR', () => {
    const file = write('kinora.json', '{"TORENT_DHT":"off","KINORA_PORT":1,"zebra":"x","DATA_DIR":"/x"}');
    expect(faultsOf().split('\n')).toEqual([
      `TORENT_DHT (${file}): is no setting; did you mean TORRENT_DHT?`,
      `KINORA_PORT (${file}): is no setting; did you mean PORT?`,
      `zebra (${file}): is no setting`,
      `DATA_DIR (${file}): cannot be set in the file that lies in it`,
    ]);
  });

  it.each(['', '[]', '{"PORT":{}}', '{"PORT":', 'null'])(
    'refuses the content %j without quoting it',
    (text) => {
      write('kinora.json', text);
      expect(faultsOf()).toContain('is not a JSON object of settings');
    },
  );

  it('T49 warns when others can read it', () => {
    write('kinora.json', '{}', 0o644);
    expect(gather().warnings).toEqual([expect.stringContaining('chmod 600')]);
    chmodSync(path.join(folder, 'kinora.json'), 0o600);
    expect(gather().warnings).toEqual([]);
  });
});

describe('secrets in files', () => {
  it('are read without the line end', () => {
    const file = write('tmdb', `${token}\n`);
    expect(read({ TMDB_API_TOKEN_FILE: file }).TMDB_API_TOKEN).toBe(token);
  });

  it('T48 name the variable and never the content when wrong', () => {
    const file = write('tmdb', 'not a token!');
    expect(faultsOf({ TMDB_API_TOKEN_FILE: file })).toBe(
      'TMDB_API_TOKEN (file named by TMDB_API_TOKEN_FILE): read a value that is not shown, allowed is a token or key as TMDB shows it',
    );
  });

  it('must be there, hold something, and stand alone', () => {
    const empty = write('empty', '\n');
    expect(faultsOf({ TMDB_API_TOKEN_FILE: `${folder}/none` })).toContain('cannot be used (ENOENT)');
    expect(faultsOf({ TMDB_API_TOKEN_FILE: empty })).toContain('it is empty');
    expect(faultsOf({ TMDB_API_TOKEN_FILE: empty, TMDB_API_TOKEN: token })).toContain('both are set');
  });
});

describe('names in the environment', () => {
  it('are warned about when they look like settings and are none', () => {
    expect(gather({ KINORA_PROT: '1', KINORA_X: '1', PORT_FILE: '/x', PATH: '/bin' }).warnings).toEqual([
      'KINORA_PROT (environment variable) is no setting; did you mean PORT?; it is ignored.',
      'KINORA_X (environment variable) is no setting; it is ignored.',
      'PORT_FILE (environment variable) is ignored: only secrets are read from files.',
    ]);
  });
});

describe('DATABASE_URL', () => {
  const read = (text: string) => readConfiguration(gather({ DATABASE_URL: text }).sources).DATABASE_URL;

  it.each([
    'postgres://ada:hush@db.example/kinora',
    'postgresql://ada@127.0.0.1:5433/kinora?sslmode=require',
    'postgres:///kinora?host=/run/postgresql',
  ])('may be %s', (url) => {
    expect(read(url)).toBe(url);
  });

  it('is the file in DATA_DIR unless it is set', () => {
    expect(read('')).toBeUndefined();
    expect(read('sqlite:')).toBeUndefined();
  });

  it.each([
    'mysql://ada:hush@db.example/kinora',
    'postgres://ada:hush@db.example',
    'sqlite:/else/where',
    'hush',
  ])('T48 must not be %s, and is not printed', (url) => {
    expect(() => read(url)).toThrow(/DATABASE_URL .*allowed is an address such as postgres:/);
    expect(() => read(url)).not.toThrow(/hush|else/);
  });
});

describe('kinora config', () => {
  it('T48 shows values and where they were read, but no secret', () => {
    const file = write('kinora.json', JSON.stringify({ TMDB_API_TOKEN: token, TORRENT_DHT: false }));
    const { sources } = gather({ ADMIN_USERNAME: 'ada', ADMIN_PASSWORD: 'correct horse' }, { PORT: '99' });
    const lines = describeConfiguration(sources).split('\n');
    const line = (name: string) =>
      lines.find((text) => text.startsWith(`${name} `))?.replaceAll(/ {2,}/g, ' | ');
    expect(line('PORT')).toBe('PORT | 99 | command line');
    expect(line('ADMIN_USERNAME')).toBe('ADMIN_USERNAME | ada | environment variable');
    expect(line('ADMIN_PASSWORD')).toBe('ADMIN_PASSWORD | (secret, set) | environment variable');
    expect(line('TMDB_API_TOKEN')).toBe(`TMDB_API_TOKEN | (secret, set) | ${file}`);
    expect(line('TORRENT_DHT')).toBe(`TORRENT_DHT | off | ${file}`);
    expect(line('PUBLIC_URL')).toBe('PUBLIC_URL | - | default');
    expect(lines.join()).not.toContain(token);
    expect(lines.join()).not.toContain('horse');
  });
});
