/** Runs `work`, which never rejects, after `ms` milliseconds. Returns a function that cancels it. */
export type Schedule = (ms: number, work: () => Promise<void>) => () => void;

export interface TraktOutageOptions {
  /** Asks Trakt something small. Rejects while Trakt is away. */
  probe: () => Promise<void>;
  /** Called once when Trakt answers again after a probe has failed. Never rejects. */
  onBack: () => Promise<void>;
  schedule: Schedule;
}

/** The first probe comes soon, because a failure of one request need not be an outage. Milliseconds. */
const firstProbeMs = 2_000;
/** Six requests a minute are no burden, and news arrives soon after the end. Milliseconds. */
const probeMs = 10_000;

/**
 * Notices the end of an outage. Entries of the outbox wait ever longer after each failure, up to half an hour; one small request
 * every ten seconds for the whole server tells when they need not. When the first probe succeeds, Trakt was not away but
 * refused one request, which keeps its own waits.
 */
export class TraktOutage {
  private cancel: (() => void) | null = null;
  private isStopped = false;

  constructor(private readonly options: TraktOutageOptions) {}

  /** Starts probing, unless it is under way. */
  suspect(): void {
    if (!this.cancel) this.probeIn(firstProbeMs, false);
  }

  stop(): void {
    this.isStopped = true;
    this.cancel?.();
  }

  private probeIn(ms: number, hasFailed: boolean): void {
    if (this.isStopped) return;
    this.cancel = this.options.schedule(ms, async () => {
      if (await this.isThere()) {
        this.cancel = null;
        if (hasFailed && !this.isStopped) await this.options.onBack();
      } else this.probeIn(probeMs, true);
    });
  }

  private async isThere(): Promise<boolean> {
    return this.options.probe().then(
      () => true,
      () => false,
    );
  }
}
