import type { ChunkStoreSettings } from '../../chunk-stores/chunk-store-settings.js';
import type { WebSeedSettings } from '../../http-client/web-seed-http.js';
import type { Logger } from '../../logging/logger.js';
import type { NetworkPermission } from '../../network/tunnel.js';
import { CrashRecord } from './crash-record.js';
import { type EngineConnection, EngineGoneError, type EngineTiming } from './engine-connection.js';
import { EngineKeeper } from './engine-keeper.js';
import type { MemoryCeiling } from './engine-memory.js';
import type { EngineInput, EngineMethod, EngineOutput } from './engine-protocol.js';
import { type EngineReadRequest, EngineReads } from './engine-reads.js';
import { RecentPeers } from './recent-peers.js';
import { startingStatus } from './starting-status.js';
import { EngineCrowdedError, MetadataTimeoutError } from './torrent.errors.js';
import type {
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

/**
 * The engine port in the server's process: keeps the engine's process running, joins its torrents again after a
 * crash, lets readers go on from the byte they had reached, and sets a torrent aside that keeps killing it.
 */
export class SupervisedEngine implements TorrentEngine {
  private readonly joined = new Map<string, TorrentSpec>();
  /** Files that are fetched whole, by torrent. */
  private readonly whole = new Map<string, number>();
  private readonly recentPeers: RecentPeers;
  private readonly crashes = new CrashRecord();
  private readonly keeper: EngineKeeper;
  private readonly reads: EngineReads;

  constructor(private readonly options: SupervisedEngineOptions) {
    const { store, dht, port, allowPrivatePeers } = options;
    const { network = { kind: 'open' }, webSeeds, webRtc } = options;
    this.keeper = new EngineKeeper({
      settings: { store, dht, port, traffic: rulesOf(options), allowPrivatePeers, network, webSeeds, webRtc },
      logger: options.logger,
      entry: options.entry,
      timing: options.timing,
      memory: options.memory,
      patienceMs: options.patienceMs ?? 10_000,
      prepare: (connection) => this.rejoin(connection),
      onCrash: (active) => this.onCrash(active),
    });
    this.reads = new EngineReads({
      root: store.kind === 'file' ? store.root : null,
      ready: () => this.keeper.ready(),
      assertAccepted: (infoHash) => this.crashes.assertAccepted(infoHash),
    });
    this.recentPeers = new RecentPeers(options.recentPeersMs);
  }

  /**
   * Starts the process and waits until it listens; it is started again whenever it ends. Error:
   * `EngineUnavailableError` when it does not listen in time; it is tried further until `stop`.
   */
  async start(): Promise<void> {
    this.keeper.start();
    await this.keeper.ready();
  }

  /** Leaves all swarms and ends the process. */
  async stop(): Promise<void> {
    await this.keeper.stop();
  }

  /** Changes how traffic may leave, by another process. Readers wait for it, and go on from the byte they had reached. */
  setNetwork(network: NetworkPermission): void {
    this.keeper.setNetwork(network);
  }

  /** Changes how much of the line may be taken; nothing is interrupted. */
  useTraffic(rules: TrafficRules): void {
    this.keeper.useTraffic(rulesOf(rules));
  }

  /** Whether a process listens right now. */
  isReady(): boolean {
    return (this.keeper.current?.peerPort ?? 0) > 0;
  }

  /** Process id of the engine at present, for diagnosis and tests. */
  get pid(): number | undefined {
    return this.keeper.current?.pid;
  }

  /** Info-hash of the torrent that was last active, for diagnosis and tests. */
  get lastActive(): string | null {
    return this.keeper.current?.lastActive ?? null;
  }

  /** TCP port peers can reach, once started. */
  get peerPort(): number {
    return this.keeper.current?.peerPort ?? 0;
  }

  async add(spec: TorrentSpec): Promise<void> {
    this.crashes.assertAccepted(spec.infoHash);
    const joined = this.joined.get(spec.infoHash);
    const webSeeds = [...new Set([...(joined?.webSeeds ?? []), ...(spec.webSeeds ?? [])])];
    if (joined && webSeeds.length === (joined.webSeeds ?? []).length) return;
    if (!joined && this.keeper.current?.isCrowded) throw new EngineCrowdedError();
    await this.call('add', copyOf(spec));
    this.joined.set(spec.infoHash, { ...(joined ?? spec), webSeeds });
  }

  async waitForMetadata(
    infoHash: string,
    { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal },
  ): Promise<TorrentMetadata> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      this.crashes.assertAccepted(infoHash);
      const left = Math.max(0, Math.ceil(deadline - performance.now()));
      if (left === 0) throw new MetadataTimeoutError(Math.ceil(timeoutMs / 1000));
      try {
        const metadata = await (await this.keeper.ready()).call(
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

  read(request: EngineReadRequest): AsyncGenerator<Uint8Array, void, void> {
    return this.reads.read(request);
  }

  async status(infoHash: string): Promise<TorrentStatus | null> {
    const reason = this.crashes.refusalOf(infoHash);
    if (reason !== null)
      return { ...startingStatus(infoHash), stage: 'failed', failure: `It is set aside: ${reason}.` };
    if (!this.joined.has(infoHash)) return null;
    // While the process comes back, the answer is that it does, not a wait.
    const connection = this.keeper.running;
    if (!connection) return startingStatus(infoHash);
    try {
      return await connection.call('status', { infoHash });
    } catch (error) {
      if (error instanceof EngineGoneError) return startingStatus(infoHash);
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
      const connection = await this.keeper.ready();
      try {
        return await connection.call(method, input);
      } catch (error) {
        if (!(error instanceof EngineGoneError)) throw error;
      }
    }
  }

  private async rejoin(connection: EngineConnection): Promise<void> {
    for (const spec of this.joined.values()) {
      const peers = [...new Set([...this.recentPeers.of(spec.infoHash), ...(spec.peers ?? [])])];
      await connection
        .call('add', copyOf({ ...spec, peers }))
        .catch((error: unknown) => this.warnUnlessGone(error, spec.infoHash));
      const fileIndex = this.whole.get(spec.infoHash);
      if (fileIndex === undefined) continue;
      await connection
        .call('fetchWhole', { infoHash: spec.infoHash, fileIndex })
        .catch((error: unknown) => this.warnUnlessGone(error, spec.infoHash));
    }
    this.recentPeers.follow(connection, () => this.joined.keys());
  }

  /** One torrent that cannot be joined again must not keep the others, and the process, from being used. */
  private warnUnlessGone(error: unknown, infoHash: string): void {
    if (error instanceof EngineGoneError) throw error;
    this.options.logger.warn({ err: error, infoHash }, 'torrent not joined again');
  }

  private onCrash(active: string | null): void {
    this.options.onRestart?.();
    if (active === null || !this.crashes.blame(active)) return;
    this.joined.delete(active);
    this.options.logger.error({ infoHash: active }, 'torrent is set aside');
    this.options.onSetAside?.(active);
  }

  /** Keeps the torrent's description, so that joining again after a crash needs no peer to send it. */
  private async keep(infoHash: string): Promise<void> {
    const spec = this.joined.get(infoHash);
    if (!spec || spec.torrentFile) return;
    const torrentFile = await this.call('torrentFile', { infoHash });
    if (torrentFile && this.joined.has(infoHash)) this.joined.set(infoHash, { ...spec, torrentFile });
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

function rulesOf({ uploadLimit, downloadLimit, seeding }: TrafficRules): TrafficRules {
  return { uploadLimit, downloadLimit, seeding };
}
