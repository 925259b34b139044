// Parses torrents that lie about their size, in a process with a small heap. Prints of each what was said, the processor's
// milliseconds it took (a busy machine changes little of that) and the memory.
import { TorrentInvalidError } from '../torrent.errors.js';
import { parseTorrentFile } from '../torrent-file.js';
import { bencode, type Writable } from './bencode-writer.js';

const kib = 1024;

function torrent(fields: Readonly<Record<string, Writable>>, without: readonly string[] = []): Buffer {
  const info = { length: 40 * kib, name: 'film.mp4', 'piece length': 16 * kib, pieces: Buffer.alloc(60), ...fields };
  return bencode({ info: Object.fromEntries(Object.entries(info).filter(([key]) => !without.includes(key))) });
}

const files = (count: number) => Array.from({ length: count }, (_, n) => ({ length: 1, path: [`${n}`] }));

const cases: Record<string, Buffer> = {
  'T05 2^40 bytes, one hash': torrent({ length: 2 ** 40, pieces: Buffer.alloc(20) }),
  'T05 2^53 bytes, one hash': torrent({ length: 2 ** 53 - 1, pieces: Buffer.alloc(20) }),
  'T05 2^45 bytes, pieces of 32 MiB': torrent({ length: 2 ** 45, 'piece length': 2 ** 25 }),
  'T05 beyond what a number holds': Buffer.from('d4:infod6:lengthi9007199254740993eee'),
  'T05 a negative length': torrent({ length: -1 }),
  'T05 a length that is a text': torrent({ length: '12' }),
  'T05 a length with a fraction': Buffer.from('d4:infod6:lengthi1.5eee'),
  'T05 one hash too few': torrent({ pieces: Buffer.alloc(40) }),
  'T05 one hash too many': torrent({ pieces: Buffer.alloc(80) }),
  'T05 half a hash': torrent({ pieces: Buffer.alloc(50) }),
  'T05 files of 2^52 bytes': torrent({ files: [1, 2, 3].map((n) => ({ length: 2 ** 52, path: [`${n}`] })) }, ['length']),
  'T05 a negative file': torrent({ files: [{ length: -5, path: ['a'] }] }, ['length']),
  'T06 30,000 files': torrent({ files: files(30_000) }, ['length']),
  'T06 100,000 files': torrent({ files: files(100_000) }, ['length']),
  'T06 8 MB of hashes': torrent({ length: 419_430 * 16 * kib, pieces: Buffer.alloc(20 * 419_430) }),
  'T06 2^17 pieces and one': torrent({ length: (2 ** 17 + 1) * 16 * kib, pieces: Buffer.alloc(20 * (2 ** 17 + 1)) }),
};

/** The code is warm, as it is in a server that runs: what is measured is the torrent. */
const tries = 5;
const verdicts = Object.entries(cases).map(([name, bytes]) => {
  let ms = Number.POSITIVE_INFINITY;
  let verdict = 'accepted';
  const before = process.memoryUsage.rss();
  for (let n = 0; n < tries; n += 1) {
    const began = process.cpuUsage();
    try {
      parseTorrentFile(bytes);
    } catch (error) {
      verdict = error instanceof TorrentInvalidError ? 'refused' : String(error);
    }
    const { user, system } = process.cpuUsage(began);
    ms = Math.min(ms, (user + system) / 1_000);
  }
  return { name, verdict, ms, grown: (process.memoryUsage.rss() - before) / tries };
});
process.stdout.write(`${JSON.stringify(verdicts)}\n`);
