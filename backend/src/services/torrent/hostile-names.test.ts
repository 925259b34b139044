import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, open, readdir, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { silentLogger } from '../../logging/logger.js';
import { bencode, type Writable } from './__fixtures__/bencode-writer.js';
import { ScriptedSeeder } from './__fixtures__/scripted-seeder.js';
import { SupervisedEngine } from './supervised.engine.js';

const kib = 1024;
const pieceLength = 16 * kib;

let folder: string;
let root: string;
let engine: SupervisedEngine;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'kinora-names-')));
  root = path.join(folder, 'data', 'torrents');
  await mkdir(path.join(folder, 'data'));
  engine = await start();
});
afterEach(async () => {
  await engine.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<SupervisedEngine> {
  const started = new SupervisedEngine({
    store: { kind: 'file', root },
    dht: false,
    logger: silentLogger(),
    allowPrivatePeers: true,
    timing: { silenceMs: 30_000 },
  });
  await started.start();
  return started;
}

interface Named {
  path: Writable[];
  length: number;
  attr?: string;
}

function torrentOf(files: readonly Named[], name: Writable = 'Show') {
  const bytes = randomBytes(files.reduce((sum, { length }) => sum + length, 0));
  const hashes: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieceLength)
    hashes.push(
      createHash('sha1')
        .update(bytes.subarray(at, at + pieceLength))
        .digest(),
    );
  const entries = files.map(({ path: parts, length, attr }) => ({
    ...(attr !== undefined && { attr }),
    length,
    path: parts,
  }));
  const info = { files: entries, name, 'piece length': pieceLength, pieces: Buffer.concat(hashes) };
  const infoHash = createHash('sha1').update(bencode(info)).digest('hex');
  return { infoHash, torrentFile: bencode({ info }), announce: [], bytes };
}

/** Joins, seeds and reads every file of it; what was read, by file. */
async function readAll(torrent: ReturnType<typeof torrentOf>, files: readonly Named[]): Promise<Buffer[]> {
  await engine.add(torrent);
  const seeder = await ScriptedSeeder.open({
    ...{ port: engine.peerPort, infoHash: torrent.infoHash, pieceLength },
    blockAt: (at, length) => torrent.bytes.subarray(at, at + length),
  });
  const read: Buffer[] = [];
  for (const [fileIndex, { length }] of files.entries())
    read.push(await readFile(torrent.infoHash, fileIndex, length));
  seeder.close();
  return read;
}

async function readFile(infoHash: string, fileIndex: number, length: number): Promise<Buffer> {
  if (length === 0) return Buffer.alloc(0);
  const { signal } = new AbortController();
  const chunks: Uint8Array[] = [];
  for await (const chunk of engine.read({ infoHash, fileIndex, range: { start: 0, end: length }, signal }))
    chunks.push(chunk);
  return Buffer.concat(chunks);
}

function expected({ bytes }: { bytes: Buffer }, files: readonly Named[]): Buffer[] {
  let at = 0;
  return files.map(({ length }) => bytes.subarray(at, (at += length)));
}

/** Regular files that the engine's process has open. */
async function openFiles(): Promise<string[]> {
  const fds = await readdir(`/proc/${engine.pid}/fd`);
  const targets = await Promise.all(
    fds.map((fd) => readlink(`/proc/${engine.pid}/fd/${fd}`).catch(() => '')),
  );
  return targets.filter((target) => target.startsWith(folder));
}

const hostileNames: Writable[][] = [
  ['..', '..', '..', 'etc', 'passwd'],
  ['..', 'torrents.bin'],
  ['/etc/passwd'],
  ['//server/share'],
  ['/'],
  ['..\\..\\windows\\system32'],
  ['C:\\boot.ini'],
  ['C:', 'boot.ini'],
  ['.'],
  ['..'],
  ['...'],
  ['.', '.', 'x'],
  ['a', '..', '..', 'b'],
  ['a/../../b'],
  ['%2e%2e%2f%2e%2e%2fx'],
  ['..%c0%af..'],
  [''],
  ['', ''],
  [' '],
  ['a\0b'],
  ['\0'],
  ['line\nbreak'],
  ['carriage\rreturn'],
  ['\x1b[31mred'],
  ['\x7f'],
  ['film\u202egpj.exe'],
  ['\u200b'],
  ['\ufeffbom'],
  ['x'.repeat(400)],
  ['é'.repeat(300)],
  ['CON'],
  ['aux.mp4'],
  ['NUL.txt'],
  ['trailing.'],
  ['trailing '],
  ['~root'],
  ['$(reboot)'],
  ['-rf'],
  ['*?"<>|'],
  [Buffer.from([0xff, 0xfe, 0x2f, 0x2e, 0x2e])],
  ['pieces.bin'],
  ['0.bin'],
  ['1.bin', '..', '2.bin'],
];

it('T09 whatever forty files are called, they lie under the name of their torrent by their number, and nowhere else', async () => {
  await writeFile(path.join(folder, 'victim'), 'as it was');
  const files = hostileNames.map((name) => ({ path: name, length: 10_000 }));
  expect(files.length).toBeGreaterThanOrEqual(40);
  const torrent = torrentOf(files, '../../victim');
  const read = await readAll(torrent, files);
  for (const target of await openFiles())
    expect(path.relative(root, await realpath(target))).toMatch(/^[0-9a-f]{40}\/(\d+|pieces)\.bin$/);
  expect(read.map(sha256)).toEqual(expected(torrent, files).map(sha256));
  await engine.stop();
  const found = (await readdir(folder, { recursive: true })).sort();
  const numbered = files.map((_file, index) => `data/torrents/${torrent.infoHash}/${index}.bin`);
  const around = ['data', 'data/torrents', `data/torrents/${torrent.infoHash}`, 'victim'];
  expect(found).toEqual([...around, ...numbered, `data/torrents/${torrent.infoHash}/pieces.bin`].sort());
}, 60_000);

it('T10 files of one name, of names that differ in case, and of a name that is also a folder, keep their own bytes', async () => {
  const files: Named[] = [
    { path: ['S1', 'E01.mkv'], length: 50_000 },
    { path: ['S2', 'E01.mkv'], length: 50_000 },
    { path: ['S1', 'E01.mkv'], length: 50_000 },
    { path: ['s1', 'e01.MKV'], length: 50_000 },
    { path: ['clash'], length: 20_000 },
    { path: ['clash', 'inside.mkv'], length: 20_000 },
    { path: ['empty.mkv'], length: 0 },
    { path: ['.pad', '12345'], length: 12_345, attr: 'p' },
    { path: ['last.mkv'], length: 1 },
  ];
  const torrent = torrentOf(files);
  expect((await readAll(torrent, files)).map(sha256)).toEqual(expected(torrent, files).map(sha256));
}, 60_000);

it('F16 pieces that a power failure left empty on disk are fetched again, and never served', async () => {
  const files: Named[] = [{ path: ['film.mp4'], length: 1_000_000 }];
  const torrent = torrentOf(files);
  const whole = sha256(torrent.bytes);
  expect((await readAll(torrent, files)).map(sha256)).toEqual([whole]);
  await engine.stop();
  const stored = path.join(root, torrent.infoHash);
  const film = await open(path.join(stored, '0.bin'), 'r+');
  for (const piece of [0, 17, 18, 60])
    await film.write(Buffer.alloc(pieceLength), 0, pieceLength, piece * pieceLength);
  await film.close();
  // The journal is of an earlier boot of the machine, as it is after a power failure.
  const journal = await open(path.join(stored, 'pieces.bin'), 'r+');
  await journal.write(Buffer.from('another boot'), 0, 12, 0);
  await journal.close();

  engine = await start();
  await engine.add(torrent);
  const { infoHash } = torrent;
  // All of it is hashed before any of it counts.
  while ((await engine.status(infoHash))?.stage !== 'ready') await delay(20);
  expect((await engine.progress(infoHash, 0)).downloadedBytes).toBe(1_000_000 - 4 * pieceLength);
  expect((await readAll(torrent, files)).map(sha256)).toEqual([whole]);
}, 60_000);

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
