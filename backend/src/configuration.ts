import type { z } from 'zod';
import { accountSettings } from './configuration/account.settings.js';
import { catalogueSettings } from './configuration/catalogue.settings.js';
import { databaseSettings } from './configuration/database.settings.js';
import { indexerSettings } from './configuration/indexer.settings.js';
import { programSettings } from './configuration/program.settings.js';
import { serverSettings } from './configuration/server.settings.js';
import { storageSettings } from './configuration/storage.settings.js';
import { torrentSettings } from './configuration/torrent.settings.js';
import { traktSettings } from './configuration/trakt.settings.js';
import { vpnSettings } from './configuration/vpn.settings.js';
import {
  type EffectiveSetting as Effective,
  readSettings,
  type SettingsSource,
} from './services/settings/effective-settings.js';

/**
 * Every setting there is: name, what it means, what is allowed, and what holds without it. Names and defaults
 * are promises to the outside (the project's outer contract); issue faults name them. The set-up asks in this order.
 */
export const settings = {
  ...serverSettings,
  ...accountSettings,
  ...catalogueSettings,
  ...indexerSettings,
  ...vpnSettings,
  ...traktSettings,
  ...torrentSettings,
  ...databaseSettings,
  ...storageSettings,
  ...programSettings,
};

export type SettingName = keyof typeof settings;
export type Configuration = { readonly [K in SettingName]: z.infer<(typeof settings)[K]['schema']> };

export type { SettingsSource };

/** One or more settings are wrong. The message has a line for each: where it was read, what was read, what is allowed. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  constructor(readonly faults: readonly string[]) {
    super(
      `The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
  }
}

export type EffectiveSetting = Effective<SettingName>;

/**
 * Reads the configuration: of each setting the first source that has it counts, an empty text counting as
 * absent. Pure; all faults are reported at once.
 * @throws ConfigurationError
 */
export function readConfiguration(sources: readonly SettingsSource[]): Configuration {
  const values = effectiveSettings(sources).map(({ name, value }) => [name, value] as const);
  return Object.freeze(Object.fromEntries(values) as Configuration);
}

/** The same with the origin of each value, in the order of the table. @throws ConfigurationError */
export function effectiveSettings(sources: readonly SettingsSource[]): EffectiveSetting[] {
  const { settings: effective, faults } = readSettings(settings, sources);
  const texts = faults.map(({ text }) => text);
  const isSet = (name: SettingName) =>
    effective.some((setting) => setting.name === name && setting.value !== undefined);
  if (texts.length === 0 && isSet('ADMIN_USERNAME') !== isSet('ADMIN_PASSWORD')) {
    texts.push('ADMIN_USERNAME and ADMIN_PASSWORD go together: one is set, the other is missing');
  }
  if (texts.length === 0) texts.push(...bucketFaults(effective, isSet));
  if (texts.length > 0) throw new ConfigurationError(texts);
  return effective;
}

const bucketSettings = ['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const;

function bucketFaults(
  effective: readonly EffectiveSetting[],
  isSet: (name: SettingName) => boolean,
): string[] {
  const kind = effective.find(({ name }) => name === 'CHUNK_STORE')?.value;
  const missing = bucketSettings.filter((name) => !isSet(name));
  const isWanted = kind === 's3' || (kind === 'tiered' && missing.length < bucketSettings.length);
  if (!isWanted || missing.length === 0) return [];
  return [`CHUNK_STORE ${kind} needs ${missing.join(', ')} as well`];
}
