import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FilmOptions, type FilmVariant, prepareFilm } from './film/film.js';
import { findRequirements } from './requirements.js';
import { createArchiveStandIn } from './stand-ins/archive.stand-in.js';
import { type ArchiveItem, prepareArchiveItem } from './stand-ins/archive-item.js';
import { type NordVpnControl, NordVpnStandIn } from './stand-ins/nordvpn.stand-in.js';
import type { StandIn, StandInControl } from './stand-ins/stand-in.js';
import { createTmdbStandIn, TMDB_TOKEN } from './stand-ins/tmdb.stand-in.js';
import { createTorznabStandIn } from './stand-ins/torznab.stand-in.js';
import { TRAKT_CLIENT, type TraktControl, TraktStandIn } from './stand-ins/trakt.stand-in.js';
import { createYtsStandIn, YTS_API_PATH } from './stand-ins/yts.stand-in.js';
import { type DemoPack, preparePack } from './swarm/pack.js';
import { Seeder } from './swarm/seeder.js';
import { magnetLink, prepareRelease, torrentFile } from './swarm/torrent-file.js';
import { Tracker } from './swarm/tracker.js';

export interface DemoWorldOptions {
  /** Generated films and their hashes are kept here between runs. */
  cacheDir: string;
  /** Address of this machine where everything listens and is reached; loopback unless told. */
  host?: string;
  /** Bytes a second of each seeder, all peers together, so that the film does not arrive at once; no limit unless told. */
  uploadBytesPerSecond?: number;
  film?: FilmOptions;
  /** Also two episodes of a series, which the Torznab stand-in knows. */
  withEpisodes?: boolean;
  /** Hears one line for each step that takes time. */
  log?: (line: string) => void;
  /** Ends the making of the film. */
  signal?: AbortSignal;
}

/** A release that can really be downloaded. */
export interface DemoFilm {
  title: string;
  imdbId: string;
  tmdbId: number;
  /** As the YTS-compatible stand-in lists it. */
  quality: string;
  variant: FilmVariant;
  /** Name of the torrent. */
  torrentName: string;
  /** The .torrent file. */
  torrent: Uint8Array;
  /** 40 lower-case hex digits. */
  infoHash: string;
  magnet: string;
  /** The film on the seeders' disk. */
  filePath: string;
  durationSeconds: number;
  /** Of the film alone, bytes. */
  sizeBytes: number;
}

export interface DemoSwarm {
  readonly seeders: readonly Seeder[];
  /** Takes every seeder out of the swarm; `start` brings them back. */
  stop(): Promise<void>;
  /** Starts the seeders that do not run, and waits until the tracker knows them. */
  start(): Promise<void>;
  /** @param bytesPerSecond for each seeder; null = no limit */
  setUploadRate(bytesPerSecond: number | null): void;
}

export interface DemoWorld {
  /** Exactly what the server has to be started with. */
  environment: Record<string, string>;
  /** In order: Big Buck Bunny, Sintel, then Tears of Steel twice. */
  films: readonly DemoFilm[];
  /** Of a series; found by the Torznab stand-in. */
  pack: DemoPack;
  /** At the Archive alone: no peer has it, its web server does. */
  archiveItem: ArchiveItem;
  providers: {
    tmdb: StandInControl;
    trakt: TraktControl;
    yts: StandInControl;
    nordvpn: NordVpnControl;
    archive: StandInControl;
    /** Not in the environment: an administrator adds it. */
    torznab: StandInControl;
  };
  tracker: Tracker;
  swarm: DemoSwarm;
  /** Ends every server and process of this world. */
  stop(): Promise<void>;
}

/** Elephants Dream is missing on purpose: all its sources have invented hashes, so playing it has to wait. */
const RELEASES = [
  {
    title: 'Big Buck Bunny',
    year: 2008,
    imdbId: 'tt1254207',
    tmdbId: 10378,
    quality: '1080p',
    variant: 'index-first',
  },
  {
    title: 'Sintel',
    year: 2010,
    imdbId: 'tt1727587',
    tmdbId: 45745,
    quality: '1080p',
    variant: 'index-last',
  },
  {
    title: 'Tears of Steel',
    year: 2012,
    imdbId: 'tt2285752',
    tmdbId: 133701,
    quality: '1080p',
    variant: 'index-first',
  },
  {
    title: 'Tears of Steel',
    year: 2012,
    imdbId: 'tt2285752',
    tmdbId: 133701,
    quality: '720p',
    variant: 'index-last',
  },
] as const;

/** The end of one season and the beginning of the next. */
const EPISODES = ['S01E06', 'S02E01'].map((code) => ({
  title: `Open Reel Stories ${code}`,
  imdbId: 'tt99900001',
  tmdbId: 990_001,
  quality: '720p',
  variant: 'index-first' as const,
  torrentName: `Open.Reel.Stories.${code}.720p.WEB.x264.AAC-KINORA`,
}));

/** Where the demo keeps its film; tests and benchmarks that use it too need not make it again. */
export const DEMO_CACHE = fileURLToPath(new URL('../.cache', import.meta.url));

const SEEDERS_FOLDER = fileURLToPath(new URL('../seeders', import.meta.url));
const ANNOUNCE_DEADLINE_MS = 15_000;

/**
 * Starts the self-contained world: stand-ins of the providers, a tracker, seeders, the film. All of it on one address.
 * Errors: `MissingRequirementError` without ffmpeg or libtorrent's Python binding.
 */
export async function startDemoWorld(options: DemoWorldOptions): Promise<DemoWorld> {
  const started: { stop(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    for (const part of started.splice(0).reverse()) await part.stop();
  };
  const begin = async <T extends { start(): Promise<void>; stop(): Promise<void> }>(part: T): Promise<T> => {
    started.push(part);
    await part.start();
    return part;
  };

  try {
    const { python } = await findRequirements();
    const host = options.host ?? '127.0.0.1';
    const tracker = await begin(new Tracker(host));
    const { films, episodes, pack, item } = await prepareFilms(options, tracker.announceUrl);
    options.log?.('starting the seeders');
    const seeded = [...films, ...episodes];
    const swarm = await begin(createSwarm({ films: seeded, pack, tracker, python, options }));
    const providers = {
      tmdb: await begin(createTmdbStandIn().at(host)),
      trakt: await begin(new TraktStandIn().at(host)),
      yts: await begin(
        createYtsStandIn(films.map((film) => ({ ...film, torrentFile: film.torrent }))).at(host),
      ),
      nordvpn: await begin(new NordVpnStandIn().at(host)),
      archive: await begin(createArchiveStandIn(item).at(host)),
      torznab: await begin(
        createTorznabStandIn(
          [...films, ...episodes].map((film) => ({ ...film, torrentFile: film.torrent })),
          // One way to have episodes at a time: alone, or in a pack.
          options.withEpisodes ? [] : [{ ...pack, torrentFile: pack.torrent }],
        ).at(host),
      ),
    };
    const environment = environmentFor(providers, tracker, host);
    return { environment, films, pack, archiveItem: item, providers, tracker, swarm, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function prepareFilms(options: DemoWorldOptions, announceUrl: string) {
  const cacheDir = resolve(options.cacheDir);
  const film = await prepareFilm(cacheDir, options.film, options);
  const parentFolder = join(cacheDir, `releases-${film.version}`);
  await mkdir(parentFolder, { recursive: true });
  const item = await prepareArchiveItem({ film: film.files['index-last'], parentFolder });
  const named = RELEASES.map((release) => {
    const name = `${release.title.replaceAll(' ', '.')}.${release.year}.${release.quality}.WEB.x264.AAC-KINORA`;
    return { ...release, torrentName: name };
  });
  const lay = async (
    wanted: readonly (typeof EPISODES)[number][] | typeof named,
  ): Promise<PreparedFilm[]> => {
    const laid: PreparedFilm[] = [];
    for (const { title, imdbId, tmdbId, quality, variant, torrentName } of wanted) {
      const release = await prepareRelease({ name: torrentName, film: film.files[variant], parentFolder });
      laid.push({
        ...{ title, imdbId, tmdbId, quality, variant, torrentName, parentFolder },
        torrent: torrentFile(release.info, announceUrl),
        infoHash: release.infoHash,
        magnet: magnetLink(release, announceUrl),
        filePath: release.filmPath,
        durationSeconds: film.durationSeconds,
        sizeBytes: film.sizes[variant],
      });
    }
    return laid;
  };
  const films = await lay(named);
  const episodes = options.withEpisodes ? await lay(EPISODES) : [];
  const pack = await preparePack({
    // Two files that differ, so that the wrong one is noticed.
    episodes: new Map([
      [1, film.files['index-first']],
      [2, film.files['index-last']],
    ]),
    ...{ parentFolder, announceUrl },
  });
  return { films, episodes, pack, item };
}

type PreparedFilm = DemoFilm & { parentFolder: string };

/** One libtorrent for everything, and WebTorrent beside it for the first film. */
function createSwarm(needs: {
  films: readonly PreparedFilm[];
  pack: DemoPack;
  tracker: Tracker;
  python: string;
  options: DemoWorldOptions;
}): DemoSwarm {
  const { films, pack, tracker, python, options } = needs;
  const torrents = [...films, pack].map(({ parentFolder, infoHash, torrent }) => ({
    folder: parentFolder,
    infoHash,
    torrent,
  }));
  const uploadBytesPerSecond = options.uploadBytesPerSecond ?? null;
  const seeders = [
    new Seeder({
      software: 'libtorrent',
      command: [python, join(SEEDERS_FOLDER, 'seed.py'), options.host ?? '127.0.0.1'],
      ...{ torrents, uploadBytesPerSecond },
    }),
    new Seeder({
      software: 'webtorrent',
      command: [process.execPath, join(SEEDERS_FOLDER, 'seed.mjs')],
      ...{ torrents: torrents.slice(0, 1), uploadBytesPerSecond },
    }),
  ];
  return {
    seeders,
    async start() {
      await Promise.all(seeders.map(async (seeder) => seeder.start()));
      await Promise.all(
        torrents.map(async ({ infoHash }) => {
          const expected = seeders.filter((seeder) => seeder.infoHashes.includes(infoHash)).length;
          await tracker.waitForSeeders(infoHash, expected, ANNOUNCE_DEADLINE_MS);
        }),
      );
    },
    async stop() {
      await Promise.all(seeders.map(async (seeder) => seeder.stop()));
    },
    setUploadRate(bytesPerSecond) {
      for (const seeder of seeders) seeder.setUploadRate(bytesPerSecond);
    },
  };
}

function environmentFor(
  providers: Record<'tmdb' | 'trakt' | 'yts' | 'nordvpn' | 'archive', StandIn>,
  tracker: Tracker,
  host: string,
) {
  return {
    // Web seeds live there too, and its address is private.
    INDEXER_ALLOWED_HOSTS: host,
    TMDB_API_URL: providers.tmdb.baseUrl,
    TMDB_API_TOKEN: TMDB_TOKEN,
    TRAKT_API_URL: providers.trakt.baseUrl,
    TRAKT_AUTH_URL: providers.trakt.baseUrl,
    TRAKT_CLIENT_ID: TRAKT_CLIENT.id,
    TRAKT_CLIENT_SECRET: TRAKT_CLIENT.secret,
    YTS_API_URL: `${providers.yts.baseUrl}${YTS_API_PATH}`,
    NORDVPN_API_URL: providers.nordvpn.baseUrl,
    ARCHIVE_API_URL: providers.archive.baseUrl,
    TORRENT_TRACKERS: tracker.announceUrl,
    TORRENT_ALLOW_PRIVATE_PEERS: 'on',
    TORRENT_DHT: 'off',
  };
}
