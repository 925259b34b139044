// Kinora beside WebTorrent as it comes, libtorrent and peerflix, over the same swarms in one run. Each measurement is a
// fresh process with an empty cache. CONTESTANTS, SCENARIOS (names, space apart), REPEATS (3), SUSTAIN_S (10),
// FILM_MB (605), PIECE_BYTES (1048576), PATIENCE_S (30).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inWords, read, summarise } from '../measure.js';
import { startPlainFileServer } from '../plain-file-server.js';
import { startSwarm } from './bench-swarm.js';
import { gather } from './contestants/contestants.js';
import { makeFilm } from './film.js';
import { type Goal, judge, plainServerName } from './goals.js';
import { measureStart, measureSteady, type Sample } from './measures.js';
import { type Scenario, scenarios } from './scenarios.js';

const { env } = process;
const repeats = Number(env['REPEATS'] ?? 3);
const names = env['CONTESTANTS']?.split(' ');
const only = env['SCENARIOS']?.split(' ');
const folder = mkdtempSync(path.join(tmpdir(), 'kinora-bench-swarm-'));

try {
  const contestants = gather(folder, (name) => names?.includes(name) ?? true);
  const film = await makeFilm(folder, Number(env['FILM_MB'] ?? 605));
  for (const [key, scenario] of Object.entries(scenarios)) {
    if (only && !only.includes(key)) continue;
    const columns = await run(scenario, film, contestants);
    if (scenario.ceiling === null) columns.set(plainServerName, await plainly(film));
    report(scenario, columns);
    reportGoals(judge(key, scenario, columns));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

type Columns = Map<string, Sample[]>;

/** Contestants take turns, so that a slower minute of the machine meets them all. */
async function run(
  scenario: Scenario,
  film: string,
  contestants: ReturnType<typeof gather>,
): Promise<Columns> {
  const columns: Columns = new Map(contestants.map(({ name }) => [name, []]));
  const pieceBytes = Number(env['PIECE_BYTES'] ?? 1 << 20);
  const swarm = await startSwarm(scenario, film, { folder, pieceBytes });
  try {
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      for (const contestant of contestants) {
        const round = {
          contestant,
          swarm,
          film,
          patienceMs: Number(env['PATIENCE_S'] ?? 30) * 1000,
          sustainSeconds: scenario.ceiling === null ? undefined : Number(env['SUSTAIN_S'] ?? 10),
        };
        for (const measure of [measureStart, measureSteady]) {
          const sample = await measure(round).catch((error: unknown) => {
            console.error(`${scenario.name}: ${contestant.name}: ${String(error)}`);
            return {};
          });
          columns.get(contestant.name)?.push(sample);
        }
      }
    }
  } finally {
    swarm.stop();
  }
  return columns;
}

async function plainly(film: string): Promise<Sample[]> {
  const server = await startPlainFileServer(film);
  const samples: Sample[] = [];
  for (let repeat = 0; repeat < repeats; repeat += 1)
    samples.push({ 'second read, MB/s': (await read(server.url)).megabytesPerSecond });
  server.stop();
  return samples;
}

function report({ name, floors }: Scenario, columns: Columns): void {
  const floorOf: Record<string, number | undefined> = {
    'first byte, magnet, ms': floors?.magnet,
    'first byte, .torrent, ms': floors?.torrent,
    'seek to 50 %, ms': floors?.seek,
    'seek to 90 %, ms': floors?.seek,
    'the last 256 KB, ms': floors?.seek,
  };
  const rows = new Set(
    [...columns.values()].flatMap((samples) => samples.flatMap((one) => Object.keys(one))),
  );
  console.log(`\n${name}. Median (least-most) of ${repeats}.\n`);
  console.log(`| | ${[...columns.keys()].join(' | ')} | floor |`);
  console.log(`|---|${'---|'.repeat(columns.size + 1)}`);
  for (const row of rows) {
    const cells = [...columns.values()].map((samples) => {
      const values = samples.flatMap((sample) => sample[row] ?? []);
      return values.length === 0 ? '' : inWords(summarise(values), row.includes('GB') ? 1 : 0);
    });
    console.log(`| ${row} | ${cells.join(' | ')} | ${floorOf[row] ?? ''} |`);
  }
}

function reportGoals(goals: readonly Goal[]): void {
  if (goals.length === 0) return;
  console.log('\n| measure | against | ratio | goal | |\n|---|---|---|---|---|');
  for (const { measure, against, ratio, goal, isReached } of goals)
    console.log(
      `| ${measure} | ${against} | ${ratio.toFixed(2)} | ${goal} | ${isReached ? 'reached' : 'missed'} |`,
    );
}
