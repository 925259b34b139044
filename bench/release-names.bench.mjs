// How right release names are read and judged, and how long that takes. Prints totals only, so that the held-out names
// stay unknown to whoever changes the parser; `--wrong FILE` names what is wrong in one file of the corpus.
// Run with: npx tsx --tsconfig backend/tsconfig.json bench/release-names.bench.mjs [--wrong by-hand]
import { judgeRelease } from '../backend/src/services/source/identity/judge-release.js';
import { parseReleaseName } from '../backend/src/services/source/release-name/release-name.js';
import { fieldAccuracy, releaseCorpus, wrongVerdicts } from '../backend/src/test-support/release-corpus.js';

const files = ['by-hand', 'composed', 'held-out', 'reported', 'real-shapes'];
const shown = process.argv[2] === '--wrong' ? process.argv[3] : null;

for (const file of files) {
  const entries = releaseCorpus(file);
  const fields = fieldAccuracy(entries);
  const verdicts = wrongVerdicts(entries);
  console.log(`${file}: ${entries.length} names`);
  if (entries.some(({ expected }) => expected !== null)) {
    const shares = Object.entries(fields).map(([field, { share }]) => `${field} ${(100 * share).toFixed(1)}`);
    console.log(`  right, %: ${shares.join(', ')}`);
  }
  if (verdicts.offered + verdicts.refused > 0)
    console.log(
      `  false offers ${verdicts.offers.length} of ${verdicts.refused}, false refusals ${verdicts.refusals.length} of ${verdicts.offered}`,
    );
  if (shown === file) console.log(JSON.stringify({ fields, verdicts }, null, 1));
}

const judged = releaseCorpus('reported', 'real-shapes').filter(({ wanted }) => wanted !== null);
const microseconds = (run, count) => {
  for (let warm = 0; warm < 5; warm++) run();
  const times = Array.from({ length: 30 }, () => {
    const before = process.cpuUsage();
    for (let repeat = 0; repeat < 5; repeat++) run();
    // Processor time: the machine may be doing other things.
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 5 / count;
  });
  return times.sort((a, b) => a - b)[15].toFixed(1);
};
const parsed = judged.map(({ name }) => parseReleaseName(name));
const parse = microseconds(() => judged.map(({ name }) => parseReleaseName(name)), judged.length);
const judge = microseconds(
  () =>
    judged.map(({ name, wanted }, at) =>
      judgeRelease({ title: name, sizeBytes: null, imdbId: null }, parsed[at], wanted),
    ),
  judged.length,
);
console.log(`microseconds of processor time a name, median of 30 rounds: parse ${parse}, judge ${judge}`);
