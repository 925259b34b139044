import { z } from 'zod';
import type { Database } from '../database/database.js';
import { TextSealer } from '../encryption/sealed-text.js';
import { SettingRepository } from '../repositories/setting.repository.js';
import type { AuditLogService } from '../services/audit/audit-log.service.js';
import { readSettings, type SettingsSource } from '../services/settings/effective-settings.js';
import type { Finding } from '../services/settings/finding.js';
import { LiveSettings } from '../services/settings/live-settings.js';
import type { SettingCheck } from '../services/settings/setting-check.js';
import type { SettingDefinition } from '../services/settings/setting-definition.js';
import { SettingsService } from '../services/settings/settings.service.js';
import type { SettingsFile } from '../services/settings/settings-file.js';

const definitions = {
  TOKEN: {
    title: 'A token',
    meaning: 'A token',
    allowed: 'four to sixteen letters',
    group: 'catalogue',
    live: true,
    secret: true,
    schema: z
      .string()
      .regex(/^[a-z]{4,16}$/)
      .optional(),
  },
  ADDRESSES: {
    title: 'Addresses',
    meaning: 'Addresses',
    allowed: 'addresses, separated by commas',
    group: 'indexers',
    live: true,
    schema: z
      .string()
      .transform((text) => text.split(','))
      .pipe(z.array(z.url()))
      .optional()
      .transform((value) => value ?? []),
  },
  LEVEL: {
    title: 'How much',
    meaning: 'How much',
    allowed: 'low or high',
    group: 'server',
    live: true,
    choices: ['low', 'high'],
    schema: z
      .enum(['low', 'high'])
      .optional()
      .transform((value) => value ?? 'low'),
  },
  PORT: {
    title: 'Where',
    meaning: 'Where',
    allowed: 'a number',
    group: 'server',
    schema: z
      .string()
      .regex(/^\d+$/)
      .optional()
      .transform((text) => Number(text ?? 80)),
  },
  FOLDER: {
    title: 'Where it lies',
    meaning: 'Where it lies',
    allowed: 'a path',
    group: 'server',
    fixed: 'It is needed first.',
    schema: z
      .string()
      .optional()
      .transform((text) => text ?? './data'),
  },
  STORE: {
    title: 'Where the settings lie',
    meaning: 'Where the settings lie',
    allowed: 'an address',
    group: 'server',
    secret: true,
    keptInFile: true,
    schema: z.url().optional(),
  },
} satisfies Record<string, SettingDefinition>;

/** As kinora.json, without a disk. */
class MemoryFile implements SettingsFile {
  readonly name = 'the file';

  constructor(private readonly content: Record<string, string>) {}

  read(): Promise<Record<string, string>> {
    return Promise.resolve({ ...this.content });
  }

  write(changes: Readonly<Record<string, string | null>>): Promise<void> {
    for (const [name, text] of Object.entries(changes)) {
      if (text === null) Reflect.deleteProperty(this.content, name);
      else this.content[name] = text;
    }
    return Promise.resolve();
  }
}

type SmallConfiguration = { [K in keyof typeof definitions]: z.infer<(typeof definitions)[K]['schema']> };

export interface SettingsWorldOptions {
  database: Database;
  audit: AuditLogService;
  now?: () => Date;
  sources?: SettingsSource[];
  /** What the check of the token says of one. */
  checkToken?: (token: string | undefined) => Finding[];
  /** What the configuration file says. */
  inFile?: Record<string, string>;
}

/** The settings service over a table of a few settings. */
export function openSettingsWorld({
  database,
  audit,
  now = () => new Date(),
  sources = [],
  checkToken = () => [],
  inFile = {},
}: SettingsWorldOptions) {
  const read = (given: readonly SettingsSource[]): SmallConfiguration => {
    const { settings } = readSettings<keyof typeof definitions>(definitions, given);
    const values = settings.map(({ name, value }) => [name, value] as const);
    return Object.fromEntries(values) as SmallConfiguration;
  };
  const live = new LiveSettings(read(sources), 10);
  const checks: SettingCheck<SmallConfiguration>[] = [
    { group: 'catalogue', names: ['TOKEN'], run: ({ TOKEN }) => Promise.resolve(checkToken(TOKEN)) },
  ];
  const repository = new SettingRepository(database);
  const settings = new SettingsService({
    definitions,
    sources,
    read,
    checks,
    live,
    settings: repository,
    file: new MemoryFile(inFile),
    sealer: new TextSealer(Buffer.alloc(32, 5)),
    audit,
    now,
  });
  return { settings, live, repository };
}
