/** Callers that wait for something to become true. */
export class Waits {
  private readonly looks = new Set<() => void>();

  /** `failure`: why nothing will ever become true; null while it may. */
  constructor(private readonly failure: () => Error | null) {}

  /** To be called whenever something has changed. */
  changed(): void {
    for (const look of [...this.looks]) look();
  }

  /** Waits for the condition; throws the failure, and ends quietly when `signal` fires. */
  until(condition: () => boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const failure = this.failure();
        if (failure === null && !condition() && !signal.aborted) return;
        this.looks.delete(look);
        signal.removeEventListener('abort', look);
        if (failure === null) resolve();
        else reject(failure);
      };
      this.looks.add(look);
      signal.addEventListener('abort', look, { once: true });
      look();
    });
  }
}
