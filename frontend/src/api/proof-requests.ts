/** Asks the user to confirm who they are: one question, however many requests wait for the answer. */
export class ProofRequests {
  readonly #listeners = new Set<() => void>();
  #given = 0;
  #open: { promise: Promise<boolean>; settle: (given: boolean) => void } | null = null;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly isWanted = (): boolean => this.#open !== null;

  /** How often the user has confirmed. */
  get given(): number {
    return this.#given;
  }

  /**
   * Resolves to whether the user has confirmed; to false at once when no page is there to ask.
   * @param since `given` when the request was sent: when the user has confirmed since, it can be sent again at once
   */
  ask(since: number): Promise<boolean> {
    if (this.#given > since) return Promise.resolve(true);
    if (this.#listeners.size === 0) return Promise.resolve(false);
    if (this.#open === null) {
      let settle: (given: boolean) => void = () => undefined;
      const promise = new Promise<boolean>((resolve) => {
        settle = resolve;
      });
      this.#open = { promise, settle };
      this.#announce();
    }
    return this.#open.promise;
  }

  /** Ends the question. @param given false when the user has closed it */
  settle(given: boolean): void {
    if (given) this.#given += 1;
    this.#open?.settle(given);
    this.#open = null;
    this.#announce();
  }

  #announce(): void {
    for (const listener of this.#listeners) listener();
  }
}
