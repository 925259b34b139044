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
  const use = { cpuSeconds: 0, peakMegabytes: 0 };
  for (const id of treeOf(pid)) {
    const stat = statOf(id);
    if (!stat) continue;
    use.cpuSeconds += (Number(stat[11]) + Number(stat[12])) / ticksPerSecond;
    use.peakMegabytes += megabytesAt(id, 'VmHWM');
  }
  return use;
}

/** What they hold now: resident memory, million bytes (`each`: of the process, then of those it started), and open files, sockets and the like. */
export function holdingsOf(pid: number): { megabytes: number; each: number[]; handles: number } {
  const held = { megabytes: 0, each: [] as number[], handles: 0 };
  for (const id of treeOf(pid).sort((a, b) => a - b)) {
    const megabytes = megabytesAt(id, 'VmRSS');
    held.megabytes += megabytes;
    held.each.push(megabytes);
    held.handles += readdirSync(`/proc/${id}/fd`).length;
  }
  return held;
}

function megabytesAt(id: number, field: string): number {
  const kibibytes = new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1];
  return (Number(kibibytes ?? 0) * 1024) / 1e6;
}

/** The process and all it started. */
function treeOf(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = statOf(Number(name))?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const isOurs = (id: number | undefined): boolean =>
    id !== undefined && id > 1 && (id === pid || isOurs(parents.get(id)));
  return [...parents.keys()].filter(isOurs);
}

/** The fields of proc_pid_stat(5) after the name. */
function statOf(pid: number): string[] | null {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? null;
  } catch {
    return null;
  }
}
