import { createCipheriv } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import path from 'node:path';

const chunkBytes = 4 * 1024 * 1024;

/** A film's worth of bytes that compress as badly as a film and are the same each time: a key stream. No player could show it. */
export async function makeFilm(folder: string, megabytes: number): Promise<string> {
  const file = path.join(folder, 'film.mp4');
  const out = createWriteStream(file);
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16));
  let left = megabytes * 1e6;
  while (left > 0) {
    const bytes = cipher.update(Buffer.alloc(Math.min(chunkBytes, left)));
    if (!out.write(bytes)) await once(out, 'drain');
    left -= bytes.length;
  }
  out.end();
  await once(out, 'finish');
  return file;
}
