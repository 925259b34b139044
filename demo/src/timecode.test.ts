import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Film, FRAME, prepareFilm } from './film/film.js';
import { runCommand } from './film/run-command.js';
import {
  decodeTimecode,
  type PixelImage,
  TIMECODE_LAYOUT,
  timecodeFilter,
  timecodeReaderSource,
} from './timecode.js';

const SCALED = { width: 320, height: 180 };

async function frameAt(
  path: string,
  seconds: number,
  size: { width: number; height: number } = FRAME,
): Promise<PixelImage> {
  const data = await runCommand('ffmpeg', [
    ...['-v', 'error', '-nostdin', '-ss', String(seconds), '-i', path, '-frames:v', '1'],
    ...['-vf', `scale=${size.width}:${size.height}`, '-f', 'rawvideo', '-pix_fmt', 'rgba', '-'],
  ]);
  return { data, width: size.width, height: size.height };
}

/** One frame that claims to be shown at `seconds`, through H.264 and back. */
async function frameWithTime(folder: string, seconds: number): Promise<PixelImage> {
  const path = join(folder, `at-${seconds}.mp4`);
  const source = `color=c=gray:s=${FRAME.width}x${FRAME.height}:r=${FRAME.frameRate}:d=0.1,setpts=PTS+${seconds}/TB`;
  await runCommand('ffmpeg', [
    ...[
      '-v',
      'error',
      '-nostdin',
      '-f',
      'lavfi',
      '-i',
      `${source},${timecodeFilter(FRAME)},setpts=PTS-STARTPTS`,
    ],
    ...['-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '35', path],
  ]);
  return frameAt(path, 0);
}

describe('timecode', () => {
  let folder: string;
  let film: Film;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kinora-timecode-'));
    film = await prepareFilm(folder, { durationSeconds: 6, preset: 'ultrafast' });
  });
  afterAll(async () => rm(folder, { recursive: true, force: true }));

  it('is read from frames of the film, in both variants', async () => {
    for (const path of Object.values(film.files)) {
      const read = [];
      for (const seconds of [0, 0.9, 1, 3.5, 5.9]) read.push(decodeTimecode(await frameAt(path, seconds)));
      expect(read).toEqual([0, 0, 1, 3, 5]);
    }
  });

  it('changes exactly with the second, at frame accuracy', async () => {
    const frame = 1 / FRAME.frameRate;
    expect(decodeTimecode(await frameAt(film.files['index-first'], 4 - frame))).toBe(3);
    expect(decodeTimecode(await frameAt(film.files['index-first'], 4))).toBe(4);
  });

  it.each([512, 1365, 2730, 4095])('carries second %i through compression', async (seconds) => {
    expect(decodeTimecode(await frameWithTime(folder, seconds))).toBe(seconds);
  });

  it('survives a smaller canvas', async () => {
    expect(decodeTimecode(await frameAt(film.files['index-first'], 2.5, SCALED))).toBe(2);
  });

  it('works from its source text alone, as a page would evaluate it', async () => {
    const image = await frameAt(film.files['index-first'], 5);
    const read: unknown = runInNewContext(
      `(${decodeTimecode.toString()})(image, ${JSON.stringify(TIMECODE_LAYOUT)})`,
      { image },
    );
    expect(read).toBe(5);
    const source: unknown = runInNewContext(`typeof (${timecodeReaderSource()})`);
    expect(source).toBe('function');
  });

  it('refuses pictures without a timecode, and a damaged one', async () => {
    const plain = {
      data: new Uint8Array(FRAME.width * FRAME.height * 4).fill(200),
      width: FRAME.width,
      height: FRAME.height,
    };
    expect(decodeTimecode(plain)).toBeNull();

    const frame = await frameAt(film.files['index-first'], 5);
    const data = Uint8Array.from({ length: frame.data.length }, (_, at) => frame.data[at] ?? 0);
    // One data cell turned white: the parity no longer fits.
    const cell = 4;
    for (let y = 16; y < 48; y += 1) {
      data.fill(255, (y * FRAME.width + 80 + cell * 32) * 4, (y * FRAME.width + 80 + (cell + 1) * 32) * 4);
    }
    expect(decodeTimecode({ ...frame, data })).toBeNull();
  });
});
