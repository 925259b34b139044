import type { Logger } from '../../logging/logger.js';
import { isStarved, type ProcessTimes, readProcessTimes } from './process-health.js';

export interface PulseTiming {
  /** How often the process says that it is alive. */
  heartbeatMs: number;
  /** Silence after which it is killed; five times that while the machine leaves it no processor. */
  silenceMs: number;
  /** How long it may take to start. */
  startMs: number;
}

export interface EngineWatchdogOptions {
  timing: PulseTiming;
  logger: Logger;
  /** Of the process; undefined when it could not be started. */
  pid: () => number | undefined;
  /** The torrent it was last busy with, for the log. */
  active: () => string | null;
  kill: () => void;
}

/** Kills a process that is silent for too long, as far as that is its own fault. */
export class EngineWatchdog {
  private readonly timer: NodeJS.Timeout;
  private isStarted = false;
  private isOver = false;
  private lastHeard = performance.now();
  private lastLook = performance.now();
  private timesWhenHeard: ProcessTimes | null = null;

  constructor(private readonly options: EngineWatchdogOptions) {
    this.timer = setInterval(() => this.look(), options.timing.heartbeatMs);
  }

  /** The process has said something. */
  heard(): void {
    this.lastHeard = performance.now();
  }

  /** From now on it is to have a pulse; before, it only has to start in time. */
  started(): void {
    this.isStarted = true;
  }

  /** The process has ended, or is not to have a pulse any more. */
  stop(): void {
    this.isOver = true;
    clearInterval(this.timer);
  }

  private look(): void {
    const { heartbeatMs, silenceMs, startMs } = this.options.timing;
    const now = performance.now();
    // When we ourselves were held up, its messages wait unread: that is no silence of its.
    const late = now - this.lastLook - heartbeatMs;
    this.lastLook = now;
    if (late > heartbeatMs) this.lastHeard += late;
    const silent = now - this.lastHeard;
    if (this.isStarted) void this.judge(silent, silenceMs);
    else if (silent > startMs) this.options.kill();
  }

  private async judge(silent: number, limit: number): Promise<void> {
    const { logger, pid, active, kill } = this.options;
    const id = pid();
    if (id === undefined) return;
    const times = await readProcessTimes(id);
    if (silent < limit / 2) this.timesWhenHeard = times;
    if (silent < limit || this.isOver) return;
    if (silent < limit * 5 && isStarved(this.timesWhenHeard, times, silent)) return;
    logger.error({ silentMs: Math.round(silent), active: active() }, 'engine process is silent; it is ended');
    kill();
  }
}
