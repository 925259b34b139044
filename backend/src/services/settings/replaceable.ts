/** A part, and what ends it. */
export interface OwnedPart<T extends object> {
  part: T;
  /** Ends what the part holds open (sockets); calls under way may fail. */
  close?: () => void | Promise<void>;
}

/**
 * A part that can be replaced while it is in use. Others hold its face, which looks like the part: each call goes to the
 * part of that moment and stays with it to its end. The one before is closed when all its calls have met their deadlines.
 */
export class Replaceable<T extends object> {
  /** To be called, not kept in pieces: a method taken off it now belongs to the part of now. */
  readonly face: T;
  private readonly leaving = new Map<OwnedPart<T>, NodeJS.Timeout>();

  /** @param graceMs longer than any call of the part may take, milliseconds */
  constructor(
    private current: OwnedPart<T>,
    private readonly graceMs: number,
  ) {
    this.face = new Proxy(Object.create(null) as T, {
      get: (_, key) => {
        const { part } = this.current;
        const value: unknown = Reflect.get(part, key, part);
        // Bound, so that it finds its own private fields and not those of the face.
        return typeof value === 'function'
          ? (...given: unknown[]): unknown => Reflect.apply(value, part, given)
          : value;
      },
      has: (_, key) => Reflect.has(this.current.part, key),
      set: () => false,
    });
  }

  /** From now on the next one is called. */
  replace(next: OwnedPart<T>): void {
    const before = this.current;
    this.current = next;
    const timer = setTimeout(() => void this.close(before), this.graceMs);
    timer.unref();
    this.leaving.set(before, timer);
  }

  /** Closes what is there and what is still leaving. */
  async stop(): Promise<void> {
    await Promise.all([this.current, ...this.leaving.keys()].map((owned) => this.close(owned)));
  }

  private async close(owned: OwnedPart<T>): Promise<void> {
    clearTimeout(this.leaving.get(owned));
    this.leaving.delete(owned);
    await owned.close?.();
  }
}
