import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { StoredBytesMissingError, StoredFile } from './stored-file.js';

const folder = await mkdtemp(path.join(tmpdir(), 'kinora-stored-'));
const bytes = randomBytes(3 * 1024 * 1024);
const whole = path.join(folder, '0.bin');
await writeFile(whole, bytes);
await symlink(whole, path.join(folder, 'link.bin'));

const { signal } = new AbortController();
let file = new StoredFile(whole);

afterEach(async () => {
  await file.close();
  file = new StoredFile(whole);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(start: number, end: number, position = start): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.read({ start, end }, position, signal, 64 * 1024)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('StoredFile', () => {
  it('reads ranges', async () => {
    expect((await read(0, bytes.length)).equals(bytes)).toBe(true);
    expect((await read(7, 2_000_000)).equals(bytes.subarray(7, 2_000_000))).toBe(true);
  });

  it.each([
    ['that begins elsewhere', 5, 10, 6],
    ['beyond the end', bytes.length, bytes.length + 1, bytes.length],
    ['that is there only in part', bytes.length - 10, bytes.length + 10, bytes.length - 10],
  ])('does not read a range %s', async (_what, start, end, position) => {
    await expect(read(start, end, position)).rejects.toThrow(StoredBytesMissingError);
  });

  it.each(['1.bin', 'link.bin'])('does not read %s: not there, or a symbolic link', async (name) => {
    file = new StoredFile(path.join(folder, name));
    await expect(read(0, 10)).rejects.toThrow(StoredBytesMissingError);
  });

  it('ends when the reader leaves', async () => {
    const leaving = new AbortController();
    let got = 0;
    for await (const chunk of file.read({ start: 0, end: bytes.length }, 0, leaving.signal, 64 * 1024)) {
      got += chunk.length;
      leaving.abort();
    }
    expect(got).toBeLessThan(bytes.length);
  });
});
