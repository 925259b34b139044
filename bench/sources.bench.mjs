// What a search costs: five Torznab servers with a hundred results each, answering one after the other; and merging and
// ranking 1,000 releases. Run with: npx tsx --tsconfig backend/tsconfig.json bench/sources.bench.mjs [repeats]
import { createServer } from 'node:http';
import { HttpClient } from '../backend/src/http-client/http-client.js';
import { silentLogger } from '../backend/src/logging/logger.js';
import { MovieRepository } from '../backend/src/repositories/movie.repository.js';
import { mergeReleases } from '../backend/src/services/source/merge-releases.js';
import { parseReleaseName } from '../backend/src/services/source/release-name/release-name.js';
import { anyViewer, compareScored, scoreRelease } from '../backend/src/services/source/source-score.js';
import { openTestDatabase } from '../backend/src/test-support/database.js';
import { createTestSources, testTools } from '../backend/src/test-support/test-sources.js';
import { TorznabIndexer } from '../backend/src/trackers/torznab/torznab.indexer.js';
import { unknownRelease } from '../backend/src/trackers/unknown-release.js';

const repeats = Number(process.argv[2] ?? 20);
/** When each server answers, milliseconds. */
const delays = [20, 60, 100, 140, 180];
const resolutions = ['2160p', '1080p', '720p', '480p'];
const codecs = ['x264', 'x265', 'AV1', 'H.264'];
const kinds = ['BluRay', 'WEB-DL', 'HDTV', 'WEBRip'];

// A quarter of what a server has is known to the others too.
const hashOf = (server, n) => (n % 4 === 0 ? n : server * 1_000 + n).toString(16).padStart(40, '0');
const nameOf = (n) =>
  `Sintel.2010.${resolutions[n % 4]}.${kinds[(n >> 2) % 4]}.${codecs[(n >> 4) % 4]}.AAC5.1-OPEN${n}`;

const caps =
  '<caps><searching><search available="yes" supportedParams="q"/><movie-search available="yes" supportedParams="q,imdbid"/></searching></caps>';

function feed(server) {
  const items = Array.from({ length: 100 }, (_, n) => {
    const hash = hashOf(server, n);
    return `<item><title>${nameOf(n)}</title><guid>${hash}</guid><pubDate>Sat, 14 Mar 2026 17:10:42 +0000</pubDate><size>${1e9 + n * 1e7}</size><link>http://127.0.0.1/dl/${hash}?apikey=KEY</link><torznab:attr name="infohash" value="${hash}"/><torznab:attr name="imdbid" value="tt1727587"/><torznab:attr name="seeders" value="${n}"/><torznab:attr name="peers" value="${2 * n}"/></item>`;
  });
  return `<rss xmlns:torznab="http://torznab.com/schemas/2015/feed"><channel>${items.join('')}</channel></rss>`;
}

const answeredAt = [];
const servers = await Promise.all(
  delays.map(async (delay, at) => {
    const body = feed(at + 1);
    const server = createServer((request, response) => {
      response.setHeader('content-type', 'application/rss+xml');
      if (request.url.includes('t=caps')) response.end(caps);
      else {
        setTimeout(() => {
          answeredAt.push(performance.now());
          response.end(body);
        }, delay);
      }
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    return server;
  }),
);

const clients = [];
const tools = testTools((provider) => {
  const client = new HttpClient({ provider, userAgent: 'Kinora/bench', logger: silentLogger() });
  clients.push(client);
  return client;
});
const indexers = servers.map((server, at) => {
  const urls = [`http://127.0.0.1:${server.address().port}`];
  return new TorznabIndexer(
    { name: `Indexer ${at}`, urls, apiKey: 'a-key-for-benches', categories: [] },
    tools,
  );
});
const { database, dispose } = await openTestDatabase();
const [movie] = await new MovieRepository(database).upsertMany([
  { title: 'Sintel', year: 2010, imdbId: 'tt1727587' },
]);

const runs = {
  firstMs: [],
  afterFirstMs: [],
  allMs: [],
  afterLastMs: [],
  cpuMs: [],
  cpuMsPerResult: [],
  found: [],
};
for (let run = 0; run <= repeats; run++) {
  await database.write((manager) => manager.query('DELETE FROM sources'));
  const { service } = createTestSources(database, indexers, { deadlineMs: 25_000 });
  answeredAt.length = 0;
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  let firstAt = null;
  let found = 0;
  for await (const { items } of service.watch(movie)) {
    found = items.length;
    if (found > 0) firstAt ??= performance.now();
  }
  const doneAt = performance.now();
  const { user, system } = process.cpuUsage(cpu);
  // The first run asks for capabilities and warms the code.
  if (run === 0) continue;
  runs.firstMs.push(firstAt - startedAt);
  runs.afterFirstMs.push(firstAt - answeredAt[0]);
  runs.allMs.push(doneAt - startedAt);
  runs.afterLastMs.push(doneAt - answeredAt.at(-1));
  runs.cpuMs.push((user + system) / 1_000);
  runs.cpuMsPerResult.push((user + system) / 1_000 / 500);
  runs.found.push(found);
}

const summary = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return `${at(0.5).toFixed(2)} (up to ${sorted.at(-1).toFixed(2)})`;
};
console.log(
  `search over ${delays.length} indexers that answer after ${delays.join(', ')} ms, 100 results each:`,
);
for (const [name, values] of Object.entries(runs)) console.log(`  ${name}: ${summary(values)}`);

const thousand = Array.from({ length: 1_000 }, (_, n) => ({
  ...unknownRelease,
  infoHash: n.toString(16).padStart(40, '0'),
  title: nameOf(n),
  resolution: resolutions[n % 4],
  sizeBytes: 1e9 + n * 1e7,
  seeders: (n * 37) % 500,
}));
const names = new Map(thousand.map(({ title }) => [title, parseReleaseName(title)]));
// Processor time: the machine may have other work.
const cpuNow = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};
const times = { parse: [], mergeAndRank: [] };
for (let run = 0; run < repeats; run++) {
  let startedAt = cpuNow();
  for (const { title } of thousand) parseReleaseName(title);
  times.parse.push(cpuNow() - startedAt);
  startedAt = cpuNow();
  const merged = mergeReleases([
    { indexer: 'A', releases: thousand.slice(0, 600) },
    { indexer: 'B', releases: thousand.slice(400) },
  ]);
  merged
    .map((release) =>
      Object.assign(
        {},
        release,
        scoreRelease(
          { ...release, isDescribed: false },
          names.get(release.title),
          { runtimeSeconds: 888, originalLanguage: 'en' },
          anyViewer,
        ),
      ),
    )
    .sort(compareScored);
  times.mergeAndRank.push(cpuNow() - startedAt);
}
console.log('1,000 releases, milliseconds of a processor:');
for (const [name, values] of Object.entries(times)) console.log(`  ${name}: ${summary(values)}`);

await Promise.all(clients.map((client) => client.close()));
await dispose();
for (const server of servers) server.close();
