import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ConfigurationError, type SettingsSource, settings } from '../configuration.js';
import { fileErrorCode } from '../encryption/atomic-file.js';
import { nearestName } from '../services/settings/nearest-name.js';
import { settingText } from '../services/settings/setting-text.js';
import { configurationFileName } from './configuration-file.js';

/** Values by setting name, as texts; undefined and empty count as unset. */
export type SettingTexts = Readonly<Record<string, string | undefined>>;

/** What `readConfiguration` is given, and what the operator should hear about besides. */
export interface GivenSettings {
  /** The strongest first. */
  sources: SettingsSource[];
  warnings: string[];
}

const names = Object.keys(settings);
const secretNames = Object.entries(settings)
  .filter(([, setting]) => 'secret' in setting)
  .map(([name]) => name);
const longestSecretBytes = 64 * 1024;

/**
 * Collects the settings from where they may be: flags, the environment with its `*_FILE` variants for secrets, and
 * kinora.json in DATA_DIR, in this order.
 * @throws ConfigurationError with every file that cannot be read or used
 */
export function gatherSettings(flags: SettingTexts, environment: SettingTexts): GivenSettings {
  const faults: string[] = [];
  const sources: SettingsSource[] = [
    { label: 'command line', values: flags },
    { label: 'environment variable', values: pick(environment, names) },
    ...secretFiles(environment, faults),
  ];
  const dataDir = sources.map(({ values }) => values['DATA_DIR'] ?? '').find((text) => text !== '');
  const file = path.join(path.resolve(dataDir ?? './data'), configurationFileName);
  sources.push(...configurationFile(file, faults));
  if (faults.length > 0) throw new ConfigurationError(faults);
  return { sources, warnings: [...strangeVariables(environment), ...openFile(file)] };
}

/** `X_FILE` names a file that holds the secret `X`, as container secrets are handed over. */
function secretFiles(environment: SettingTexts, faults: string[]): SettingsSource[] {
  return secretNames.flatMap((name) => {
    const file = environment[`${name}_FILE`] ?? '';
    if (file === '') return [];
    if ((environment[name] ?? '') !== '') {
      faults.push(`${name} and ${name}_FILE (environment variables): both are set, allowed is one of them`);
      return [];
    }
    const read = readSecret(file);
    if ('text' in read) return [{ label: `file named by ${name}_FILE`, values: { [name]: read.text } }];
    faults.push(
      `${name}_FILE (environment variable): read ${JSON.stringify(file)}, which cannot be used (${read.reason})`,
    );
    return [];
  });
}

function readSecret(file: string): { text: string } | { reason: string } {
  try {
    if (statSync(file).size > longestSecretBytes) return { reason: 'it is far too long for a secret' };
    const text = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    return text === '' ? { reason: 'it is empty' } : { text };
  } catch (error) {
    return { reason: fileErrorCode(error) ?? 'unknown reason' };
  }
}

const fileSchema = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()]),
);

/**
 * A name that nobody knows is a fault here, unlike in the environment: the file is ours alone, and a misspelt
 * protection that is silently off would be worse than a start refused.
 */
function configurationFile(file: string, faults: string[]): SettingsSource[] {
  let content: z.infer<typeof fileSchema>;
  try {
    content = fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const reason = fileErrorCode(error);
    // No folder yet, or something else of that name: the data folder's own check has the better message.
    if (reason === 'ENOENT' || reason === 'ENOTDIR') return [];
    faults.push(
      reason === 'EACCES'
        ? `${file}: cannot be read (EACCES); it must belong to the user that runs Kinora`
        : `${file}: is not a JSON object of settings, such as { "PORT": 8787, "TORRENT_DHT": false }`,
    );
    return [];
  }
  for (const name of Object.keys(content)) {
    if (name === 'DATA_DIR') faults.push(`DATA_DIR (${file}): cannot be set in the file that lies in it`);
    else if (!names.includes(name)) faults.push(`${name} (${file}): is no setting${meant(name)}`);
  }
  const values = Object.fromEntries(
    Object.entries(content).map(([name, value]) => [name, settingText(value)]),
  );
  return [{ label: file, values, belowStored: true }];
}

/** A warning, not a fault: orchestrators put variables such as KINORA_PORT there for a service of that name. */
function strangeVariables(environment: SettingTexts): string[] {
  const prefixed = Object.keys(environment).filter((name) => name.startsWith('KINORA_'));
  const files = Object.keys(environment).filter(
    (name) => name.endsWith('_FILE') && names.includes(name.slice(0, -5)),
  );
  return [
    ...prefixed.map((name) => `${name} (environment variable) is no setting${meant(name)}; it is ignored.`),
    ...files
      .filter((name) => !secretNames.includes(name.slice(0, -5)))
      .map((name) => `${name} (environment variable) is ignored: only secrets are read from files.`),
  ];
}

/** The file may hold secrets. */
function openFile(file: string): string[] {
  try {
    if ((statSync(file).mode & 0o077) === 0) return [];
  } catch {
    return [];
  }
  return [`${file} can be read by other users of this machine. Run: chmod 600 ${file}`];
}

function meant(name: string): string {
  const nearest = nearestName(name.replace(/^KINORA_/, ''), names);
  return nearest === null ? '' : `; did you mean ${nearest}?`;
}

function pick(values: SettingTexts, wanted: readonly string[]): SettingTexts {
  return Object.fromEntries(wanted.map((name) => [name, values[name]]));
}
