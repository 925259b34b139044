import { summarise } from '../measure.js';
import type { Sample } from './measures.js';
import type { Scenario } from './scenarios.js';

/** One goal of a measure: what is measured against what, and how good the ratio should be. */
export interface Goal {
  measure: string;
  against: string;
  /** Ours over theirs. */
  ratio: number;
  /** `<= 1.05`, `>= 0.62`. */
  goal: string;
  isReached: boolean;
}

type Bound = readonly ['<=' | '>=', number];

/** Of the floor, which no client can be below. */
const ofFloor = (limits: { magnet: number; torrent: number; seek: number }) =>
  ({
    'first byte, magnet, ms': ['magnet', ['<=', limits.magnet]],
    'first byte, .torrent, ms': ['torrent', ['<=', limits.torrent]],
    'seek to 50 %, ms': ['seek', ['<=', limits.seek]],
    'seek to 90 %, ms': ['seek', ['<=', limits.seek]],
    'the last 256 KB, ms': ['seek', ['<=', limits.seek]],
  }) as const satisfies Record<string, readonly [keyof NonNullable<Scenario['floors']>, Bound]>;

const floorGoals = {
  B: ofFloor({ magnet: 1.05, torrent: 1.1, seek: 1.2 }),
  C: ofFloor({ magnet: 1.08, torrent: 1.12, seek: 1.2 }),
};

/** Of the best of the others in the same run, where only the machine limits. */
const bestGoals: Readonly<Record<string, Bound>> = {
  'first byte, magnet, ms': ['<=', 0.9],
  'first byte, .torrent, ms': ['<=', 0.9],
  'sustained, MB/s': ['>=', 1.1],
  'second read, MB/s': ['>=', 1.1],
  'processor, s per GB': ['<=', 1],
  'peak memory, MB': ['<=', 1],
};
const ofPlainServer: Bound = ['>=', 0.62];
const ofCeiling: Bound = ['>=', 0.99];
const ofBestPause: Bound = ['<=', 1];

export const ourName = 'Kinora';
export const plainServerName = 'plain file server';

/** What was aimed at in a scenario, and what was reached; nothing of what was not measured. */
export function judge(
  key: string,
  { floors, ceiling }: Pick<Scenario, 'floors' | 'ceiling'>,
  columns: ReadonlyMap<string, readonly Sample[]>,
): Goal[] {
  const others = [...columns.keys()].filter((name) => name !== ourName && name !== plainServerName);
  const bestOf = (measure: string, [kind]: Bound): [string, number] | null => {
    const known = others.flatMap((name): [string, number][] => {
      const value = medianOf(columns.get(name), measure);
      return value === null ? [] : [[name, value]];
    });
    const sorted = known.sort(([, a], [, b]) => (kind === '<=' ? a - b : b - a));
    return sorted[0] ?? null;
  };
  const goals: Goal[] = [];
  const aim = (measure: string, against: readonly [string, number] | null, [kind, limit]: Bound): void => {
    const ours = medianOf(columns.get(ourName), measure);
    if (ours === null || against === null) return;
    const ratio = ours / against[1];
    const isReached = kind === '<=' ? ratio <= limit : ratio >= limit;
    goals.push({ measure, against: against[0], ratio, goal: `${kind} ${limit}`, isReached });
  };

  if (floors && (key === 'B' || key === 'C')) {
    for (const [measure, [floor, bound]] of Object.entries(floorGoals[key]))
      aim(measure, ['the floor', floors[floor]], bound);
  } else
    for (const [measure, bound] of Object.entries(bestGoals)) aim(measure, bestOf(measure, bound), bound);
  if (ceiling !== null) aim('sustained, MB/s', ['the ceiling', ceiling], ofCeiling);
  aim('longest pause, ms', bestOf('longest pause, ms', ofBestPause), ofBestPause);
  const plain = medianOf(columns.get(plainServerName), 'second read, MB/s');
  if (plain !== null) aim('second read, MB/s', [plainServerName, plain], ofPlainServer);
  return goals;
}

function medianOf(samples: readonly Sample[] | undefined, measure: string): number | null {
  const values = (samples ?? []).flatMap((sample) => sample[measure] ?? []);
  return values.length === 0 ? null : summarise(values).median;
}
