import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeConfiguration } from '../cli/config.command.js';
import { Database } from '../database/database.js';
import { TextSealer } from '../encryption/sealed-text.js';
import { loadSecrets } from '../encryption/secrets.js';
import { SettingRepository } from '../repositories/setting.repository.js';
import { withStoredSettings } from './configuration-stored.js';

let folder: string;
const warnings: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kinora-stored-'));
  warnings.length = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const sources = () => [
  { label: 'environment variable', values: { DATA_DIR: folder, LOG_LEVEL: 'warn' } },
  { label: 'kinora.json', values: { STORAGE_LIMIT: '1GB' }, belowStored: true as const },
];
const gathered = () => withStoredSettings(sources(), (warning) => warnings.push(warning));
const lines = async (): Promise<string[]> =>
  describeConfiguration(await gathered())
    .split('\n')
    .map((line) => line.replaceAll(/ {2,}/g, ' | '));

async function store(change: (sealer: TextSealer) => Record<string, { value: string; sealed: boolean }>) {
  const { refreshKey } = await loadSecrets(path.join(folder, 'secrets'));
  const database = await Database.open(path.join(folder, 'kinora.sqlite'));
  const changes = Object.entries(change(new TextSealer(refreshKey))).map(([name, { value, sealed }]) => ({
    name,
    before: null,
    after: value,
    sealed,
  }));
  const revision = { at: new Date(), authorId: 'a', authorName: 'ada', undoes: null, changes };
  await new SettingRepository(database).change(revision);
  await database.close();
}

it('kinora config shows what the settings page holds: below variables, above the file, secrets masked', async () => {
  await store((sealer) => ({
    LOG_LEVEL: { value: 'debug', sealed: false },
    STORAGE_LIMIT: { value: '2GB', sealed: false },
    TMDB_API_TOKEN: { value: sealer.seal('a-token-of-no-service', 'setting TMDB_API_TOKEN'), sealed: true },
    GONE: { value: 'x', sealed: false },
    DATA_DIR: { value: '/elsewhere', sealed: false },
  }));
  const shown = await lines();
  expect(shown).toContain('LOG_LEVEL | warn | environment variable');
  expect(shown).toContain('STORAGE_LIMIT | 2000000000 | settings page');
  expect(shown).toContain('TMDB_API_TOKEN | (secret, set) | settings page');
  expect(shown).toContain(`DATA_DIR | ${folder} | environment variable`);
  expect(warnings).toEqual([]);
});

it('makes nothing where there is no database, and does without what it cannot read', async () => {
  expect(await gathered()).toEqual(sources());
  expect(await readdir(folder)).toEqual([]);
  await store(() => ({ TMDB_API_TOKEN: { value: 'v1.AAAA', sealed: true } }));
  expect(await lines()).toContain('TMDB_API_TOKEN | - | default');
  expect(warnings).toEqual(['Set on the settings page, but sealed by other keys: TMDB_API_TOKEN.']);
  await rm(path.join(folder, 'secrets'), { recursive: true });
  expect(await gathered()).toEqual(sources());
  expect(warnings.at(-1)).toContain('What was set on the settings page cannot be read');
});
