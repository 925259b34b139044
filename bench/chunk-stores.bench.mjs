// The encrypted chunk store beside the plain one, and each with memory above it: writing pieces, reading them in the engine's sizes, reading 16 KiB
// at random places as peers do. Run with: npx tsx bench/chunk-stores.bench.mjs [folder]
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { closeStore, destroyStore, getChunk, putChunk } from '../backend/src/chunk-stores/chunk-store.js';
import { openChunkStores } from '../backend/src/chunk-stores/chunk-stores.js';
import { MemoryChunkStore } from '../backend/src/chunk-stores/memory.chunk-store.js';
import { MemoryPool } from '../backend/src/chunk-stores/memory-pool.js';
import { TieredChunkStore } from '../backend/src/chunk-stores/tiered.chunk-store.js';

const MiB = 1 << 20;
const pieceLength = 4 * MiB;
const pieces = 64;
const rounds = 3;
const root = await mkdtemp(path.join(process.argv[2] ?? tmpdir(), 'kinora-bench-'));
const kinds = {
  file: await openChunkStores({ kind: 'file', root }),
  encrypted: await openChunkStores({
    kind: 'encrypted',
    root,
    masterKeys: [{ id: 'm', key: randomBytes(32) }],
  }),
};
kinds['memory over file'] = tieredOver(kinds.file);
kinds['memory over encrypted'] = tieredOver(kinds.encrypted);
const data = Array.from({ length: 4 }, () => randomBytes(pieceLength));
const results = {};

try {
  // In turns, so that neither profits from a warmer machine.
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, stores] of Object.entries(kinds)) await measure(name, stores, round);
  }
  console.log(
    `${pieces} pieces of ${pieceLength / MiB} MiB; median of ${rounds} rounds (slowest to fastest), and CPU seconds per GiB`,
  );
  for (const [work, byKind] of Object.entries(results)) {
    for (const [name, runs] of Object.entries(byKind)) console.log(line(work, name, runs));
    console.log(`${work.padEnd(24)}encrypted against plain store ${ratio(byKind, 'encrypted', 'file')}`);
    console.log(`${work.padEnd(24)}tiered against file ${ratio(byKind, 'memory over file', 'file')}`);
  }
} finally {
  await rm(root, { recursive: true, force: true });
}

/** Memory for a quarter of the pieces above another store. */
function tieredOver(stores) {
  const pool = new MemoryPool((pieces / 4) * pieceLength);
  return {
    create: (wanted) => {
      const { chunkLength, length } = wanted;
      const upper = new MemoryChunkStore(chunkLength, { pool, length });
      return new TieredChunkStore(chunkLength, { upper, lower: stores.create(wanted), length });
    },
  };
}

async function measure(name, stores, round) {
  const infoHash = String(round).padStart(40, '0');
  const open = () => stores.create({ infoHash, chunkLength: pieceLength, length: pieces * pieceLength });
  let store = open();
  await timed('write', name, pieces * pieceLength, async () => {
    for (let i = 0; i < pieces; i += 1) await putChunk(store, i, data[i % 4]);
    await closeStore(store);
  });
  store = open();
  await timed('read 1 MiB in order', name, pieces * pieceLength, async () => {
    for (let i = 0; i < pieces; i += 1)
      for (let at = 0; at < pieceLength; at += MiB) await getChunk(store, i, { offset: at, length: MiB });
  });
  // As peers do: the blocks of a piece one after the other, from several pieces at a time.
  await timed('read 16 KiB, 8 pieces', name, (pieces / 4) * pieceLength, async () => {
    for (let first = 0; first < pieces / 4; first += 8)
      for (let offset = 0; offset < pieceLength; offset += 16_384)
        for (let i = first; i < first + 8; i += 1) await getChunk(store, i, { offset, length: 16_384 });
  });
  const reads = 1_000;
  await timed('read 16 KiB at random', name, reads * 16_384, async () => {
    for (let i = 0; i < reads; i += 1) {
      const offset = Math.floor(Math.random() * (pieceLength / 16_384)) * 16_384;
      await getChunk(store, Math.floor(Math.random() * pieces), { offset, length: 16_384 });
    }
  });
  await destroyStore(store);
}

async function timed(work, name, bytes, run) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await run();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  results[work] ??= {};
  results[work][name] ??= [];
  results[work][name].push({
    mbPerSecond: bytes / seconds / 1e6,
    cpu: ((user + system) / 1e6 / bytes) * 2 ** 30,
  });
}

/** Of the medians. */
function ratio(byKind, name, other) {
  return (medianSpeed(byKind[name]) / medianSpeed(byKind[other])).toFixed(2);
}

function medianSpeed(runs) {
  return runs.map(({ mbPerSecond }) => mbPerSecond).sort((a, b) => a - b)[Math.floor(runs.length / 2)];
}

function line(work, name, runs) {
  const speeds = runs.map(({ mbPerSecond }) => mbPerSecond).sort((a, b) => a - b);
  const cpus = runs.map(({ cpu }) => cpu).sort((a, b) => a - b);
  const middle = Math.floor(runs.length / 2);
  const spread = `${speeds[0].toFixed(0)} to ${speeds.at(-1).toFixed(0)}`;
  return `${work.padEnd(24)}${name.padEnd(22)}${speeds[middle].toFixed(0).padStart(6)} MB/s (${spread}), ${cpus[middle].toFixed(2)} s`;
}
