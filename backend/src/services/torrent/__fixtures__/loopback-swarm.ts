// A real swarm on loopback: a tracker, and seeders that share no code with the engine.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Server } from 'bittorrent-tracker';
import { bencode } from './bencode-writer.js';

const python = '/usr/bin/python3';

/** Whether the independent seeder can run here (Debian: python3-libtorrent). */
export const hasLibtorrent = spawnSync(python, ['-c', 'import libtorrent']).status === 0;

export interface Payload {
  infoHash: string;
  torrentFile: Buffer;
  announce: string[];
  /** All files, one after the other. */
  bytes: Buffer;
  sha256: string;
}

export interface PayloadOptions {
  /** Bytes of each file by its path; one file `film.mp4` of 3 MiB unless given. */
  files?: Readonly<Record<string, number>>;
  pieceLength?: number;
}

/** Everything a test of the engine needs around it; `close` ends and removes it all. */
export class LoopbackSwarm {
  private readonly seeders: ChildProcess[] = [];
  private readonly tracker = new Server({ udp: false, http: true, ws: false, stats: false });
  announceUrl = '';
  folder = '';

  async open(): Promise<this> {
    this.folder = await mkdtemp(path.join(tmpdir(), 'kinora-swarm-'));
    await new Promise<void>((resolve) => this.tracker.listen(0, '127.0.0.1', resolve));
    this.announceUrl = `http://127.0.0.1:${this.tracker.http.address().port}/announce`;
    return this;
  }

  /** Random bytes as a torrent; nothing seeds it yet. */
  async payload({ files = { 'film.mp4': 3 * 1024 * 1024 }, pieceLength = 64 * 1024 }: PayloadOptions = {}): Promise<Payload> {
    const paths = Object.entries(files);
    const parts = paths.map(([, length]) => randomBytes(length));
    const bytes = Buffer.concat(parts);
    const hashes: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += pieceLength) hashes.push(sha1(bytes.subarray(at, at + pieceLength)));
    const single = paths.length === 1 && !paths[0]?.[0].includes('/');
    const name = single ? (paths[0]?.[0] ?? '') : `title-${bytes.subarray(0, 4).toString('hex')}`;
    const shape = single
      ? { length: bytes.length, name }
      : { files: paths.map(([file, length]) => ({ length, path: file.split('/') })), name };
    const info = { ...shape, 'piece length': pieceLength, pieces: Buffer.concat(hashes) };
    const folder = path.join(this.folder, sha1(bytes).toString('hex'));
    for (const [index, [file]] of paths.entries()) {
      const target = path.join(folder, single ? file : path.join(name, safe(file)));
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, parts[index] ?? Buffer.alloc(0));
    }
    const torrentFile = bencode({ announce: this.announceUrl, info });
    await writeFile(`${folder}.torrent`, torrentFile);
    return {
      infoHash: sha1(bencode(info)).toString('hex'),
      torrentFile,
      announce: [this.announceUrl],
      bytes,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    };
  }

  /** Starts an independent seeder and waits until the tracker names it; `bytesPerSecond` limits it. */
  async seed(payload: Payload, bytesPerSecond = 0): Promise<number> {
    const folder = path.join(this.folder, sha1(payload.bytes).toString('hex'));
    const script = fileURLToPath(new URL('./seeder.py', import.meta.url));
    const announced = new Promise<void>((resolve) => this.tracker.once('start', () => resolve()));
    const seeder = spawn(python, [script, `${folder}.torrent`, folder], {
      env: { RATE: String(bytesPerSecond) },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.seeders.push(seeder);
    const port = await new Promise<number>((resolve, reject) => {
      seeder.stdout.once('data', (line: Buffer) => resolve(Number(line.toString())));
      seeder.once('exit', () => reject(new Error('The seeder ended')));
    });
    await announced;
    return port;
  }

  async close(): Promise<void> {
    for (const seeder of this.seeders) {
      const exited = new Promise((resolve) => seeder.once('exit', resolve));
      if (seeder.exitCode === null && seeder.kill('SIGKILL')) await exited;
    }
    await new Promise<void>((resolve) => this.tracker.close(() => resolve()));
    await rm(this.folder, { recursive: true, force: true });
  }
}

export function sha1(bytes: Uint8Array): Buffer {
  return createHash('sha1').update(bytes).digest();
}

/** Where libtorrent keeps a file whose path would leave its folder. */
function safe(file: string): string {
  return file
    .split('/')
    .filter((part) => part !== '..')
    .join('/');
}
