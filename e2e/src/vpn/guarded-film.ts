import { DEMO_CACHE, type DemoFilm, type DemoWorld, startDemoWorld } from '@kinora/demo/world';
import { ApiClient, textAt } from '../api-client.js';
import { KinoraProcess, newDataDir, removeDataDir } from '../kinora-process.js';
import { FilmReader } from './film-reader.js';
import { internet, NetworkLab, nameServerAnswer, server } from './network-lab.js';
import { PacketCapture } from './packet-capture.js';

const account = { name: 'ada', password: 'correct horse battery' };

/** What `GET /api/vpn` says, as far as tests read it. */
export interface VpnAnswer {
  status: string;
  trafficAllowed: boolean;
  killSwitch: { setBy: string; reason: string } | null;
}

interface Stage {
  lab: NetworkLab;
  /** Of the open route. */
  capture: PacketCapture;
  world: DemoWorld;
  dataDir: string;
  environment: Record<string, string>;
}

/** A film that plays from a swarm, by a server with VPN_POLICY=require, in a network lab. */
export class GuardedFilm {
  playbackId = '';
  private readonly films: DemoFilm[];
  private reader: FilmReader | null = null;

  readonly lab: NetworkLab;
  readonly world: DemoWorld;

  private signedInAt = performance.now();

  private constructor(
    private readonly stage: Stage,
    public kinora: KinoraProcess,
    private api: ApiClient,
  ) {
    this.lab = stage.lab;
    this.world = stage.world;
    this.films = [...stage.world.films];
  }

  /** @param before put before the server's command line */
  static async open(
    bytesPerSecond: number,
    environment: Record<string, string> = {},
    before: readonly string[] = [],
  ): Promise<GuardedFilm> {
    const lab = await NetworkLab.open();
    const capture = await PacketCapture.open(lab.through, 'wan0');
    await lab.listen(53, nameServerAnswer);
    await lab.listen(6881, () => null);
    const world = await startDemoWorld({
      cacheDir: DEMO_CACHE,
      host: internet,
      uploadBytesPerSecond: bytesPerSecond,
    });
    const dataDir = await newDataDir();
    const complete = {
      ...world.environment,
      TORRENT_TRACKERS: world.tracker.announceUrl.replace(internet, 'tracker.kinora.test'),
      TORRENT_ALLOW_PRIVATE_PEERS: 'off',
      TORRENT_DHT: 'on',
      VPN_POLICY: 'require',
      VPN_DNS: internet,
      ADMIN_USERNAME: account.name,
      ADMIN_PASSWORD: account.password,
      HOST: '0.0.0.0',
      LOG_LEVEL: 'info',
      ...environment,
    };
    for (const name of ['TMDB_API_URL', 'ARCHIVE_API_URL', 'TRAKT_API_URL', 'TRAKT_AUTH_URL'] as const)
      Object.assign(complete, { [name]: await lab.relay(world.environment[name] ?? '') });
    const kinora = await KinoraProcess.start(complete, dataDir, [...lab.through, ...before]);
    const api = await ApiClient.signIn({ url: addressOf(kinora) }, account.name, account.password);
    return new GuardedFilm({ lab, capture, world, dataDir, environment: complete }, kinora, api);
  }

  /** Signs in again after five minutes, because an access token is good for fifteen, and sign-ins are limited. */
  async keepSignedIn(): Promise<void> {
    if (performance.now() - this.signedInAt > 5 * 60_000) await this.signIn();
  }

  private async signIn(): Promise<void> {
    this.signedInAt = performance.now();
    this.api = await ApiClient.signIn({ url: addressOf(this.kinora) }, account.name, account.password);
  }

  /** Plays the next film of the world from its beginning, in one request: one that was played is on the disk. */
  async play(): Promise<void> {
    const film = this.films.shift();
    if (!film) throw new Error('All films of the world have been played.');
    const { body } = await this.api.postBytes(
      '/api/playback',
      Buffer.from(film.torrent),
      'application/x-bittorrent',
    );
    this.playbackId = textAt(body, 'id');
    this.reader?.close();
    this.reader = new FilmReader(addressOf(this.kinora) + textAt(body, 'url'));
  }

  /** After the server has ended: starts it again with the same data. */
  async restart(): Promise<void> {
    this.kinora = await KinoraProcess.start(this.stage.environment, this.stage.dataDir, this.lab.through);
    await this.signIn();
  }

  /** Bytes of the film so far. */
  get received(): number {
    return this.reader?.received ?? 0;
  }

  get hasEnded(): boolean {
    return this.reader?.hasEnded ?? false;
  }

  /** Port on which the engine that started last listens for peers. */
  get peerPort(): number {
    const ports = [...this.kinora.output.matchAll(/"port":(\d+)[^\n]*torrent engine listens/g)];
    return Number(ports.at(-1)?.[1] ?? 0);
  }

  /** Number of engine processes so far that have begun to listen. */
  get enginesStarted(): number {
    return this.kinora.output.split('torrent engine listens').length - 1;
  }

  async vpn(): Promise<VpnAnswer> {
    return (await this.api.get('/api/vpn')).body as VpnAnswer;
  }

  async check(): Promise<VpnAnswer> {
    return (await this.api.post('/api/vpn/check', {})).body as VpnAnswer;
  }

  /** Throws when packets have crossed the open route since a count of `lab.packets('wan0')`. */
  expectNothingSince(before: { packets: number; seen: number }, what: string): void {
    const packets = this.lab.packets('wan0') - before.packets;
    if (packets !== 0)
      throw new Error(`${what}: ${packets} packets:\n${this.stage.capture.list(before.seen).join('\n')}`);
  }

  /** The counters now, for `expectNothingSince`. */
  mark(): { packets: number; seen: number } {
    return { packets: this.lab.packets('wan0'), seen: this.stage.capture.count };
  }

  async close(): Promise<void> {
    this.reader?.close();
    this.stage.capture.close();
    await this.kinora.stop();
    await this.world.stop();
    this.lab.close();
    await removeDataDir(this.stage.dataDir);
  }
}

function addressOf(kinora: KinoraProcess): string {
  return kinora.url.replace('localhost', server);
}
