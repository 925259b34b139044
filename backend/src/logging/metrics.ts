import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** How a call to a provider ended. */
export type CallOutcome = 'ok' | 'failed';
/** What the cache had: a value young enough, one that may stand in, or nothing. */
export type CacheOutcome = 'fresh' | 'stale' | 'miss';

const secondsBuckets = [0.005, 0.02, 0.1, 0.3, 1, 3, 10];

/** What the server counts of itself, for Prometheus. Labels come from closed sets: never a path, a name or an address. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly registers = [this.registry];
  private readonly requests = new Histogram({
    name: 'kinora_http_request_seconds',
    help: 'Requests answered, by route pattern; of streams until the first byte',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: secondsBuckets,
    registers: this.registers,
  });
  private readonly streams = new Gauge({
    name: 'kinora_streams_open',
    help: 'Answers with film bytes that are being sent',
    registers: this.registers,
  });
  private readonly calls = new Histogram({
    name: 'kinora_provider_call_seconds',
    help: 'Calls to providers, with their retries',
    labelNames: ['provider', 'outcome'] as const,
    buckets: secondsBuckets,
    registers: this.registers,
  });
  private readonly lookups = new Counter({
    name: 'kinora_cache_lookups_total',
    help: 'Lookups in the cache, by what it had, and in which area: the hit rate of each',
    labelNames: ['outcome', 'area'] as const,
    registers: this.registers,
  });
  private readonly jobs = new Histogram({
    name: 'kinora_job_run_seconds',
    help: 'Runs of regular jobs',
    labelNames: ['job', 'outcome'] as const,
    buckets: [0.1, 1, 10, 60, 600],
    registers: this.registers,
  });

  private readonly engineRestarts = new Counter({
    name: 'kinora_engine_restarts_total',
    help: 'How often the torrent engine ended by itself and was started again',
    registers: this.registers,
  });

  /** The Content-Type of `render`. */
  get contentType(): string {
    return this.registry.contentType;
  }

  /** Begins to measure the process: memory, CPU, event-loop delay, garbage collection. */
  start(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  requestAnswered(method: string, route: string, status: number, seconds: number): void {
    this.requests.observe({ method, route, status }, seconds);
  }

  streamOpened(): void {
    this.streams.inc();
  }

  streamClosed(): void {
    this.streams.dec();
  }

  providerCalled(provider: string, outcome: CallOutcome, seconds: number): void {
    this.calls.observe({ provider, outcome }, seconds);
  }

  cacheAsked(outcome: CacheOutcome, area: string): void {
    this.lookups.inc({ outcome, area });
  }

  jobEnded(job: string, outcome: string, seconds: number): void {
    this.jobs.observe({ job, outcome }, seconds);
  }

  engineRestarted(): void {
    this.engineRestarts.inc();
  }

  /** A number that is read when somebody asks. `name` without `kinora_`. */
  gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name: `kinora_${name}`,
      help,
      registers: this.registers,
      collect() {
        this.set(read());
      },
    });
  }

  /** Prometheus' text format. */
  render(): Promise<string> {
    return this.registry.metrics();
  }
}
