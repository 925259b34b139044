import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileErrorCode, writePrivateFile } from '../encryption/atomic-file.js';
import { settingText } from '../services/settings/setting-text.js';
import type { SettingsFile } from '../services/settings/settings-file.js';

/** The configuration file's name in DATA_DIR. */
export const configurationFileName = 'kinora.json';

/** kinora.json (0600), found sound when the process started. */
export class ConfigurationFile implements SettingsFile {
  readonly name: string;

  constructor(dataDir: string) {
    this.name = path.join(dataDir, configurationFileName);
  }

  async read(): Promise<Record<string, string>> {
    const texts = Object.entries(await this.content()).map(([name, value]) => [name, settingText(value)]);
    return Object.fromEntries(texts.filter(([, text]) => text !== '')) as Record<string, string>;
  }

  async write(changes: Readonly<Record<string, string | null>>): Promise<void> {
    const after = Object.entries({ ...(await this.content()), ...changes });
    const kept = Object.fromEntries(after.filter(([, value]) => value !== null));
    await writePrivateFile(this.name, `${JSON.stringify(kept, null, 2)}\n`);
  }

  private async content(): Promise<Record<string, string | number | boolean | string[] | null>> {
    try {
      return JSON.parse(await readFile(this.name, 'utf8')) as Record<string, string | null>;
    } catch (error) {
      if (fileErrorCode(error) === 'ENOENT') return {};
      throw error;
    }
  }
}
