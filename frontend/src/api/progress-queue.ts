import type { ProgressBatch } from './types.js';

export type { ProgressBatch };
export type QueuedSave = ProgressBatch['saves'][number];
export type Place = Omit<QueuedSave, 'id' | 'at'>;

interface ProgressQueueOptions {
  storage: Pick<Storage, 'getItem' | 'setItem'>;
  userId: string;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Answers the ids that the server has. Throws when it could not be asked. */
  send: (batch: ProgressBatch, options: { keepalive: boolean }) => Promise<readonly string[]>;
}

/** Of more than this the oldest are given up. */
const LIMIT = 200;

/**
 * Where the player was, on its way to the server. Everything is written down here first and forgotten when the server
 * says it has it, so that neither a reload nor an evening without a network loses a place. Each save has a name of its
 * own: sent twice it counts once.
 */
export class ProgressQueue {
  readonly #options: ProgressQueueOptions;
  readonly #key: string;
  #sending: Promise<void> | undefined;

  constructor(options: ProgressQueueOptions) {
    this.#options = options;
    this.#key = `kinora.progress.${options.userId}`;
  }

  get size(): number {
    return this.#read().length;
  }

  /** Of one sitting only the latest place is kept, and every ending. */
  add(place: Place): void {
    const { now } = this.#options;
    const save: QueuedSave = { ...place, id: randomId(), at: new Date(now()).toISOString() };
    const rest = this.#read().filter(
      (other) =>
        other.state === 'finished' || other.sitting !== place.sitting || other.mediaId !== place.mediaId,
    );
    this.#write([...rest, save].slice(-LIMIT));
  }

  /** Sends what waits. Never throws: what did not arrive stays. @param keepalive outlives the page */
  async flush({ keepalive = false } = {}): Promise<void> {
    // A page that goes away cannot wait for the request under way.
    if (this.#sending && !keepalive) await this.#sending;
    const saves = this.#read();
    if (saves.length === 0) return;
    const { send, now } = this.#options;
    const sentAt = new Date(now()).toISOString();
    const sending = send({ sentAt, saves }, { keepalive }).then(
      () => {
        // What the server did not take names a title that is gone: it is over as well.
        const asked = new Set(saves.map(({ id }) => id));
        this.#write(this.#read().filter(({ id }) => !asked.has(id)));
      },
      () => undefined,
    );
    this.#sending = sending.finally(() => {
      this.#sending = undefined;
    });
    await sending;
  }

  #read(): QueuedSave[] {
    try {
      const saved: unknown = JSON.parse(this.#options.storage.getItem(this.#key) ?? '[]');
      return Array.isArray(saved) ? saved.filter(isSave) : [];
    } catch {
      return [];
    }
  }

  #write(saves: readonly QueuedSave[]): void {
    try {
      this.#options.storage.setItem(this.#key, JSON.stringify(saves));
    } catch {
      // A full or forbidden storage: the save still goes out with the next flush of another page, or is lost.
    }
  }
}

/** Works on plain http too, where `crypto.randomUUID` does not exist. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

function isSave(value: unknown): value is QueuedSave {
  if (typeof value !== 'object' || value === null) return false;
  const save = value as Record<string, unknown>;
  return (
    typeof save['id'] === 'string' &&
    typeof save['mediaId'] === 'string' &&
    typeof save['at'] === 'string' &&
    typeof save['positionSeconds'] === 'number' &&
    typeof save['durationSeconds'] === 'number'
  );
}
