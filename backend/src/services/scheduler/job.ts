/** When a job is due: so many milliseconds after it last ran, or at the times of a cron line (UTC, five or six fields). */
export type JobSchedule = { everyMs: number } | { cron: string };

/** A named piece of regular work. Made by its area in `<area>.jobs.ts`, listed in app.ts. */
export interface Job {
  /** Kebab case, at most 64 characters; it names the job in the database, the metrics and the API. */
  name: string;
  /** For people: what it does. */
  description: string;
  schedule: JobSchedule;
  /** Then its signal is aborted. Milliseconds, ten minutes if left out. */
  timeoutMs?: number;
  /**
   * Does the work, once. It is never called again before it has settled, in no process that shares the database.
   * What it throws is told to the log and, when it is an `AppError`, to the administrator; it is tried again soon.
   */
  run(context: { signal: AbortSignal }): Promise<void>;
}
