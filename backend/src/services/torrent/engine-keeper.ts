import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../logging/logger.js';
import { type NetworkPermission, samePermission } from '../../network/tunnel.js';
import { EngineConnection, type EngineTiming } from './engine-connection.js';
import { type MemoryCeiling, memoryCeiling } from './engine-memory.js';
import type { EngineSettings } from './engine-protocol.js';
import { EngineUnavailableError } from './torrent.errors.js';
import type { TrafficRules } from './traffic-rules.js';

export interface EngineKeeperOptions {
  settings: EngineSettings;
  logger: Logger;
  /** The process's entry; found beside this file when left out. */
  entry?: URL | undefined;
  timing?: Partial<EngineTiming> | undefined;
  /** How much memory the process may take; fit for its store when left out. */
  memory?: MemoryCeiling | undefined;
  /** How long somebody waits for the process to be back, milliseconds. */
  patienceMs: number;
  /** Makes a process that listens what the one before it was; it is used when that is done. */
  prepare: (connection: EngineConnection) => Promise<void>;
  /** The process ended by itself and will be started again. `active`: the torrent it was last busy with. */
  onCrash: (active: string | null) => void;
}

const defaultTiming: EngineTiming = { heartbeatMs: 200, silenceMs: 1_000, startMs: 20_000, stopMs: 3_000 };
/** Waits before starts that follow one another, milliseconds. */
const backoff = [0, 100, 250, 500, 1_000, 2_000];

/** Keeps one process of the engine running: starts it, starts it again when it ends, and replaces it when the network changes. */
export class EngineKeeper {
  /** Ended by us, to be followed by one with other settings. */
  private readonly replaced = new WeakSet<EngineConnection>();
  private settings: EngineSettings;
  private connection: EngineConnection | null = null;
  /** The process before this one, which only holds its sockets. */
  private frozen: EngineConnection | null = null;
  /** Settles when there is a process that is prepared; made anew by each crash. */
  private up = withResolvers();
  private stopped = true;
  private startedAt = 0;
  private failedStarts = 0;

  constructor(private readonly options: EngineKeeperOptions) {
    this.settings = options.settings;
  }

  /** The process of the moment, whether it listens or not. */
  get current(): EngineConnection | null {
    return this.connection;
  }

  /** The process, unless it is being started. */
  get running(): EngineConnection | null {
    return this.up.settled ? this.connection : null;
  }

  /** Starts the process. */
  start(): void {
    this.stopped = false;
    this.up = withResolvers();
    this.launch();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all([this.connection?.stop(), this.release()]);
  }

  /**
   * Changes how traffic may leave. The process is killed, which closes each of its sockets at once whatever it was doing,
   * and another one starts under the new permission; or it is frozen until the next, if its sockets are to be kept.
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
  useTraffic(traffic: TrafficRules): void {
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

  /** The process, once it is prepared. Error: `EngineUnavailableError` when it is not back in time. */
  async ready(): Promise<EngineConnection> {
    const timeout = new AbortController();
    const late = delay(this.options.patienceMs, undefined, { signal: timeout.signal }).catch(() => undefined);
    try {
      await Promise.race([this.up.promise, late]);
    } finally {
      timeout.abort();
    }
    if (!this.up.settled || !this.connection || this.stopped) throw new EngineUnavailableError();
    return this.connection;
  }

  private launch(): void {
    const { entry = findEntry(), logger, timing, memory, prepare } = this.options;
    const connection = new EngineConnection({
      entry,
      settings: this.settings,
      timing: { ...defaultTiming, ...timing },
      memory: memory ?? memoryCeiling(this.settings.store),
      logger,
    });
    this.connection = connection;
    this.startedAt = performance.now();
    connection.started
      .then(async () => {
        await prepare(connection);
        this.failedStarts = 0;
        if (!this.replaced.has(connection)) this.up.resolve();
      })
      .catch((error: unknown) => logger.warn({ err: error }, 'torrent engine did not start'));
    void connection.ended.then(() => this.onEnd(connection));
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
    this.options.onCrash(connection.lastActive);
    const wait = backoff[Math.min(this.failedStarts, backoff.length - 1)] ?? 0;
    const ranMs = Math.round(performance.now() - this.startedAt);
    this.options.logger.error(
      { active: connection.lastActive, ranMs, wait },
      'torrent engine ended; it is started again',
    );
    await delay(wait);
    // A change of the network may have put another process in its place meanwhile.
    if (!this.isStopped() && this.connection === connection) this.launch();
  }

  /** A call, so that the compiler does not take an earlier look for a lasting fact. */
  private isStopped(): boolean {
    return this.stopped;
  }
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
