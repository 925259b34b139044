// @proof: a packet that left once has left, so a failure is never run again.
// The proof that nothing leaves but through the tunnel: real network namespaces, the built server, a real swarm, and the
// kernel's own packet counters.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DEMO_CACHE, type DemoFilm, type DemoWorld, startDemoWorld } from '@kinora/demo/world';
import { ApiClient, textAt } from './api-client.js';
import { KinoraProcess, newDataDir, removeDataDir } from './kinora-process.js';
import { FilmReader } from './vpn/film-reader.js';
import { describeInLab } from './vpn/in-lab.js';
import { type Cut, internet, NetworkLab, nameServerAnswer, server } from './vpn/network-lab.js';
import { PacketCapture } from './vpn/packet-capture.js';
import { WebSeed } from './vpn/web-seed.js';

const minute = 60_000;

describeInLab('T23 F22 a film with VPN_POLICY=require', 'e2e/src/vpn.test.ts', watchUnderGuard, 6 * minute);

function watchUnderGuard(): void {
  let lab: NetworkLab;
  /** Of the open route. */
  let capture: PacketCapture;
  let world: DemoWorld;
  let kinora: KinoraProcess;
  let dataDir: string;
  let api: ApiClient;
  let base: string;
  let film: DemoFilm;
  let webSeed: WebSeed;
  let playbackId: string;
  let reader: FilmReader;
  /** Milliseconds from the cut to its being told, and from the tunnel's return to the film's next byte. */
  const losses: { how: Cut; noticed: number; resumed: number }[] = [];

  beforeAll(async () => {
    lab = await NetworkLab.open();
    capture = await PacketCapture.open(lab.through, 'wan0');
    await lab.listen(53, nameServerAnswer);
    // Somebody is there for the UDP tracker and for the DHT; nobody answers.
    await lab.listen(6969, () => null);
    await lab.listen(6881, () => null);
    world = await startDemoWorld({
      cacheDir: DEMO_CACHE,
      host: internet,
      uploadBytesPerSecond: 700_000,
    });
    film = world.films.find(({ title }) => title === 'Big Buck Bunny') ?? fail('no film');
    webSeed = await WebSeed.open(internet, film.filePath, 100_000);
    dataDir = await newDataDir();
    kinora = await KinoraProcess.start(
      {
        ...world.environment,
        // The catalogue is none of the VPN's business, and must not disturb its counters.
        ...(await relayed(['TMDB_API_URL', 'ARCHIVE_API_URL', 'TRAKT_API_URL', 'TRAKT_AUTH_URL'])),
        TORRENT_TRACKERS: `${world.tracker.announceUrl.replace(internet, 'tracker.kinora.test')},udp://tracker.kinora.test:6969`,
        TORRENT_ALLOW_PRIVATE_PEERS: 'off',
        TORRENT_DHT: 'on',
        VPN_POLICY: 'require',
        VPN_DNS: internet,
        ADMIN_USERNAME: 'ada',
        ADMIN_PASSWORD: 'correct horse battery',
        HOST: '0.0.0.0',
        LOG_LEVEL: 'info',
      },
      dataDir,
      lab.through,
    );
    base = kinora.url.replace('localhost', server);
    api = await ApiClient.signIn({ url: base }, 'ada', 'correct horse battery');
  }, 5 * minute);

  afterAll(async () => {
    for (const { how, noticed, resumed } of losses)
      process.stdout.write(`${how}: noticed ${Math.round(noticed)} ms, resumed ${Math.round(resumed)} ms\n`);
    capture.close();
    webSeed.close();
    reader.close();
    await kinora.stop();
    await world.stop();
    lab.close();
    await removeDataDir(dataDir);
  });

  it('counts what leaves by the open route: an unguarded program is seen', () => {
    const before = lab.packets('wan0');
    lab.leak();
    expect(lab.packets('wan0')).toBeGreaterThan(before);
  });

  it('starts before the tunnel is up: the film waits and says why, and not a packet leaves', async () => {
    const before = lab.packets('wan0');
    expect(await vpn()).toMatchObject({ policy: 'require', status: 'unprotected', trafficAllowed: false });
    // Another film is known by its magnet alone: its metadata is looked for too.
    const other = world.films.find(({ infoHash }) => infoHash !== film.infoHash) ?? fail('no other film');
    expect((await api.post('/api/playback', { magnet: other.magnet })).status).toBe(201);
    // Found by its name, which must be asked through the tunnel as well.
    const torrent = withWebSeed(film.torrent, `http://seed.kinora.test:${webSeed.port}/film.mp4`);
    const answer = await api.postBytes('/api/playback', torrent, 'application/x-bittorrent');
    expect(answer.status).toBe(201);
    playbackId = textAt(answer.body, 'id');
    reader = new FilmReader(base + textAt(answer.body, 'url'));
    await until(async () => textAt(await playback(), 'message').startsWith('Paused:'));
    await quiet();
    expect(lab.packets('wan0') - before).toBe(0);
    expect(reader.received).toBe(0);
    expect([...webSeed.askedFrom]).toEqual([]);
    expect([lab.senders(53), lab.senders(6969), lab.senders(6881)]).toEqual([[], [], []]);
  });

  it('the catalogue goes on meanwhile, and indexers are not asked', async () => {
    const before = lab.packets('wan0');
    const found = await api.get('/api/search?q=sintel');
    expect(found.status).toBe(200);
    const sources = await api.get(`/api/movies/${textAt(found.body, 'items', 0, 'id')}/sources`);
    expect(sources.body).toMatchObject({
      indexers: expect.arrayContaining([
        expect.objectContaining({
          name: 'YTS',
          ok: false,
          message: expect.stringContaining('route to the internet') as unknown,
        }),
      ]) as unknown,
    });
    expect(world.providers.yts.requests).toEqual([]);
    // Known to the catalogue and to no list of ours: nobody may be asked where it is.
    const other = await api.get('/api/search?q=elephants');
    const mediaId = textAt(other.body, 'items', 0, 'id');
    const refused = await api.post('/api/playback', { mediaId });
    expect(refused.status).toBe(503);
    expect(refused.body).toMatchObject({ code: 'network-closed', title: 'Waiting for the VPN' });
    expect(textAt(refused.body, 'detail')).toContain('without the VPN');
    expect(lab.packets('wan0') - before).toBe(0);
  });

  it('F23 a provider that talks nonsense opens nothing', async () => {
    const before = lab.packets('wan0');
    world.providers.nordvpn.fail({ body: 'malformed' });
    lab.raise();
    await until(
      async () => world.providers.nordvpn.requests.length > 2 && (await vpn()).status === 'unknown',
    );
    await quiet();
    expect(await vpn()).toMatchObject({ trafficAllowed: false, provider: { answer: 'unknown' } });
    expect(lab.packets('wan0') - before).toBe(0);
    expect([lab.senders(53), lab.senders(6969), lab.senders(6881)]).toEqual([[], [], []]);
    expect(reader.received).toBe(0);
  });

  it('the film begins by itself once the tunnel is verified', async () => {
    const before = lab.packets('wan0');
    world.providers.nordvpn.heal();
    expect(await check()).toMatchObject({
      status: 'protected',
      interface: { name: 'tun0', address: '10.8.0.2' },
      killSwitch: { setBy: 'kinora' },
    });
    await until(() => reader.received > 100_000);
    const found = await api.get('/api/search?q=sintel');
    const sources = `/api/movies/${textAt(found.body, 'items', 0, 'id')}/sources`;
    await until(async () => {
      await api.get(sources);
      return world.providers.yts.requests.length > 0;
    });
    expect(lab.packets('wan0') - before).toBe(0);
  });

  it.each<Cut>(['goes down', 'is deleted', 'loses its address', 'loses the route'])(
    'T56 when the tunnel %s: no packet by the open route, whatever the provider says; and it resumes by itself',
    async (how) => {
      // A loss that failed must not make the next one fail as well.
      lab.raise();
      // What is open at the cut: the connections of the film, and one to the provider.
      const tunnel = await PacketCapture.open([], 'tunp');
      const from = reader.received;
      await until(() => reader.received > from + 300_000);
      await check();
      expect((await playback()).peers).toBeGreaterThan(0);
      const before = { packets: lab.packets('wan0'), seen: capture.count };
      const indexerAsked = world.providers.yts.requests.length;
      const engines = enginesStarted();
      const cutAt = performance.now();
      lab.cut(how);
      await until(async () => !(await vpn()).trafficAllowed);
      const noticed = performance.now() - cutAt;
      expect(await vpn()).toMatchObject({ status: 'unprotected' });
      // The stand-in still says "protected" to everyone, and can be reached by the open route.
      expect(await check()).toMatchObject({ status: 'unprotected' });
      await until(async () => textAt(await playback(), 'message').startsWith('Paused:'));
      // What is quiet is the new process too, from its first moment on.
      await until(() => enginesStarted() > engines);
      // What was under way to the reader, or lies on the disk, still comes.
      await settled();
      const stoppedAt = reader.received;
      // What comes late through a tunnel that is still up must not be refused by the open route.
      if (how === 'loses the route') expect(await tunnel.sendLateOnes('all')).toBeGreaterThan(1);
      tunnel.close();
      await quiet();
      expect(reader.received).toBe(stoppedAt);
      expectNothingSince(before);
      const raisedAt = performance.now();
      lab.raise();
      await until(() => reader.received > stoppedAt);
      losses.push({ how, noticed, resumed: performance.now() - raisedAt });
      expectNothingSince(before);
      expect(world.providers.yts.requests).toHaveLength(indexerAsked);
    },
    2 * minute,
  );

  it('a loss is noticed within a second, and the film goes on within ten of the way back', () => {
    expect(losses).toHaveLength(4);
    for (const { resumed } of losses) expect(resumed).toBeLessThan(10_000);
    // A machine that runs a whole suite, at a fifth of the speed, has this promise kept by the median.
    expect(median(losses.map(({ noticed }) => noticed))).toBeLessThan(1_000);
    expect(Math.max(...losses.map(({ noticed }) => noticed))).toBeLessThan(3_000);
  });

  it(
    'a provider that says no stops it too, and its yes resumes it',
    async () => {
      lab.raise();
      await until(async () => (await vpn()).trafficAllowed);
      const before = lab.packets('wan0');
      const engines = enginesStarted();
      world.providers.nordvpn.setProtected(false);
      expect(await check()).toMatchObject({ status: 'unprotected', trafficAllowed: false });
      await until(async () => textAt(await playback(), 'message').startsWith('Paused:'));
      await until(() => enginesStarted() > engines);
      const tunnel = lab.packets('tun0');
      await quiet();
      // The provider is asked again now and then; swarms make hundreds of packets in this time.
      expect(lab.packets('tun0') - tunnel).toBeLessThan(100);
      const stoppedAt = reader.received;
      world.providers.nordvpn.setProtected(true);
      await check();
      await until(() => reader.received > stoppedAt);
      expect(lab.packets('wan0') - before).toBe(0);
    },
    2 * minute,
  );

  it('every name was asked, and every tracker, DHT node and web seed met, through the tunnel', () => {
    expect([...webSeed.askedFrom]).toEqual(['10.8.0.2']);
    expect([lab.senders(53), lab.senders(6969), lab.senders(6881)]).toEqual([
      ['10.8.0.2'],
      ['10.8.0.2'],
      ['10.8.0.2'],
    ]);
  });

  it('what came is the film, byte for byte, in the one request of the beginning', async () => {
    expect(reader.hasEnded).toBe(false);
    const { bytes } = reader;
    expect(bytes.equals((await readFile(film.filePath)).subarray(0, bytes.length))).toBe(true);
  });

  it('the audit log has each loss', async () => {
    const { body } = await api.get('/api/admin/audit?action=vpn&pageSize=50');
    const actions = (body as { items: { action: string }[] }).items.map(({ action }) => action);
    expect(actions.filter((action) => action === 'vpn.lost').length).toBeGreaterThanOrEqual(5);
    expect(actions.filter((action) => action === 'vpn.protected').length).toBeGreaterThanOrEqual(5);
  });

  /** The kernel's counter is the judge; what was captured says what it was. */
  function expectNothingSince(before: { packets: number; seen: number }): void {
    const packets = lab.packets('wan0') - before.packets;
    if (packets !== 0) throw new Error(`${packets} packets:\n${capture.list(before.seen).join('\n')}`);
  }

  /** Waits until the film has not moved for a second. */
  async function settled(): Promise<void> {
    let last = -1;
    await until(async () => {
      const isStill = reader.received === last;
      last = reader.received;
      if (!isStill) await new Promise((resolve) => setTimeout(resolve, 1_000));
      return isStill;
    });
  }

  async function vpn(): Promise<{ status: string; trafficAllowed: boolean }> {
    return (await api.get('/api/vpn')).body as { status: string; trafficAllowed: boolean };
  }

  async function check(): Promise<unknown> {
    return (await api.post('/api/vpn/check', {})).body;
  }

  async function playback(): Promise<{ peers: number }> {
    return (await api.get(`/api/playback/${playbackId}`)).body as { peers: number };
  }

  /** Processes of the engine so far that have begun to listen. */
  function enginesStarted(): number {
    return kinora.output.split('torrent engine listens').length - 1;
  }

  async function relayed(names: readonly string[]): Promise<Record<string, string>> {
    const urls = names.map(async (name) => [name, await lab.relay(world.environment[name] ?? '')] as const);
    return Object.fromEntries(await Promise.all(urls));
  }
}

/** A .torrent file with a web seed (BEP 19): keys of its dictionary are sorted, and this one comes last. */
function withWebSeed(torrent: Uint8Array, url: string): Buffer {
  return Buffer.concat([torrent.subarray(0, -1), Buffer.from(`8:url-list${url.length}:${url}e`)]);
}

/** Nothing happening can only be seen by waiting: longer than a second, which is what the guard has to stop in. */
async function quiet(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1_200));
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + minute;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('It did not come to pass within a minute.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}

function fail(message: string): never {
  throw new Error(message);
}
