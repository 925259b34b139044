import type { ApiClient } from '../../api/client.js';
import { ApiError } from '../../api/problem.js';
import type { Playback, PlaybackState } from '../../api/types.js';
import { endPlayback, type PlayerWord, playbackState } from './playback.queries.js';

export interface PlaybackSnapshot {
  /** Null until the server answered the wish to play. */
  playback: Playback | null;
  state: PlaybackState | null;
  /** Set when the play cannot go on by itself. */
  error: Error | null;
  /** The last question for the state got no answer; it is asked again. */
  unreachable: boolean;
}

/** One play from the wish to the leaving: asks for it, follows its state each second, lets go of it. */
export class PlaybackController {
  readonly #api: ApiClient;
  readonly #ask: () => Promise<Playback>;
  readonly #pollMs: number;
  readonly #listeners = new Set<() => void>();
  #snapshot: PlaybackSnapshot = { playback: null, state: null, error: null, unreachable: false };
  readonly #word: PlayerWord = { waiting: false, length: null };
  #asked = false;
  #left = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #goodbye: ReturnType<typeof setTimeout> | undefined;

  /** @param ask asks the server for the play; called once */
  constructor(api: ApiClient, ask: () => Promise<Playback>, { pollMs = 1_000 } = {}) {
    this.#api = api;
    this.#ask = ask;
    this.#pollMs = pollMs;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): PlaybackSnapshot => this.#snapshot;

  /** Begins, or goes on when `stop` was called a moment ago (React mounts twice while developing). */
  start(): void {
    clearTimeout(this.#goodbye);
    if (this.#asked) return;
    this.#asked = true;
    this.#ask().then(
      (playback) => {
        this.#update({ playback, state: playback.state });
        if (this.#hasLeft()) this.#release();
        else this.#pollLater();
      },
      (error: unknown) => this.#fail(error),
    );
  }

  stop(): void {
    this.#goodbye = setTimeout(() => this.leave(), 0);
  }

  /** The picture stands still for lack of film, or goes on: the server judges why when it is next asked. */
  setWaiting(waiting: boolean): void {
    this.#word.waiting = waiting;
  }

  /** The running time of the file, once it was read from it: the server compares it with the title's. Seconds. */
  setLength(seconds: number): void {
    if (Number.isFinite(seconds) && seconds > 0) this.#word.length = seconds;
  }

  /** Lets go at once: the page is going away. */
  leave(): void {
    if (this.#left) return;
    this.#left = true;
    clearTimeout(this.#timer);
    this.#release();
  }

  /** Asked anew after every wait: the viewer may have gone in the meantime. */
  #hasLeft(): boolean {
    return this.#left;
  }

  #release(): void {
    const { playback } = this.#snapshot;
    // The server frees abandoned plays by itself; this only makes it sooner.
    if (playback) endPlayback(this.#api, playback.id).catch(() => undefined);
  }

  #pollLater(): void {
    this.#timer = setTimeout(() => void this.#poll(), this.#pollMs);
  }

  async #poll(): Promise<void> {
    const { playback } = this.#snapshot;
    if (!playback || this.#left) return;
    try {
      this.#update({ state: await playbackState(this.#api, playback.id, this.#word), unreachable: false });
    } catch (error) {
      if (error instanceof ApiError && error.status < 500) {
        this.#fail(error.status === 404 ? new Error('The server has ended this play.') : error);
        return;
      }
      this.#update({ unreachable: true });
    }
    if (!this.#hasLeft()) this.#pollLater();
  }

  #fail(error: unknown): void {
    this.#update({ error: error instanceof Error ? error : new Error(String(error)) });
  }

  #update(change: Partial<PlaybackSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const listener of this.#listeners) listener();
  }
}
