import path from 'node:path';
import { readConfiguration, type SettingsSource, settings } from '../configuration.js';
import {
  DatabaseCorruptError,
  DatabaseUnreachableError,
  DatabaseUnwritableError,
} from '../database/database.errors.js';
import { peek } from '../database/peek.js';
import { TextSealer } from '../encryption/sealed-text.js';
import { loadSecrets, SecretsError } from '../encryption/secrets.js';
import { SettingRepository } from '../repositories/setting.repository.js';
import { withStored } from '../services/settings/effective-settings.js';
import { openSettings } from '../services/settings/stored-settings.js';

/**
 * The sources with what administrators have changed among them, for commands that look at what holds beside the server.
 * What cannot be read is left out with a warning: the commands that ask are those that help when something is broken.
 * @throws ConfigurationError
 */
export async function withStoredSettings(
  sources: readonly SettingsSource[],
  warn: (text: string) => void,
): Promise<SettingsSource[]> {
  const { DATA_DIR, DATABASE_URL } = readConfiguration(sources);
  const root = path.resolve(DATA_DIR);
  try {
    const rows = await peek(DATABASE_URL ?? path.join(root, 'kinora.sqlite'), (store) =>
      new SettingRepository(store).list(),
    );
    if (rows === null || rows.length === 0) return [...sources];
    const { refreshKey } = await loadSecrets(path.join(root, 'secrets'), { mayCreate: false });
    const { values, unopened } = openSettings(rows, new TextSealer(refreshKey), settings);
    if (unopened.length > 0)
      warn(`Set on the settings page, but sealed by other keys: ${unopened.join(', ')}.`);
    return withStored(sources, values);
  } catch (error) {
    const isForeseen = [
      DatabaseCorruptError,
      DatabaseUnwritableError,
      DatabaseUnreachableError,
      SecretsError,
    ].some((type) => error instanceof type);
    if (!isForeseen || !(error instanceof Error)) throw error;
    warn(`What was set on the settings page cannot be read: ${error.message}`);
    return [...sources];
  }
}
