/** Something that runs while the server does. */
export interface Component {
  start?: () => unknown;
  /** Must also be safe when the component has not been started. */
  stop?: () => unknown;
}

/** Starts components in the order in which they were added, and stops them in reverse. */
export class Lifecycle {
  private readonly components: { name: string; component: Component }[] = [];
  private stopping: Promise<void> | null = null;

  add(name: string, component: Component): this {
    this.components.push({ name, component });
    return this;
  }

  /** Starts all. When one fails, or the server is asked to stop meanwhile, no other starts; all are stopped, and the failure is thrown. */
  async start(): Promise<void> {
    for (const { name, component } of this.components) {
      if (this.stopping) throw new Error(`The server was stopped before ${name} was started.`);
      try {
        await component.start?.();
      } catch (error) {
        // The failure of the start is what the operator must see.
        await this.stop().catch(() => undefined);
        throw error;
      }
    }
  }

  /**
   * Stops all, one after another, in reverse order: also those that were never started, because they may hold resources since
   * they were made. One that fails does not keep the others from stopping. A second call waits for the first.
   * @throws the first failure, when all have stopped
   */
  stop(): Promise<void> {
    this.stopping ??= this.stopAll();
    return this.stopping;
  }

  private async stopAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const { component } of [...this.components].reverse()) {
      try {
        await component.stop?.();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
