import { describe, expect, it } from '@jest/globals';
import { ConfigurationError, readConfiguration } from './configuration.js';

const fromEnvironment = (values: Record<string, string>) =>
  readConfiguration([{ label: 'environment variable', values }]);

function faultsOf(values: Record<string, string>): readonly string[] {
  try {
    fromEnvironment(values);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
  return [];
}

describe('readConfiguration', () => {
  it('starts with defaults when nothing is set', () => {
    const configuration = fromEnvironment({});
    expect(configuration).toMatchObject({
      HOST: '0.0.0.0',
      PORT: 8787,
      DATA_DIR: './data',
      TORRENT_DHT: true,
      YTS_API_URL: [],
      LOG_LEVEL: 'info',
    });
    expect(configuration.TORRENT_TRACKERS.length).toBeGreaterThan(0);
  });

  it('takes a setting from the first source that has it', () => {
    const configuration = readConfiguration([
      { label: 'command line', values: { PORT: '1' } },
      { label: 'environment variable', values: { PORT: '2', HOST: '127.0.0.1' } },
      { label: 'kinora.json', values: { HOST: '::1', LOG_LEVEL: 'DEBUG' } },
    ]);
    expect(configuration).toMatchObject({ PORT: 1, HOST: '127.0.0.1', LOG_LEVEL: 'debug' });
  });

  it('takes a redis address for the cache, and does not show a wrong one, which may hold a password', () => {
    const url = 'rediss://kinora:secret@cache.test:6380/1';
    expect(fromEnvironment({ CACHE_URL: url }).CACHE_URL).toBe(url);
    const [fault] = faultsOf({ CACHE_URL: 'http://:secret@cache.test' });
    expect(fault).toContain('a redis or rediss address');
    expect(fault).not.toContain('secret@');
  });

  it('treats an empty text as absent', () => {
    expect(fromEnvironment({ PORT: '', TMDB_API_TOKEN: '' })).toMatchObject({
      PORT: 8787,
      TMDB_API_TOKEN: undefined,
    });
  });

  it('takes quiet hours as times of day', () => {
    expect(fromEnvironment({ SEED_QUIET_HOURS: '23:00-07:30' }).SEED_QUIET_HOURS).toEqual({
      from: 1380,
      to: 450,
    });
    expect(() => fromEnvironment({ SEED_QUIET_HOURS: '25:00-07:30' })).toThrow();
  });

  it.each([
    ['2MB', 2_000_000],
    ['1.5 MiB', 1_572_864],
    ['300000', 300_000],
  ])('reads the size %s', (text, bytes) => {
    expect(fromEnvironment({ TORRENT_UPLOAD_LIMIT: text }).TORRENT_UPLOAD_LIMIT).toBe(bytes);
  });

  it('strips the trailing slash of addresses and splits lists', () => {
    expect(
      fromEnvironment({ YTS_API_URL: 'http://a.example/api/v2/, http://b.example/api/v2' }).YTS_API_URL,
    ).toEqual(['http://a.example/api/v2', 'http://b.example/api/v2']);
  });

  it('names every fault with its source, what was read and what is allowed', () => {
    const faults = faultsOf({
      PORT: '99999',
      TMDB_API_URL: 'ftp://x',
      TORRENT_DHT: 'maybe',
      TRUSTED_PROXIES: '10.0.0.0/8, nonsense',
    });
    expect(faults).toEqual([
      'PORT (environment variable): read "99999", allowed is a number from 0 to 65535',
      'TRUSTED_PROXIES (environment variable): read "10.0.0.0/8, nonsense", allowed is addresses or CIDR ranges, separated by commas',
      'TMDB_API_URL (environment variable): read "ftp://x", allowed is an http or https address',
      'TORRENT_DHT (environment variable): read "maybe", allowed is on or off',
    ]);
  });

  it('T48 never shows a secret in a fault', () => {
    expect(faultsOf({ ADMIN_USERNAME: 'root', ADMIN_PASSWORD: 'short' }).join()).not.toContain('short');
  });

  it('wants the administrator name and password together', () => {
    expect(faultsOf({ ADMIN_USERNAME: 'root' })).toEqual([expect.stringContaining('go together')]);
  });

  it('takes a bucket for the store that is over one, and names what is missing', () => {
    const bucket = {
      S3_ENDPOINT: 'https://s3.example.org/',
      S3_BUCKET: 'films',
      S3_ACCESS_KEY_ID: 'id',
      S3_SECRET_ACCESS_KEY: 'a secret',
    };
    expect(fromEnvironment({ CHUNK_STORE: 'S3', ...bucket })).toMatchObject({
      CHUNK_STORE: 's3',
      CHUNK_MEMORY: 256e6,
      S3_ENDPOINT: 'https://s3.example.org',
      S3_REGION: 'us-east-1',
      S3_PREFIX: 'kinora',
    });
    expect(faultsOf({ CHUNK_STORE: 's3' })).toEqual([
      'CHUNK_STORE s3 needs S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY as well',
    ]);
    expect(faultsOf({ CHUNK_STORE: 'tiered' })).toEqual([]);
    expect(faultsOf({ CHUNK_STORE: 'tiered', S3_BUCKET: 'films' })).toEqual([
      'CHUNK_STORE tiered needs S3_ENDPOINT, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY as well',
    ]);
    const [fault] = faultsOf({ S3_SECRET_ACCESS_KEY: 'not\nprintable' });
    expect(fault).toContain('a value that is not shown');
    expect(faultsOf({ CHUNK_MEMORY: '1MB', S3_PREFIX: '../up' })).toHaveLength(2);
  });
});
