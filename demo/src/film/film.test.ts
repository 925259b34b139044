import { createHash } from 'node:crypto';
import { mkdtemp, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Film, prepareFilm } from './film.js';
import { runCommand } from './run-command.js';

const OPTIONS = { durationSeconds: 3, preset: 'ultrafast' };

/** Names of the MP4's boxes in order (ISO/IEC 14496-12). */
async function boxes(path: string): Promise<string[]> {
  const file = await open(path);
  const names = [];
  try {
    const header = Buffer.alloc(8);
    for (let at = 0; (await file.read(header, 0, 8, at)).bytesRead === 8; at += header.readUInt32BE(0)) {
      names.push(header.toString('latin1', 4));
    }
  } finally {
    await file.close();
  }
  return names;
}

describe('prepareFilm', () => {
  let cache: string;
  let film: Film;

  beforeAll(async () => {
    cache = await mkdtemp(join(tmpdir(), 'kinora-film-'));
    film = await prepareFilm(cache, OPTIONS);
  });
  afterAll(async () => rm(cache, { recursive: true, force: true }));

  it('puts the index first in one variant and last in the other', async () => {
    const first = (await boxes(film.files['index-first'])).filter((box) => box !== 'free');
    const last = (await boxes(film.files['index-last'])).filter((box) => box !== 'free');
    expect(first).toEqual(['ftyp', 'moov', 'mdat']);
    expect(last).toEqual(['ftyp', 'mdat', 'moov']);
  });

  it('is H.264 in 4:2:0 with AAC, of the asked length', async () => {
    const text = await runCommand('ffprobe', [
      ...['-v', 'error', '-of', 'csv=p=0', '-show_entries', 'stream=codec_name,pix_fmt:format=duration'],
      film.files['index-last'],
    ]);
    const lines = text.toString('utf8').trim().split('\n');
    expect(lines[0]).toBe('h264,yuv420p');
    expect(lines[1]).toContain('aac');
    expect(Number(lines[2])).toBeCloseTo(3, 1);
  });

  it('is made once: the second call takes what is there and leaves no partial folder', async () => {
    const before = await stat(film.files['index-first']);
    const again = await prepareFilm(cache, OPTIONS);
    expect((await stat(again.files['index-first'])).mtimeMs).toBe(before.mtimeMs);
    expect(await readdir(cache)).toEqual([`film-${film.version}`]);
  });

  it('comes out the same, byte for byte, when made again', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'kinora-film-'));
    try {
      const other = await prepareFilm(elsewhere, OPTIONS);
      const digest = async (path: string) =>
        createHash('sha256')
          .update(await readFile(path))
          .digest('hex');
      expect(await digest(other.files['index-first'])).toBe(await digest(film.files['index-first']));
    } finally {
      await rm(elsewhere, { recursive: true, force: true });
    }
  });

  it('makes another film when the options differ', async () => {
    const shorter = await prepareFilm(cache, { ...OPTIONS, durationSeconds: 2 });
    expect(shorter.version).not.toBe(film.version);
  });
});
