import { readdirSync, readFileSync } from 'node:fs';

/** What a process and all it started use (Linux only). */
export interface TreeUse {
  /** Seconds of processor so far. */
  cpuSeconds: number;
  /** Highest resident set of each, together; million bytes. */
  peakMegabytes: number;
}

const ticksPerSecond = 100;

export function readTree(pid: number): TreeUse {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = statOf(Number(name))?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const isOurs = (id: number | undefined): boolean =>
    id !== undefined && id > 1 && (id === pid || isOurs(parents.get(id)));
  const use = { cpuSeconds: 0, peakMegabytes: 0 };
  for (const id of parents.keys()) {
    if (!isOurs(id)) continue;
    const stat = statOf(id);
    if (!stat) continue;
    use.cpuSeconds += (Number(stat[11]) + Number(stat[12])) / ticksPerSecond;
    const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1];
    use.peakMegabytes += (Number(peak ?? 0) * 1024) / 1e6;
  }
  return use;
}

/** The fields of proc_pid_stat(5) after the name. */
function statOf(pid: number): string[] | null {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? null;
  } catch {
    return null;
  }
}
