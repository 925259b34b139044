import { z } from 'zod';
import { logLevels } from './logging/logger.js';
import {
  type EffectiveSetting as Effective,
  readSettings,
  type SettingsSource,
} from './services/settings/effective-settings.js';
import type { SettingDefinition } from './services/settings/setting-definition.js';

// Every setting there is, in one table: name, what it means, what is allowed, and what holds without it.
// Names and defaults are promises to the outside (the project's outer contract); issue faults name them.

const setting = <T>(given: SettingDefinition<T>): SettingDefinition<T> => given;

const onOff = (fallback: boolean) =>
  z
    .string()
    .toLowerCase()
    .pipe(z.enum(['on', 'off', 'true', 'false', '1', '0', 'yes', 'no']))
    .transform((text) => ['on', 'true', '1', 'yes'].includes(text))
    .optional()
    .transform((value) => value ?? fallback);

const port = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .pipe(z.number().max(65_535));

const httpUrl = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ''));

/** A name or password in it would end up in places where addresses are shown. */
const torznabUrl = httpUrl.refine((text) => {
  const { username, password } = new URL(text);
  return username === '' && password === '';
});

const redisUrl = z.url({ protocol: /^rediss?$/ });

/** With a host and the name of a database; `?host=/run/postgresql` names a socket. */
const postgresUrl = z
  .url({ protocol: /^postgres(ql)?$/, hostname: /^.*$/ })
  .refine((text) => URL.canParse(text) && new URL(text).pathname.length > 1);

const list = (item: z.ZodType<string, string>) =>
  z
    .string()
    .transform((text) => text.split(/[\s,]+/).filter((part) => part !== ''))
    .pipe(z.array(item));

const units: Record<string, number> = {
  '': 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

const size = z
  .string()
  .toUpperCase()
  .regex(/^\d{1,12}(\.\d{1,3})?\s*([KMGT]I?B|B)?$/)
  .transform((text) => {
    const [, amount = '0', unit = ''] = /^([\d.]+)\s*(\w*)$/.exec(text) ?? [];
    return Math.round(Number(amount) * (units[unit] ?? 1));
  });

/** Uploaded over downloaded. */
const ratio = z
  .string()
  .regex(/^\d{1,3}(\.\d{1,2})?$/)
  .transform(Number);

const quietHours = z
  .string()
  .regex(/^([01]?\d|2[0-3]):[0-5]\d\s*-\s*([01]?\d|2[0-3]):[0-5]\d$/)
  .transform((text) => {
    const [from = 0, to = 0] = text.split('-').map((time) => {
      const [hours = 0, minutes = 0] = time.split(':').map(Number);
      return hours * 60 + minutes;
    });
    return { from, to };
  });

const stunServer = z.string().regex(/^stuns?:[a-z0-9.-]+(:\d{1,5})?$/i);
const trackerUrl = z.url({ protocol: /^(https?|udp|wss?)$/ });

const publicTrackers = [
  'udp://tracker.opentrackr.org:1337/announce',
  'udp://explodie.org:6969/announce',
  'udp://tracker.torrent.eu.org:451/announce',
  'udp://open.demonii.com:1337/announce',
];

const vpnPolicies = ['off', 'warn', 'require'] as const;

/** What the engine can be told to keep pieces in. */
const chunkStores = ['file', 'memory', 'encrypted', 'tiered', 's3'] as const;
const chunkStoreMeaning =
  'How pieces are kept: in files, in memory only, in encrypted files, in memory over files (over S3 when that is set), or in S3 under memory';
const withBucket = 'with CHUNK_STORE s3 or tiered';

const programMeaning = (name: string) =>
  `The program ${name}, on PATH if unset; only the doctor looks at it, for this version plays files as they are`;

export const settings = {
  HOST: setting({
    meaning: 'Address to listen on',
    allowed: 'an IP address or host name',
    group: 'server',
    schema: z.string().default('0.0.0.0'),
  }),
  PORT: setting({
    meaning: 'Port to listen on; 0 takes any free one',
    allowed: 'a number from 0 to 65535',
    group: 'server',
    question: { title: 'Port', explanation: 'Where browsers reach this server.' },
    schema: port.optional().transform((value) => value ?? 8787),
  }),
  PUBLIC_URL: setting({
    meaning: 'The address people type, when behind a proxy; with https cookies are Secure',
    allowed: 'an http or https address',
    group: 'server',
    schema: httpUrl.optional(),
  }),
  TRUSTED_PROXIES: setting({
    meaning: 'Proxies whose X-Forwarded-For is believed',
    allowed: 'addresses or CIDR ranges, separated by commas',
    group: 'server',
    schema: list(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]))
      .optional()
      .transform((value) => value ?? []),
  }),
  ALLOWED_HOSTS: setting({
    meaning: 'Names this server is reached by, besides PUBLIC_URL, addresses and local names',
    allowed: 'host names, separated by commas',
    group: 'server',
    schema: list(z.string().regex(/^[A-Za-z0-9.-]{1,253}$/))
      .optional()
      .transform((value) => value ?? []),
  }),
  DATA_DIR: setting({
    meaning: 'Where the database, secrets and pieces live',
    allowed: 'a folder that can be written',
    group: 'server',
    fixed: 'It says where the settings themselves are kept; set it as a variable or a flag.',
    schema: z.string().min(1).default('./data'),
  }),
  ADMIN_USERNAME: setting({
    meaning: 'Creates the first administrator when there is none; needs ADMIN_PASSWORD',
    allowed: '2 to 64 letters, digits, dots, dashes, underscores or @',
    group: 'accounts',
    fixed: 'It only counts on a first start; accounts are made on the page of the users.',
    schema: z
      .string()
      .regex(/^[\p{L}\p{N}._@-]{2,64}$/u)
      .optional(),
  }),
  ADMIN_PASSWORD: setting({
    meaning: 'Password of that administrator',
    allowed: '10 to 1024 characters',
    group: 'accounts',
    fixed: 'It only counts on a first start; accounts are made on the page of the users.',
    secret: true,
    schema: z.string().min(10).max(1024).optional(),
  }),
  TMDB_API_TOKEN: setting({
    meaning:
      'TMDB read access token (v4) or API key (v3); without it the catalogue is the built-in open films',
    allowed: 'a token or key as TMDB shows it',
    group: 'catalogue',
    live: true,
    question: {
      title: 'TMDB token',
      explanation:
        'With a free token of themoviedb.org (account settings, API) the catalogue is TMDB: posters, search, facts. ' +
        'Without one it is the built-in open films.',
    },
    secret: true,
    schema: z
      .string()
      .regex(/^[\w.-]{16,1024}$/)
      .optional(),
  }),
  TMDB_API_URL: setting({
    meaning: 'Where the TMDB API lives',
    allowed: 'an http or https address',
    group: 'catalogue',
    live: true,
    schema: httpUrl.optional().transform((value) => value ?? 'https://api.themoviedb.org'),
  }),
  ARCHIVE_API_URL: setting({
    meaning: 'Where the Internet Archive lives; off turns its free films off',
    allowed: 'an http or https address, or off',
    group: 'catalogue',
    live: true,
    schema: z
      .union([z.literal('off'), httpUrl])
      .optional()
      .transform((value) => value ?? 'https://archive.org'),
  }),
  YTS_API_URL: setting({
    meaning: 'Base of a YTS-compatible API, up to and without /list_movies.json; several are tried in order',
    allowed: 'http or https addresses, separated by commas',
    group: 'indexers',
    live: true,
    question: {
      title: 'YTS-compatible API',
      explanation:
        'Address of an indexer to find releases with, up to and without /list_movies.json. You answer for the right ' +
        'to what it lists. Without one only the open films can be found.',
    },
    schema: list(httpUrl)
      .optional()
      .transform((value) => value ?? []),
  }),
  TORZNAB_URLS: setting({
    meaning:
      'Torznab endpoints (Jackett, Prowlarr), each with its apikey; others can be added on the page of the indexers',
    allowed: 'http or https addresses such as http://127.0.0.1:9696/1/api?apikey=..., separated by commas',
    group: 'indexers',
    live: true,
    secret: true,
    question: {
      title: 'Torznab endpoints',
      explanation:
        'Addresses of indexers in Jackett or Prowlarr, each with its key (...?apikey=...), separated by commas. You answer ' +
        'for the right to what they list. More of them can be added later, on the page of the indexers.',
    },
    schema: list(torznabUrl)
      .optional()
      .transform((value) => value ?? []),
  }),
  VPN_POLICY: setting({
    group: 'vpn',
    live: true,
    meaning:
      'What torrent traffic needs: off = nothing, warn = nothing, but people are told, require = a verified VPN, or it stops',
    allowed: vpnPolicies.join(', '),
    choices: vpnPolicies,
    question: {
      title: 'VPN',
      explanation:
        'What torrents need: off for nothing, warn to be told when the VPN is down, require for no torrent traffic but\n' +
        'through it. Verified by the public status of NordVPN; another VPN works by VPN_INTERFACE and VPN_PROVIDER.',
    },
    schema: z
      .string()
      .toLowerCase()
      .pipe(z.enum(vpnPolicies))
      .optional()
      .transform((value) => value ?? 'off'),
  }),
  VPN_INTERFACE: setting({
    group: 'vpn',
    live: true,
    meaning:
      'Network interface of the VPN; if unset the one that carries the route to the internet, when it looks like a VPN',
    allowed: 'the name of an interface, such as tun0 or wg0',
    schema: z
      .string()
      .regex(/^[\w.@-]{1,15}$/)
      .optional(),
  }),
  VPN_PROVIDER: setting({
    group: 'vpn',
    live: true,
    meaning: 'Who confirms that the connection is protected; none trusts VPN_INTERFACE alone',
    allowed: 'nordvpn, none',
    choices: ['nordvpn', 'none'],
    schema: z
      .string()
      .toLowerCase()
      .pipe(z.enum(['nordvpn', 'none']))
      .optional()
      .transform((value) => value ?? 'nordvpn'),
  }),
  VPN_CHECK_SECONDS: setting({
    group: 'vpn',
    live: true,
    meaning: 'How often the provider is asked while all is well; a yes is good for three times that',
    allowed: 'a number of seconds from 30 to 3600',
    schema: z
      .string()
      .regex(/^\d{1,4}$/)
      .transform(Number)
      .pipe(z.number().min(30).max(3600))
      .optional()
      .transform((value) => value ?? 120),
  }),
  VPN_DNS: setting({
    group: 'vpn',
    live: true,
    meaning: 'Name servers asked through the VPN; those of the system that are not on this machine if unset',
    allowed: 'IPv4 addresses, separated by commas',
    schema: list(z.ipv4()).optional(),
  }),
  NORDVPN_API_URL: setting({
    group: 'vpn',
    live: true,
    meaning: 'Where the status API of NordVPN lives; its own hosts if unset',
    allowed: 'an http or https address',
    schema: httpUrl.optional(),
  }),
  TRAKT_CLIENT_ID: setting({
    meaning: 'Client id of an application at Trakt; with it everyone can connect their own account',
    allowed: 'an id as Trakt shows it',
    group: 'accounts',
    live: true,
    question: {
      title: 'Trakt client id',
      explanation:
        'With an application of your own at trakt.tv (Settings, Your API apps) everyone here can connect their account ' +
        'there. Without one Kinora keeps what was watched to itself.',
    },
    schema: z
      .string()
      .regex(/^[\w-]{8,128}$/)
      .optional(),
  }),
  TRAKT_CLIENT_SECRET: setting({
    meaning: 'Secret of that application',
    allowed: 'a secret as Trakt shows it',
    group: 'accounts',
    live: true,
    secret: true,
    question: {
      title: 'Trakt client secret',
      explanation: 'Shown beside the client id. Trakt is on once both are set; without an id leave it empty.',
    },
    schema: z
      .string()
      .regex(/^[\w-]{8,128}$/)
      .optional(),
  }),
  TRAKT_API_URL: setting({
    meaning: 'Where the Trakt API lives',
    allowed: 'an http or https address',
    group: 'accounts',
    live: true,
    schema: httpUrl.optional().transform((value) => value ?? 'https://api.trakt.tv'),
  }),
  TRAKT_AUTH_URL: setting({
    meaning: 'Where Trakt signs people in',
    allowed: 'an http or https address',
    group: 'accounts',
    live: true,
    schema: httpUrl.optional().transform((value) => value ?? 'https://auth.trakt.tv'),
  }),
  INDEXER_ALLOWED_HOSTS: setting({
    meaning: 'Hosts that links of indexers and web seeds may lead to although their address is private',
    allowed: 'host names or addresses, separated by commas',
    group: 'indexers',
    schema: list(z.string().regex(/^[A-Za-z0-9.:[\]-]{1,253}$/))
      .optional()
      .transform((value) => value ?? []),
  }),
  TORRENT_PORT: setting({
    meaning: 'Port for peers; any free one if unset',
    allowed: 'a number from 0 to 65535',
    group: 'torrents',
    schema: port.optional(),
  }),
  TORRENT_DHT: setting({
    meaning: 'Find peers through the DHT',
    allowed: 'on or off',
    group: 'torrents',
    schema: onOff(true),
  }),
  TORRENT_FETCH_WHOLE: setting({
    meaning:
      'Fetch the rest of a film too while somebody watches it, when the viewers have enough ahead and storage has room for all of it',
    allowed: 'on or off',
    group: 'torrents',
    schema: onOff(true),
  }),
  TORRENT_UPLOAD_LIMIT: setting({
    meaning: 'Upload to peers, per second',
    allowed: 'a size such as 500KB or 2MB',
    group: 'torrents',
    unit: 'bytes',
    schema: size.optional(),
  }),
  SEED_RATIO_TITLE: setting({
    meaning:
      'How much of a title is given back before only peers that send to us are given more; no end if unset',
    allowed: 'uploaded over downloaded, such as 1 or 1.5',
    group: 'torrents',
    schema: ratio.optional(),
  }),
  SEED_RATIO_TOTAL: setting({
    meaning: 'The same over all titles since the engine started',
    allowed: 'uploaded over downloaded, such as 1 or 1.5',
    group: 'torrents',
    schema: ratio.optional(),
  }),
  SEED_QUIET_HOURS: setting({
    meaning: 'When nothing is uploaded, by the clock of the server',
    allowed: 'two times of day, such as 23:00-07:00',
    group: 'torrents',
    schema: quietHours.optional(),
  }),
  TORRENT_DOWNLOAD_LIMIT: setting({
    meaning: 'Download from peers, per second',
    allowed: 'a size such as 500KB or 2MB',
    group: 'torrents',
    unit: 'bytes',
    schema: size.optional(),
  }),
  TORRENT_WEBRTC: setting({
    meaning:
      'Speak to WebRTC peers too, such as browsers, found through WebSocket trackers; never while a tunnel or the lack of one confines torrents',
    allowed: 'on or off',
    group: 'torrents',
    schema: onOff(false),
  }),
  TORRENT_STUN_SERVERS: setting({
    meaning: 'Servers that tell the torrent engine its own address, for WebRTC peers behind routers',
    allowed: 'addresses such as stun:stun.example.org:3478, separated by commas',
    group: 'torrents',
    schema: list(stunServer)
      .optional()
      .transform((value) => value ?? []),
  }),
  TORRENT_ALLOW_PRIVATE_PEERS: setting({
    meaning: 'Let the torrent engine talk to loopback and private addresses',
    allowed: 'on or off',
    group: 'torrents',
    schema: onOff(false),
  }),
  TORRENT_TRACKERS: setting({
    meaning: 'Trackers asked for every torrent that is not private',
    allowed: 'udp, http, https, ws or wss addresses, separated by commas',
    group: 'torrents',
    live: true,
    schema: list(trackerUrl)
      .optional()
      .transform((value) => value ?? publicTrackers),
  }),
  AUDIT_RETENTION_DAYS: setting({
    meaning: 'How long audit events are kept; of more than 200,000 the oldest go earlier',
    allowed: 'a number of days from 1 to 3650',
    group: 'accounts',
    live: true,
    schema: z
      .string()
      .regex(/^\d{1,4}$/)
      .transform(Number)
      .pipe(z.number().min(1).max(3650))
      .optional()
      .transform((value) => value ?? 90),
  }),
  DATABASE_URL: setting({
    meaning:
      'A PostgreSQL, which several servers may share; a SQLite file in DATA_DIR (kinora.sqlite) if unset',
    allowed: 'an address such as postgres://user:password@127.0.0.1:5432/kinora, or sqlite:',
    group: 'database',
    secret: true,
    keptInFile: true,
    question: {
      title: 'Database',
      explanation:
        'The file of its own is right for one server. For several, or where a PostgreSQL is looked after anyway, its\n' +
        'address: postgres://user:password@host:5432/name. Another database begins empty, with the first account made anew.',
    },
    schema: z
      .union([z.literal('sqlite:'), postgresUrl])
      .optional()
      .transform((value) => (value === 'sqlite:' ? undefined : value)),
  }),
  CACHE_URL: setting({
    meaning:
      'Redis or Valkey, over which several servers share what they remember and their rate limits; memory alone if unset',
    allowed: 'a redis or rediss address',
    group: 'cache',
    live: true,
    secret: true,
    question: {
      title: 'Redis or Valkey',
      explanation:
        'For several servers that share their limits, or to remember over a restart: an address such as\n' +
        'redis://127.0.0.1:6379. One server does well without.',
    },
    schema: redisUrl.optional(),
  }),
  CHUNK_STORE: setting({
    meaning: chunkStoreMeaning,
    allowed: chunkStores.join(', '),
    choices: chunkStores,
    group: 'storage',
    schema: z
      .string()
      .toLowerCase()
      .pipe(z.enum(chunkStores))
      .optional()
      .transform((value) => value ?? 'file'),
  }),
  CHUNK_MEMORY: setting({
    meaning: 'Memory for pieces, with CHUNK_STORE memory, tiered or s3',
    allowed: 'a size from 16MB to 64GB',
    group: 'storage',
    unit: 'bytes',
    schema: size
      .pipe(z.number().min(16e6).max(64e9))
      .optional()
      .transform((value) => value ?? 256e6),
  }),
  S3_ENDPOINT: setting({
    meaning: `Where the S3 service lives, without the bucket; ${withBucket}`,
    allowed: 'an http or https address',
    group: 'storage',
    schema: httpUrl.optional(),
  }),
  S3_BUCKET: setting({
    meaning: `The bucket for pieces, which several servers may share; ${withBucket}`,
    allowed: '3 to 63 lower-case letters, digits, dots and dashes',
    group: 'storage',
    schema: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)
      .optional(),
  }),
  S3_REGION: setting({
    meaning: 'Region of the bucket',
    allowed: 'letters, digits and dashes',
    group: 'storage',
    schema: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,64}$/)
      .default('us-east-1'),
  }),
  S3_PREFIX: setting({
    meaning: 'What the names of our objects in the bucket begin with',
    allowed: 'letters, digits, dots, dashes, underscores and slashes between them',
    group: 'storage',
    schema: z
      .string()
      .regex(/^\w[\w.-]*(\/\w[\w.-]*)*$/)
      .max(200)
      .default('kinora'),
  }),
  S3_ACCESS_KEY_ID: setting({
    meaning: `Name of the key to the bucket; ${withBucket}`,
    allowed: '1 to 256 printable characters',
    group: 'storage',
    schema: z
      .string()
      .regex(/^[\x21-\x7e]{1,256}$/)
      .optional(),
  }),
  S3_SECRET_ACCESS_KEY: setting({
    meaning: `The key to the bucket; ${withBucket}`,
    allowed: '1 to 256 printable characters',
    group: 'storage',
    secret: true,
    schema: z
      .string()
      .regex(/^[\x20-\x7e]{1,256}$/)
      .optional(),
  }),
  STORAGE_LIMIT: setting({
    meaning: 'How much the pieces of all torrents may take; the least recently watched goes first',
    allowed: 'a size such as 500MB or 20GB',
    group: 'storage',
    live: true,
    unit: 'bytes',
    schema: size.optional().transform((value) => value ?? 20e9),
  }),
  S3_LIMIT: setting({
    meaning:
      'How much the bucket may hold, of all servers together; the least recently used goes first. As much as comes if unset',
    allowed: 'a size such as 500MB or 2000GB',
    group: 'storage',
    unit: 'bytes',
    schema: size.optional(),
  }),
  STORAGE_MIN_FREE: setting({
    meaning: 'How much of the disk stays free for everything else',
    allowed: 'a size such as 500MB or 2GB',
    group: 'storage',
    live: true,
    unit: 'bytes',
    schema: size.optional().transform((value) => value ?? 1e9),
  }),
  FFMPEG_PATH: setting({
    meaning: programMeaning('ffmpeg'),
    allowed: 'a path or a name',
    group: 'playback',
    schema: z.string().min(1).optional(),
  }),
  FFPROBE_PATH: setting({
    meaning: programMeaning('ffprobe'),
    allowed: 'a path or a name',
    group: 'playback',
    schema: z.string().min(1).optional(),
  }),
  LOG_LEVEL: setting({
    meaning: 'How much is logged',
    allowed: logLevels.join(', '),
    choices: logLevels,
    group: 'server',
    live: true,
    schema: z
      .string()
      .toLowerCase()
      .pipe(z.enum(logLevels))
      .optional()
      .transform((value) => value ?? 'info'),
  }),
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
