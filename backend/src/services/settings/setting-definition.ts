import type { z } from 'zod';

/** What belongs together on the settings page, in the order to show. */
export const settingGroups = [
  'catalogue',
  'indexers',
  'watching',
  'vpn',
  'torrents',
  'storage',
  'playback',
  'database',
  'cache',
  'server',
  'accounts',
] as const;
export type SettingGroup = (typeof settingGroups)[number];

/** What people call them. */
export const settingGroupTitles: Readonly<Record<SettingGroup, string>> = {
  catalogue: 'Catalogue',
  indexers: 'Indexers',
  watching: 'Watch history',
  vpn: 'VPN',
  torrents: 'Torrents',
  storage: 'Storage',
  playback: 'Playback',
  database: 'Database',
  cache: 'Cache',
  server: 'Server',
  accounts: 'Accounts and audit',
};

/** One setting. From it come validation, the page of the docs, `kinora config`, the set-up and the settings page. */
export interface SettingDefinition<T = unknown> {
  /** For people: what it is called. */
  title: string;
  /** For people: what it does. */
  meaning: string;
  /** For people: what may be written. */
  allowed: string;
  group: SettingGroup;
  /** Never printed. */
  secret?: true;
  /** What a number counts. */
  unit?: 'bytes';
  /** All that may be chosen, where that is few. */
  choices?: readonly string[];
  /** A change on the settings page holds at once: a part follows it in app.ts. All others hold from the next start on. */
  live?: true;
  /** Why it cannot be changed on the settings page, for what is needed before the database is open. */
  fixed?: string;
  /** Kept in the configuration file when it is changed on the settings page: it is needed before the database is open. */
  keptInFile?: true;
  /**
   * Asked in the set-up, in the terminal and in the browser, with these words: what it is good for, where one
   * gets it, and what is without it.
   */
  question?: string;
  /** From the text as written, or from its absence. */
  schema: z.ZodType<T, string | undefined>;
}

export type SettingDefinitions = Readonly<Record<string, SettingDefinition>>;

/** Keeps the type of the value. */
export const setting = <T>(given: SettingDefinition<T>): SettingDefinition<T> => given;
