import type { ChildProcess } from 'node:child_process';
import type { Logger } from '../../logging/logger.js';
import type { MemoryCeiling } from './engine-memory.js';
import {
  type EngineInput,
  type EngineMethod,
  type EngineOutput,
  type EngineSettings,
  engineCalls,
  type FromEngine,
  fromEngineSchema,
  reviveFailure,
  type ToEngine,
} from './engine-protocol.js';
import { EngineWatchdog, type PulseTiming } from './engine-watchdog.js';
import { forkEngine } from './fork-engine.js';
import type { ByteRange } from './torrent-engine.port.js';
import type { TrafficRules } from './traffic-rules.js';

/** The process ended or was ended while something was asked of it. */
export class EngineGoneError extends Error {
  override readonly name = 'EngineGoneError';
}

export interface EngineTiming extends PulseTiming {
  /** How long it may take to stop before it is killed. */
  stopMs: number;
}

export interface EngineConnectionOptions {
  entry: URL;
  settings: EngineSettings;
  timing: EngineTiming;
  memory: MemoryCeiling;
  logger: Logger;
}

export interface PartsRequest {
  infoHash: string;
  fileIndex: number;
  range: ByteRange;
  bytesPerSecond?: number | undefined;
  takesStored: boolean;
  /** Chunks (of at most 256 KiB), or stretches on disk (of at most 1 MiB), that may be under way. */
  credit: number;
}

interface PendingCall {
  resolve: (output: unknown) => void;
  reject: (error: Error) => void;
}

interface OpenReader {
  onPart: (part: Uint8Array | ByteRange) => void;
  onEnd: (error: Error | null) => void;
}

/** One engine process, from fork to exit: its calls, its readers, its pulse. */
export class EngineConnection {
  /** Settles when the process listens, or fails when it ends before. */
  readonly started: Promise<void>;
  /** Settles when the process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  private readonly child: ChildProcess;
  private readonly watchdog: EngineWatchdog;
  private readonly calls = new Map<number, PendingCall>();
  private readonly readers = new Map<number, OpenReader>();
  private nextId = 1;
  private gone = false;
  private port = 0;
  private active: string | null = null;
  private residentBytes = 0;

  constructor(private readonly options: EngineConnectionOptions) {
    const { entry, settings, timing, logger } = options;
    this.child = forkEngine(entry, logger);
    this.child.on('message', (raw: unknown) => this.onMessage(raw));
    this.ended = new Promise((resolve) => this.child.once('close', resolve)).then(() => this.onEnd());
    this.started = new Promise((resolve, reject) => {
      this.child.on('kinora:started', resolve);
      void this.ended.then(() => reject(new EngineGoneError('The engine ended while starting')));
    });
    this.started.catch(() => undefined);
    this.watchdog = new EngineWatchdog({
      timing,
      logger,
      pid: () => this.child.pid,
      active: () => this.active,
      kill: () => this.kill(),
    });
    this.send({ type: 'start', settings, heartbeatMs: timing.heartbeatMs });
  }

  /** Process id, for tests. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  /** TCP port the process listens on for peers, once started. */
  get peerPort(): number {
    return this.port;
  }

  /** Whether it takes so much memory that nothing new should be begun. */
  get isCrowded(): boolean {
    return this.residentBytes > this.options.memory.softBytes;
  }

  /** The torrent that was last active as far as is known. */
  get lastActive(): string | null {
    return this.active;
  }

  /** Calls a method; throws its error, or `EngineGoneError`. */
  async call<M extends EngineMethod>(
    method: M,
    input: EngineInput<M>,
    signal?: AbortSignal,
  ): Promise<EngineOutput<M>> {
    if (this.gone) throw new EngineGoneError();
    signal?.throwIfAborted();
    const id = this.nextId++;
    const cancel = () => this.send({ type: 'cancel', id });
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      const output = await new Promise<unknown>((resolve, reject) => {
        this.calls.set(id, { resolve, reject });
        this.send({ type: 'call', id, method, input } as ToEngine);
      });
      return engineCalls[method].output.parse(output) as EngineOutput<M>;
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.calls.delete(id);
    }
  }

  /**
   * Reads a range; ends early when `signal` fires, throws `EngineGoneError` when the process ends. With `takesStored`
   * gives ranges of the file in place of bytes that lie on disk.
   */
  async *read(
    request: PartsRequest,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array | ByteRange, void, void> {
    if (signal.aborted) return;
    if (this.gone) throw new EngineGoneError();
    const reader = this.nextId++;
    const queue: (Uint8Array | ByteRange)[] = [];
    let outcome: { error: Error | null } | null = null;
    let wake: () => void = () => undefined;
    const end = (error: Error | null) => {
      outcome ??= { error };
      wake();
    };
    const abort = () => end(null);
    const isOver = () => outcome;
    const isAborted = () => signal.aborted;
    this.readers.set(reader, {
      onPart: (part) => {
        queue.push(part);
        wake();
      },
      onEnd: end,
    });
    signal.addEventListener('abort', abort, { once: true });
    this.send({ type: 'open', reader, ...request });
    try {
      while (!isAborted()) {
        const part = queue.shift();
        if (part) {
          yield part;
          this.send({ type: 'credit', reader, chunks: 1 });
          continue;
        }
        const over = isOver();
        if (over?.error) throw over.error;
        if (over) return;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      signal.removeEventListener('abort', abort);
      this.readers.delete(reader);
      this.send({ type: 'close', reader });
    }
  }

  /** Asks the process to leave its swarms and end; kills it when it does not. */
  async stop(): Promise<void> {
    this.send({ type: 'stop' });
    const timer = setTimeout(() => this.kill(), this.options.timing.stopMs);
    await this.ended;
    clearTimeout(timer);
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  /** Stops the process where it stands, its sockets open and deaf, until it is killed. For us it has ended. */
  freeze(): void {
    this.child.kill('SIGSTOP');
    this.onEnd();
  }

  useTraffic(rules: TrafficRules): void {
    this.send({ type: 'traffic', rules });
  }

  private send(message: ToEngine): void {
    if (this.gone || !this.child.connected) return;
    this.child.send(message, () => undefined);
  }

  private onMessage(raw: unknown): void {
    // What a frozen process had sent before must not end it: that would close its sockets.
    if (this.gone) return;
    this.watchdog.heard();
    const parsed = fromEngineSchema.safeParse(raw);
    if (!parsed.success) {
      this.options.logger.error({ err: parsed.error }, 'engine process sent nonsense');
      this.kill();
      return;
    }
    this.dispatch(parsed.data);
  }

  private dispatch(message: FromEngine): void {
    switch (message.type) {
      case 'chunk':
        this.readers.get(message.reader)?.onPart(message.bytes);
        return;
      case 'stored':
        this.readers.get(message.reader)?.onPart(message.range);
        return;
      case 'end':
        this.readers.get(message.reader)?.onEnd(null);
        return;
      case 'reader-failed':
        this.readers.get(message.reader)?.onEnd(reviveFailure(message.failure));
        return;
      case 'answer':
        this.calls.get(message.id)?.resolve(message.output);
        return;
      case 'call-failed':
        this.calls.get(message.id)?.reject(reviveFailure(message.failure));
        return;
      case 'heartbeat':
        this.active = message.active;
        this.weigh(message.residentBytes);
        return;
      case 'started':
        this.watchdog.started();
        this.port = message.port;
        this.options.logger.info({ port: message.port, pid: this.child.pid }, 'torrent engine listens');
        this.child.emit('kinora:started');
        return;
      case 'log':
        this.options.logger[message.level]({ text: message.message }, 'engine process says');
    }
  }

  /** Its heap has a limit of its own, which buffers do not count against. */
  private weigh(residentBytes: number): void {
    this.residentBytes = residentBytes;
    if (residentBytes <= this.options.memory.hardBytes) return;
    this.options.logger.error(
      { residentBytes, active: this.active },
      'engine process takes too much memory; it is ended',
    );
    this.kill();
  }

  private onEnd(): void {
    this.gone = true;
    this.watchdog.stop();
    const error = new EngineGoneError('The engine ended');
    for (const call of [...this.calls.values()]) call.reject(error);
    for (const reader of [...this.readers.values()]) reader.onEnd(error);
  }
}
