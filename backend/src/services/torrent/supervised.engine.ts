import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ChunkStoreSettings } from '../../chunk-stores/chunk-store-settings.js';
import type { WebSeedSettings } from '../../http-client/web-seed-http.js';
import type { Logger } from '../../logging/logger.js';
import { type NetworkPermission, samePermission } from '../../network/tunnel.js';
import { EngineConnection, EngineGoneError, type EngineTiming } from './engine-connection.js';
import { type MemoryCeiling, memoryCeiling } from './engine-memory.js';
import type { EngineInput, EngineMethod, EngineOutput, EngineSettings } from './engine-protocol.js';
import { shareOfReader } from './reader-memory.js';
import { RecentPeers } from './recent-peers.js';
import { StoredBytesMissingError, StoredFile } from './stored-file.js';
import {
  EngineCrowdedError,
  EngineUnavailableError,
  MetadataTimeoutError,
  TorrentRefusedError,
} from './torrent.errors.js';
import type {
  ByteRange,
  FileProgress,
  TorrentEngine,
  TorrentMetadata,
  TorrentSpec,
  TorrentStatus,
  UnwatchedPieces,
} from './torrent-engine.port.js';
import type { TrafficRules } from './traffic-rules.js';
import type { WebRtcSettings } from './webrtc-hardening.js';

export interface SupervisedEngineOptions extends TrafficRules {
  /** Where pieces are kept. */
  store: ChunkStoreSettings;
  /** Whether to find peers through the DHT. */
  dht: boolean;
  /** TCP port for peers; a free one when left out. */
  port?: number | undefined;
  /** Whether peers and trackers on private addresses are dialled and accepted. For demos, tests and home networks. */
  allowPrivatePeers: boolean;
  /** Speaks WebRTC too; not at all when left out, nor while traffic must leave by a tunnel, which it would not keep to. */
  webRtc?: WebRtcSettings | undefined;
  /** How web seeds (BEP 19) are asked; not at all when left out. */
  webSeeds?: WebSeedSettings | undefined;
  /** How its traffic may leave at first; by any way when left out. */
  network?: NetworkPermission;
  logger: Logger;
  /** Called when the process ended by itself and is started again. */
  onRestart?: () => void;
  /** Called with the info-hash of a torrent that is taken no more, since it kept ending the process. */
  onSetAside?: (infoHash: string) => void;
  /** The process's entry; found beside this file when left out. */
  entry?: URL;
  timing?: Partial<EngineTiming>;
  /** How much memory the process may take; fit for its store when left out. */
  memory?: MemoryCeiling;
  /** How often it is asked which peers serve well, milliseconds. */
  recentPeersMs?: number;
  /** How long a call or a reader waits for the process to be back, milliseconds. */
  patienceMs?: number;
}

const defaultTiming: EngineTiming = { heartbeatMs: 200, silenceMs: 1_000, startMs: 20_000, stopMs: 3_000 };
const crashesToRefuse = 5;
const crashWindowMs = 60_000;
/** Waits before starts that follow one another, milliseconds. */
const backoff = [0, 100, 250, 500, 1_000, 2_000];

/**
 * The engine port in the server's process: keeps the engine's process running, joins its torrents again after a
 * crash, lets readers go on from the byte they had reached, and sets a torrent aside that keeps killing it.
 */
export class SupervisedEngine implements TorrentEngine {
  private readonly joined = new Map<string, TorrentSpec>();
  private readonly refused = new Map<string, string>();
  /** Files that are fetched whole, by torrent. */
  private readonly whole = new Map<string, number>();
  private readonly recentPeers: RecentPeers;
  private readonly crashes = new Map<string, number[]>();
  private settings: EngineSettings;
  /** Ended by us, to be followed by one with other settings. */
  private readonly replaced = new WeakSet<EngineConnection>();
  private readonly patienceMs: number;
  private connection: EngineConnection | null = null;
  /** The process before this one, which only holds its sockets. */
  private frozen: EngineConnection | null = null;
  /** Settles when there is a process that has joined everything; made anew by each crash. */
  private up = withResolvers();
  private stopped = true;
  private startedAt = 0;
  private failedStarts = 0;
  /** Reads under way. */
  private readers = 0;

  constructor(private readonly options: SupervisedEngineOptions) {
    const { store, dht, port, allowPrivatePeers } = options;
    const { network = { kind: 'open' }, webSeeds, webRtc } = options;
    const traffic = rulesOf(options);
    this.settings = { store, dht, port, traffic, allowPrivatePeers, network, webSeeds, webRtc };
    this.patienceMs = options.patienceMs ?? 10_000;
    this.recentPeers = new RecentPeers(options.recentPeersMs);
  }

  /**
   * Starts the process and waits until it listens; it is started again whenever it ends. Error:
   * `EngineUnavailableError` when it does not listen in time; it is tried further until `stop`.
   */
  async start(): Promise<void> {
    this.stopped = false;
    this.up = withResolvers();
    this.launch();
    await this.ready();
  }

  /** Leaves all swarms and ends the process. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all([this.connection?.stop(), this.release()]);
  }

  /**
   * Changes how traffic may leave. The process is killed, which closes each of its sockets at once whatever it was doing,
   * and another one starts under the new permission; or it is frozen until the next, if its sockets are to be kept. Readers
   * wait, and go on from the byte they had reached.
   */
  setNetwork(network: NetworkPermission): void {
    const keeps = network.kind === 'closed' && network.keepsSockets === true;
    if (!keeps) void this.release();
    if (samePermission(this.settings.network, network)) return;
    const wasBound = this.settings.network.kind === 'bound';
    this.settings = { ...this.settings, network };
    const { connection } = this;
    if (this.stopped || !connection) return;
    if (this.up.settled) this.up = withResolvers();
    this.replaced.add(connection);
    if (keeps && wasBound) {
      this.frozen = connection;
      connection.freeze();
      this.launch();
    } else connection.kill();
  }

  /** Changes how much of the line may be taken; nothing is interrupted. */
  useTraffic(rules: TrafficRules): void {
    const traffic = rulesOf(rules);
    this.settings = { ...this.settings, traffic };
    this.connection?.useTraffic(traffic);
  }

  /** Ends the frozen process, if there is one. */
  private async release(): Promise<void> {
    const { frozen } = this;
    frozen?.kill();
    await frozen?.ended;
    if (this.frozen === frozen) this.frozen = null;
  }

  /** Whether a process listens right now. */
  isReady(): boolean {
    return (this.connection?.peerPort ?? 0) > 0;
  }

  /** Process id of the engine at present, for diagnosis and tests. */
  get pid(): number | undefined {
    return this.connection?.pid;
  }

  /** Info-hash of the torrent that was last active, for diagnosis and tests. */
  get lastActive(): string | null {
    return this.connection?.lastActive ?? null;
  }

  /** TCP port peers can reach, once started. */
  get peerPort(): number {
    return this.connection?.peerPort ?? 0;
  }

  async add(spec: TorrentSpec): Promise<void> {
    this.assertAccepted(spec.infoHash);
    const joined = this.joined.get(spec.infoHash);
    const webSeeds = [...new Set([...(joined?.webSeeds ?? []), ...(spec.webSeeds ?? [])])];
    if (joined && webSeeds.length === (joined.webSeeds ?? []).length) return;
    if (!joined && this.connection?.isCrowded) throw new EngineCrowdedError();
    await this.call('add', copyOf(spec));
    this.joined.set(spec.infoHash, { ...(joined ?? spec), webSeeds });
  }

  async waitForMetadata(
    infoHash: string,
    { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal },
  ): Promise<TorrentMetadata> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      this.assertAccepted(infoHash);
      const left = Math.max(0, Math.ceil(deadline - performance.now()));
      if (left === 0) throw new MetadataTimeoutError(Math.ceil(timeoutMs / 1000));
      try {
        const metadata = await (await this.ready()).call(
          'waitForMetadata',
          { infoHash, timeoutMs: left },
          signal,
        );
        // Whoever waits for the film need not wait for what a crash would make us need.
        this.keep(infoHash).catch((error: unknown) =>
          this.options.logger.warn({ err: error, infoHash }, 'torrent metadata not kept'),
        );
        return metadata;
      } catch (error) {
        if (!(error instanceof EngineGoneError))
          throw error instanceof MetadataTimeoutError
            ? new MetadataTimeoutError(Math.ceil(timeoutMs / 1000))
            : error;
      }
    }
  }

  torrentFile(infoHash: string): Promise<Uint8Array | null> {
    return this.call('torrentFile', { infoHash });
  }

  async *read(request: {
    infoHash: string;
    fileIndex: number;
    range: ByteRange;
    bytesPerSecond?: number | undefined;
    signal: AbortSignal;
  }): AsyncGenerator<Uint8Array, void, void> {
    const { infoHash, fileIndex, range, bytesPerSecond, signal } = request;
    let position = range.start;
    const { store } = this.settings;
    // Only plain files can be read past the engine.
    const root = store.kind === 'file' ? store.root : null;
    const file = new StoredFile(path.join(root ?? '', infoHash, `${fileIndex}.bin`));
    const isOver = () => signal.aborted || position >= range.end;
    let takesStored = root !== null;
    this.readers += 1;
    try {
      while (!isOver()) {
        this.assertAccepted(infoHash);
        const connection = await this.ready();
        try {
          const rest = {
            infoHash,
            fileIndex,
            range: { start: position, end: range.end },
            bytesPerSecond,
            takesStored,
            credit: shareOfReader(this.readers).chunks,
          };
          for await (const part of connection.read(rest, signal)) {
            const chunks =
              part instanceof Uint8Array
                ? [part]
                : file.read(part, position, signal, shareOfReader(this.readers).readBytes);
            for await (const chunk of chunks) {
              position += chunk.length;
              yield chunk;
            }
          }
          return;
        } catch (error) {
          // The engine has means to get again what is not where it should be.
          if (error instanceof StoredBytesMissingError) takesStored = false;
          else if (!(error instanceof EngineGoneError)) throw error;
        }
      }
    } finally {
      this.readers -= 1;
      await file.close();
    }
  }

  async status(infoHash: string): Promise<TorrentStatus | null> {
    const reason = this.refused.get(infoHash);
    if (reason !== undefined)
      return { ...waiting(infoHash), stage: 'failed', failure: `It is set aside: ${reason}.` };
    if (!this.joined.has(infoHash)) return null;
    // While the process comes back, the answer is that it does, not a wait.
    if (!this.up.settled || !this.connection) return waiting(infoHash);
    try {
      return await this.connection.call('status', { infoHash });
    } catch (error) {
      if (error instanceof EngineGoneError) return waiting(infoHash);
      throw error;
    }
  }

  progress(infoHash: string, fileIndex: number): Promise<FileProgress> {
    return this.call('progress', { infoHash, fileIndex });
  }

  goodPeers(infoHash: string): Promise<readonly string[]> {
    return this.call('goodPeers', { infoHash });
  }

  async remove(infoHash: string, { deleteData = false }: { deleteData?: boolean } = {}): Promise<void> {
    this.joined.delete(infoHash);
    this.whole.delete(infoHash);
    this.recentPeers.forget(infoHash);
    await this.call('remove', { infoHash, deleteData });
  }

  fetchWhole(infoHash: string, fileIndex: number): Promise<void> {
    if (this.joined.has(infoHash)) this.whole.set(infoHash, fileIndex);
    return this.call('fetchWhole', { infoHash, fileIndex });
  }

  expectReader(infoHash: string, fileIndex: number | null): Promise<void> {
    return this.call('expectReader', { infoHash, fileIndex });
  }

  forgetPieces(infoHash: string, which: UnwatchedPieces): Promise<number> {
    this.whole.delete(infoHash);
    return this.call('forgetPieces', { infoHash, which });
  }

  /** What the engine holds for a torrent, for diagnosis and tests. */
  counters(infoHash: string): Promise<EngineOutput<'counters'>> {
    return this.call('counters', { infoHash });
  }

  private async call<M extends EngineMethod>(method: M, input: EngineInput<M>): Promise<EngineOutput<M>> {
    for (;;) {
      const connection = await this.ready();
      try {
        return await connection.call(method, input);
      } catch (error) {
        if (!(error instanceof EngineGoneError)) throw error;
      }
    }
  }

  /** The process, once it listens and has joined everything again. Throws when it is not back in time. */
  private async ready(): Promise<EngineConnection> {
    const timeout = new AbortController();
    const late = delay(this.patienceMs, undefined, { signal: timeout.signal }).catch(() => undefined);
    try {
      await Promise.race([this.up.promise, late]);
    } finally {
      timeout.abort();
    }
    if (!this.up.settled || !this.connection || this.stopped) throw new EngineUnavailableError();
    return this.connection;
  }

  private launch(): void {
    const { entry = findEntry(), logger, timing } = this.options;
    const connection = new EngineConnection({
      entry,
      settings: this.settings,
      timing: { ...defaultTiming, ...timing },
      memory: this.options.memory ?? memoryCeiling(this.settings.store),
      logger,
    });
    this.connection = connection;
    this.startedAt = performance.now();
    connection.started
      .then(async () => {
        await this.rejoin(connection);
        this.failedStarts = 0;
        this.recentPeers.follow(connection, () => this.joined.keys());
        if (!this.replaced.has(connection)) this.up.resolve();
      })
      .catch((error: unknown) => logger.warn({ err: error }, 'torrent engine did not start'));
    void connection.ended.then(() => this.onEnd(connection));
  }

  private async rejoin(connection: EngineConnection): Promise<void> {
    for (const spec of this.joined.values()) {
      const peers = [...new Set([...this.recentPeers.of(spec.infoHash), ...(spec.peers ?? [])])];
      await connection.call('add', copyOf({ ...spec, peers })).catch((error: unknown) => {
        if (error instanceof EngineGoneError) throw error;
        this.options.logger.warn({ err: error, infoHash: spec.infoHash }, 'torrent not joined again');
      });
      const fileIndex = this.whole.get(spec.infoHash);
      if (fileIndex !== undefined)
        await connection.call('fetchWhole', { infoHash: spec.infoHash, fileIndex });
    }
  }

  private async onEnd(connection: EngineConnection): Promise<void> {
    if (this.stopped) return;
    if (this.replaced.has(connection)) {
      // Of a frozen one the successor runs already; and the next must find the port for peers free.
      if (this.connection !== connection) return;
      await this.release();
      if (!this.isStopped() && this.connection === connection) this.launch();
      return;
    }
    if (this.up.settled) this.up = withResolvers();
    else this.failedStarts += 1;
    this.options.onRestart?.();
    this.blame(connection.lastActive);
    const wait = backoff[Math.min(this.failedStarts, backoff.length - 1)] ?? 0;
    const ranMs = Math.round(performance.now() - this.startedAt);
    this.options.logger.error(
      { active: connection.lastActive, ranMs, wait },
      'torrent engine ended; it is started again',
    );
    await delay(wait);
    if (!this.isStopped()) this.launch();
  }

  /** Counts a crash against the torrent that was active; the fifth within a minute sets it aside. */
  private blame(infoHash: string | null): void {
    if (infoHash === null) return;
    const now = performance.now();
    const recent = [...(this.crashes.get(infoHash) ?? []), now].filter((at) => now - at < crashWindowMs);
    this.crashes.set(infoHash, recent);
    if (recent.length < crashesToRefuse) return;
    this.crashes.delete(infoHash);
    this.joined.delete(infoHash);
    this.refused.set(infoHash, 'it stopped the torrent engine five times within a minute');
    this.options.logger.error({ infoHash }, 'torrent is set aside');
    this.options.onSetAside?.(infoHash);
  }

  /** Keeps the torrent's description, so that joining again after a crash needs no peer to send it. */
  private async keep(infoHash: string): Promise<void> {
    const spec = this.joined.get(infoHash);
    if (!spec || spec.torrentFile) return;
    const torrentFile = await this.call('torrentFile', { infoHash });
    if (torrentFile && this.joined.has(infoHash)) this.joined.set(infoHash, { ...spec, torrentFile });
  }

  private assertAccepted(infoHash: string): void {
    const reason = this.refused.get(infoHash);
    if (reason !== undefined) throw new TorrentRefusedError(reason);
  }

  /** A call, so that the compiler does not take an earlier look for a lasting fact. */
  private isStopped(): boolean {
    return this.stopped;
  }
}

function copyOf({ infoHash, announce, torrentFile, peers, webSeeds }: TorrentSpec): EngineInput<'add'> {
  return {
    infoHash,
    announce: [...announce],
    ...(torrentFile && { torrentFile }),
    ...(peers && { peers: [...peers] }),
    ...(webSeeds && { webSeeds: [...webSeeds] }),
  };
}

function waiting(infoHash: string): TorrentStatus {
  return {
    infoHash,
    stage: 'starting',
    failure: null,
    peers: 0,
    kinds: { seeders: 0, willing: 0, silent: 0, incoming: 0 },
    webSeeds: 0,
    webSeedTrouble: null,
    unstoredBytes: 0,
    lateMs: 0,
    peersKnown: 0,
    trackerWarning: null,
    downloadBytesPerSecond: 0,
    uploadBytesPerSecond: 0,
    storageTrouble: null,
    metadata: null,
  };
}

/** Built, it is JavaScript beside this file; from source, TypeScript. */
function findEntry(): URL {
  const built = new URL('./engine-process.js', import.meta.url);
  return existsSync(built) ? built : new URL('./engine-process.ts', import.meta.url);
}

interface Gate {
  promise: Promise<void>;
  resolve: () => void;
  settled: boolean;
}

function withResolvers(): Gate {
  let open: () => void = () => undefined;
  const gate: Gate = {
    promise: new Promise<void>((resolve) => (open = resolve)),
    resolve: () => {
      gate.settled = true;
      open();
    },
    settled: false,
  };
  return gate;
}

function rulesOf({ uploadLimit, downloadLimit, seeding }: TrafficRules): TrafficRules {
  return { uploadLimit, downloadLimit, seeding };
}
