import { readFile } from 'node:fs/promises';

/** How long a process's main thread has run and has waited for a processor, both in milliseconds since it started. */
export interface ProcessTimes {
  ranMs: number;
  waitedMs: number;
}

/** Reads what Linux keeps of a process; null elsewhere, or when it has gone. */
export async function readProcessTimes(pid: number): Promise<ProcessTimes | null> {
  try {
    const [ran, waited] = (await readFile(`/proc/${pid}/schedstat`, 'utf8')).split(' ').map(Number);
    return ran === undefined || waited === undefined ? null : { ranMs: ran / 1e6, waitedMs: waited / 1e6 };
  } catch {
    return null;
  }
}

/** Whether a silent process is kept from running by a busy machine, rather than stuck. */
export function isStarved(
  before: ProcessTimes | null,
  after: ProcessTimes | null,
  silentMs: number,
): boolean {
  return before !== null && after !== null && after.waitedMs - before.waitedMs > silentMs / 2;
}
